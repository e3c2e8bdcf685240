package xml_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"tahto/fhir"
)

// inOrder writes an element with its members in alphabetical order, values as
// their JSON has them: what two trees must agree in if order means nothing. It
// knows nothing of XML or of definitions.
func inOrder(e fhir.Element) string {
	var out strings.Builder
	writeInOrder(&out, e, "")
	return out.String()
}

func writeInOrder(out *strings.Builder, e fhir.Element, path string) {
	switch e.Kind() {
	case fhir.Object:
		members := maps.Collect(e.Members())
		for _, name := range slices.Sorted(maps.Keys(members)) {
			writeInOrder(out, members[name], path+"."+name)
		}
	case fhir.Array:
		for i, item := range e.Items() {
			writeInOrder(out, item, path+"["+strconv.Itoa(i)+"]")
		}
	default:
		out.WriteString(path + " = " + string(e.JSON()) + "\n")
	}
}
