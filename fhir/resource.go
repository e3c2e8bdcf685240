// Package fhir holds an R4 resource as a lossless tree.
//
// What a client sends is what a client gets back: unknown members, primitive
// extensions (_status), contained resources, the text of a number (1.10 is not
// 1.1) and the order of members all survive. A resource is therefore never
// squeezed through generated structs; code that needs an element asks the tree
// for it ([Element]), and code that writes a resource of the server's own uses
// a [Writer].
//
// # JSON
//
// [Parse] reads the JSON format (https://hl7.org/fhir/R4/json.html) strictly:
// duplicate members, invalid UTF-8, control characters and nesting deeper than
// [MaxDepth] are refused, with the place of the fault. What is JSON but never
// FHIR, null and what is empty, is for [Resource.CheckForm] to find, in what is
// to be stored.
//
// # Concurrency
//
// A [Resource] and every [Element] of it are immutable and safe for any number
// of goroutines. The changing methods return a new resource that shares what
// did not change.
package fhir

import (
	"slices"
	"strconv"
	"sync"
	"time"
)

// Key names a resource on this server: its type and logical id
// (https://hl7.org/fhir/R4/resource.html#id).
type Key struct{ Type, ID string }

// String is the relative reference, such as Consent/1.
func (k Key) String() string { return k.Type + "/" + k.ID }

// Version is the relative version-specific reference, such as Consent/1/_history/2.
func (k Key) Version(version uint64) string {
	return k.Type + "/" + k.ID + "/_history/" + strconv.FormatUint(version, 10)
}

// Resource is an immutable R4 resource.
type Resource struct {
	once sync.Once
	root *node
	body []byte
}

// Stored makes a resource of JSON that this program wrote itself, so that it
// need not be parsed to be sent: the tree is built when an element is first
// asked for. The caller must not change data afterwards. Data that does not
// parse gives a resource without elements.
func Stored(data []byte) *Resource { return &Resource{body: data} }

func (r *Resource) tree() *node {
	r.once.Do(func() {
		if r.root != nil {
			return
		}
		root, err := parseStored(r.body)
		if err != nil {
			root = &node{kind: Object}
		}
		r.root = root
	})
	return r.root
}

// Root is the resource as an element, from which all others are reached.
func (r *Resource) Root() Element { return Element{value: r.tree()} }

// Type is the resourceType.
func (r *Resource) Type() string { return r.Root().Get("resourceType").Text() }

// ID is the logical id, or "" if the resource has none.
func (r *Resource) ID() string { return r.Root().Get("id").Text() }

// Key is type and id.
func (r *Resource) Key() Key { return Key{r.Type(), r.ID()} }

// JSON is the resource in FHIR's JSON format, compact. The caller must not
// change it.
func (r *Resource) JSON() []byte {
	if r.body != nil {
		return r.body
	}
	return appendNode(nil, r.root)
}

// Stamp gives the resource what only the server may: its id, meta.versionId
// and meta.lastUpdated (https://hl7.org/fhir/R4/resource.html#Meta). What else
// stands in meta stays, as does the order of members; a missing id comes after
// resourceType and a missing meta after the id.
func (r *Resource) Stamp(id string, version uint64, updated time.Time) *Resource {
	root := r.tree()
	meta := &node{kind: Object}
	if old := root.member("meta"); old != nil && old.kind == Object {
		meta = old
	}
	meta = meta.
		with("versionId", text(strconv.FormatUint(version, 10)), 0).
		with("lastUpdated", text(Instant(updated)), 1)
	stamped := root.with("id", text(id), 1+root.index("resourceType"))
	stamped = stamped.with("meta", meta, 1+stamped.index("id"))
	return fixed(stamped)
}

// WithID sets the logical id.
func (r *Resource) WithID(id string) *Resource {
	root := r.tree()
	return fixed(root.with("id", text(id), 1+root.index("resourceType")))
}

// fixed makes a resource of a finished tree, with its JSON already written, so
// that reading it costs nothing and races with nobody.
func fixed(root *node) *Resource {
	return &Resource{root: root, body: appendNode(nil, root)}
}

// WithTag adds a coding to meta.tag unless it is there already
// (https://hl7.org/fhir/R4/resource-definitions.html#Meta.tag).
func (r *Resource) WithTag(system, code string) *Resource {
	root := r.tree()
	for tag := range (Element{value: root}).Get("meta").Each("tag") {
		if tag.Get("system").Text() == system && tag.Get("code").Text() == code {
			return r
		}
	}
	coding := &node{kind: Object, kids: []child{
		{name: "system", node: *text(system)}, {name: "code", node: *text(code)},
	}}
	meta := &node{kind: Object}
	if old := root.member("meta"); old != nil && old.kind == Object {
		meta = old
	}
	tags := &node{kind: Array}
	if old := meta.member("tag"); old != nil && old.kind == Array {
		tags.kids = append(tags.kids, old.kids...)
	}
	tags.kids = append(tags.kids, child{node: *coding})
	meta = meta.with("tag", tags, len(meta.kids))
	return fixed(root.with("meta", meta, 1+max(root.index("id"), root.index("resourceType"))))
}

// SetReferences sets the reference strings of a member that is a list of
// References, such as Provenance.target: that of item i to references[i], unless
// it is "". Items that are no objects stay as they are.
func (r *Resource) SetReferences(member string, references []string) *Resource {
	list := r.tree().member(member)
	if list == nil || list.kind != Array {
		return r
	}
	changed := &node{kind: Array, kids: slices.Clone(list.kids)}
	for i, reference := range references {
		if i < len(changed.kids) && reference != "" && changed.kids[i].node.kind == Object {
			changed.kids[i].node = *changed.kids[i].node.with("reference", text(reference), 0)
		}
	}
	return fixed(r.tree().with(member, changed, 0))
}

// Instant writes a time as a FHIR instant in UTC with milliseconds
// (https://hl7.org/fhir/R4/datatypes.html#instant).
func Instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
