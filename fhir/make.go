package fhir

// Value reads any JSON value, with the bounds and errors of [Parse].
func Value(data []byte) (Element, error) {
	root, err := parse(data)
	if err != nil {
		return Element{}, err
	}
	return Element{value: root}, nil
}

// Member is a member of an object that is to be made.
type Member struct {
	Name  string
	Value Element
}

// NewObject makes an object of members in their order; of each the value is
// taken, without the _name member beside it. Names must differ.
func NewObject(members ...Member) Element {
	made := &node{kind: Object, kids: make([]child, 0, len(members))}
	for _, m := range members {
		if m.Value.value != nil {
			made.kids = append(made.kids, child{m.Name, *m.Value.value})
		}
	}
	return Element{value: made}
}

// NewArray makes an array of the values of items; one that is absent is null.
func NewArray(items ...Element) Element {
	made := &node{kind: Array, kids: make([]child, 0, len(items))}
	for _, item := range items {
		if item.value == nil {
			item.value = &node{kind: Null}
		}
		made.kids = append(made.kids, child{node: *item.value})
	}
	return Element{value: made}
}

// Fellow is the object with the id and extensions of a primitive, the value of
// its _name member or the item of it
// (https://hl7.org/fhir/R4/json.html#primitive); absent if it has none.
func (e Element) Fellow() Element { return Element{value: e.shadow} }

// Measure tells about how many bytes of JSON a value makes, how deep objects
// and arrays nest in it (0 for a string, 1 for an empty object), and of how many
// values it is.
func (e Element) Measure() (bytes, depth, values int) {
	if e.value == nil {
		return 0, 0, 0
	}
	return e.value.measure()
}

func (n *node) measure() (bytes, depth, values int) {
	bytes, values = len(n.text)+2, 1
	for i := range n.kids {
		b, below, v := n.kids[i].node.measure()
		bytes, values = bytes+b+len(n.kids[i].name)+4, values+v
		depth = max(depth, below)
	}
	if n.kind == Object || n.kind == Array {
		depth++
	}
	return bytes, depth, values
}
