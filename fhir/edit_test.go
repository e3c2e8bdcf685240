package fhir_test

import (
	"strings"
	"testing"

	"tahto/fhir"
)

const edited = `{"resourceType":"Patient","n":1.10,"birthDate":"1920","_birthDate":{"id":"b"},"name":[{"given":["a",null],"_given":[null,{"id":"g"}]},{"given":["a"]}]}`

func value(t *testing.T, text string) fhir.Element {
	t.Helper()
	e, err := fhir.Value([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEditorChangesOnlyWhatItIsAsked(t *testing.T) {
	root := fhir.Place{}
	given := root.Member("name").Item(0).Member("given")
	x := value(t, `{"x":2.0}`)
	for name, c := range map[string]struct {
		do       func(d *fhir.Editor) bool
		old, new string // what is replaced in the text; nothing if it can't be done
	}{
		"insert a member":                     {func(d *fhir.Editor) bool { return d.Insert(root.Member("m"), x) }, `]}]}`, `]}],"m":{"x":2.0}}`},
		"insert a member that is there":       {func(d *fhir.Editor) bool { return d.Insert(root.Member("n"), x) }, `1.10`, `{"x":2.0}`},
		"insert an item":                      {func(d *fhir.Editor) bool { return d.Insert(given.Item(1), x) }, `["a",`, `["a",{"x":2.0},`},
		"insert an item at the end":           {func(d *fhir.Editor) bool { return d.Insert(given.Item(2), x) }, `null],"_g`, `null,{"x":2.0}],"_g`},
		"insert an item beyond the end":       {func(d *fhir.Editor) bool { return d.Insert(given.Item(3), x) }, "", ""},
		"insert an item before the first":     {func(d *fhir.Editor) bool { return d.Insert(given.Item(-1), x) }, "", ""},
		"insert into nothing":                 {func(d *fhir.Editor) bool { return d.Insert(root.Member("no").Member("m"), x) }, "", ""},
		"insert into a string":                {func(d *fhir.Editor) bool { return d.Insert(root.Member("birthDate").Member("m"), x) }, "", ""},
		"insert nothing":                      {func(d *fhir.Editor) bool { return d.Insert(root.Member("m"), fhir.Element{}) }, "", ""},
		"replace a member":                    {func(d *fhir.Editor) bool { return d.Replace(root.Member("_birthDate"), x) }, `{"id":"b"}`, `{"x":2.0}`},
		"replace an item":                     {func(d *fhir.Editor) bool { return d.Replace(given.Item(0), x) }, `["a",`, `[{"x":2.0},`},
		"replace nothing":                     {func(d *fhir.Editor) bool { return d.Replace(root.Member("no"), x) }, "", ""},
		"replace the root":                    {func(d *fhir.Editor) bool { return d.Replace(root, x) }, edited, `{"x":2.0}`},
		"remove a member":                     {func(d *fhir.Editor) bool { return d.Remove(root.Member("n")) }, `"n":1.10,`, ``},
		"remove an item":                      {func(d *fhir.Editor) bool { return d.Remove(root.Member("name").Item(1)) }, `,{"given":["a"]}`, ``},
		"remove nothing":                      {func(d *fhir.Editor) bool { return d.Remove(root.Member("no")) }, "", ""},
		"remove beyond the end":               {func(d *fhir.Editor) bool { return d.Remove(given.Item(2)) }, "", ""},
		"remove the root":                     {func(d *fhir.Editor) bool { return d.Remove(root) }, "", ""},
		"the first of what looks the same":    {func(d *fhir.Editor) bool { return removed(t, d, d.Root().Get("name").At(0).Get("given").At(0)) }, `["a",null]`, `[null]`},
		"the second of what looks the same":   {func(d *fhir.Editor) bool { return removed(t, d, d.Root().Get("name").At(1).Get("given").At(0)) }, `["a"]`, `[]`},
		"a value that has extensions":         {func(d *fhir.Editor) bool { return removed(t, d, d.Root().Get("birthDate")) }, `"birthDate":"1920",`, ``},
		"what has nothing but extensions":     {func(d *fhir.Editor) bool { return removed(t, d, d.Root().Get("birthDate").Fellow()) }, `"_birthDate":{"id":"b"},`, ``},
		"a value of another resource":         {func(d *fhir.Editor) bool { return removed(t, d, x) }, "", ""},
		"an element that is not there at all": {func(d *fhir.Editor) bool { return removed(t, d, d.Root().Get("no")) }, "", ""},
		"two changes, the second on the first": {func(d *fhir.Editor) bool {
			return d.Insert(root.Member("m"), x) && d.Remove(root.Member("m").Member("x"))
		}, `]}]}`, `]}],"m":{}}`},
	} {
		t.Run(name, func(t *testing.T) {
			r := mustParse(t, edited)
			d := fhir.NewEditor(r)
			before := d.Root()
			if done := c.do(d); done != (c.new != "" || c.old != "") {
				t.Errorf("done = %v", done)
			}
			want := edited
			if c.old != "" {
				want = strings.Replace(edited, c.old, c.new, 1)
			}
			if got := string(d.Resource().JSON()); got != want {
				t.Errorf("got\n%s, want\n%s", got, want)
			}
			if string(r.JSON()) != edited || string(before.JSON()) != edited || string(x.JSON()) != `{"x":2.0}` {
				t.Error("what was there before changed")
			}
		})
	}
}

// removed takes away an element by the place that the editor finds for it.
func removed(t *testing.T, d *fhir.Editor, e fhir.Element) bool {
	t.Helper()
	place, found := d.Find(e)
	if !found {
		return false
	}
	if at, ok := d.Get(place); !ok || e.Kind() != at.Kind() {
		t.Errorf("found %v at %v, want %v", at.Kind(), place, e.Kind())
	}
	return d.Remove(place)
}

func TestEditorCountsItsWork(t *testing.T) {
	d := fhir.NewEditor(mustParse(t, `{"resourceType":"Patient","a":[`+strings.Repeat("1,", 999)+`1]}`))
	for range 10 {
		d.Insert(fhir.Place{}.Member("a").Item(0), value(t, "2"))
	}
	if d.Spend(5); d.Work() < 10_000 || d.Work() > 11_000 {
		t.Errorf("work = %d, want about a thousand for each of ten changes", d.Work())
	}
}

func TestEditorOfSomethingElseThanAnObjectHasNoResource(t *testing.T) {
	d := fhir.NewEditor(mustParse(t, edited))
	d.Replace(nil, value(t, "[1]"))
	if d.Resource() != nil || d.Root().Kind() != fhir.Array {
		t.Errorf("got %v of kind %v", d.Resource(), d.Root().Kind())
	}
}

func TestPruneLeavesOutWhatHoldsNothing(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"nothing to do":                          {edited, edited},
		"an empty object":                        {`{"resourceType":"P","a":{},"b":1}`, `{"resourceType":"P","b":1}`},
		"an empty array":                         {`{"resourceType":"P","a":[],"b":1}`, `{"resourceType":"P","b":1}`},
		"all the way up":                         {`{"resourceType":"P","a":[{"b":{"c":[{}]}}],"d":1}`, `{"resourceType":"P","d":1}`},
		"an item":                                {`{"resourceType":"P","a":[{"b":1},{},{"c":1}]}`, `{"resourceType":"P","a":[{"b":1},{"c":1}]}`},
		"an empty fellow":                        {`{"resourceType":"P","a":1,"_a":{}}`, `{"resourceType":"P","a":1}`},
		"an item of a fellow keeps its position": {`{"resourceType":"P","a":["x","y"],"_a":[{},{"id":"y"}]}`, `{"resourceType":"P","a":["x","y"],"_a":[null,{"id":"y"}]}`},
		"a fellow of nulls":                      {`{"resourceType":"P","a":["x","y"],"_a":[null,{"extension":[]}]}`, `{"resourceType":"P","a":["x","y"]}`},
		"a value and a fellow that are both nothing":  {`{"resourceType":"P","a":["x",null,"z"],"_a":[null,{},{"id":"z"}]}`, `{"resourceType":"P","a":["x","z"],"_a":[null,{"id":"z"}]}`},
		"the only value and fellow":                   {`{"resourceType":"P","c":{"a":[null],"_a":[{}]}}`, `{"resourceType":"P"}`},
		"a null without a fellow":                     {`{"resourceType":"P","a":["x",null]}`, `{"resourceType":"P","a":["x"]}`},
		"a fellow longer than its values stays":       {`{"resourceType":"P","a":["x"],"_a":[null,{"id":"y"}]}`, `{"resourceType":"P","a":["x"],"_a":[null,{"id":"y"}]}`},
		"an object in a fellow is pruned as any":      {`{"resourceType":"P","_a":{"extension":[{},{"url":"u"}]}}`, `{"resourceType":"P","_a":{"extension":[{"url":"u"}]}}`},
		"a value that has only a fellow keeps it":     {`{"resourceType":"P","a":[null],"_a":[{"id":"x"}]}`, `{"resourceType":"P","a":[null],"_a":[{"id":"x"}]}`},
		"empty texts and false are somebody's values": {`{"resourceType":"P","a":"","b":false}`, `{"resourceType":"P","a":"","b":false}`},
	} {
		t.Run(name, func(t *testing.T) {
			r := mustParse(t, c.in)
			d := fhir.NewEditor(r)
			d.Prune()
			if got := string(d.Resource().JSON()); got != c.want {
				t.Errorf("got\n%s, want\n%s", got, c.want)
			}
			if string(r.JSON()) != c.in {
				t.Errorf("the resource itself became %s", r.JSON())
			}
		})
	}
}

func TestValuesAreMade(t *testing.T) {
	name := mustParse(t, edited).Root().Get("name").At(0)
	object := fhir.NewObject(fhir.Member{Name: "b", Value: name.Get("given").At(0)}, fhir.Member{Name: "none"},
		fhir.Member{Name: "a", Value: fhir.NewArray(name.Get("given").At(0).Fellow(), name.Get("given").At(1).Fellow())})
	if got, want := string(object.JSON()), `{"b":"a","a":[null,{"id":"g"}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if bytes, depth, values := object.Measure(); bytes < len(object.JSON()) || bytes > 60 || depth != 3 || values != 6 {
		t.Errorf("measures %d bytes, depth %d, %d values", bytes, depth, values)
	}
	if _, err := fhir.Value([]byte(`[1,]`)); err == nil {
		t.Error("a value that is no JSON is taken")
	}
}
