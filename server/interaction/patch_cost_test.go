package interaction_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tahto/server/interaction"
)

// TestPatchesOfATransactionAreBoundedTogether: a transaction holds the writer
// until its last patch is done, so that many patches may cost no more than one.
func TestPatchesOfATransactionAreBoundedTogether(t *testing.T) {
	s := open(t)
	const count = 4
	for i := range count {
		s.want(201, s.ask(fmt.Sprintf("PUT Consent/w%d", i), body(t, health(fmt.Sprintf("w%d", i)))))
	}
	add, double := `{"op":"add","path":"/x","value":[0,0,0,0,0,0,0,0]}`, slices.Repeat([]string{`{"op":"copy","from":"/x","path":"/x/-"}`}, 15)
	move := slices.Repeat([]string{`{"op":"move","from":"/x","path":"/y"},{"op":"move","from":"/y","path":"/x"}`}, 4)
	const search = `<replace sel="/*[count(//*[count(//*[count(//*)&gt;1])&gt;1])&gt;1]/status/@value">active</replace>`
	for name, patch := range map[string]string{
		"written":  binary(`[` + add + `,` + strings.Join(double, ",") + `,{"op":"remove","path":"/x"}]`),
		"moved":    binary(`[` + add + `,` + strings.Join(slices.Concat(double[:13], move, move, move, move), ",") + `,{"op":"remove","path":"/x"}]`),
		"visited":  inBinary(interaction.MediaXMLPatch, `<diff>`+strings.Repeat(search, 20)+`</diff>`),
		"reckoned": `{"resourceType":"Parameters","parameter":[` + strings.Repeat(costlyPath+",", 399) + costlyPath + `]}`,
	} {
		entries := make([]string, count)
		for i := range entries {
			entries[i] = entry("", patch, fmt.Sprintf("PATCH Consent/w%d", i))
		}
		t.Run(name, func(t *testing.T) {
			s.want(200, s.post(transaction(entries[0])))
			got := s.post(transaction(entries...))
			if code := at(got.Resource, "issue.0.code"); got.Status != 422 || code != "too-costly" {
				t.Errorf("together: %d %s", got.Status, code)
			}
			if got := s.post(batch(entries...)); at(got.Resource, "entry.3.response.status") != "200 OK" {
				t.Errorf("one by one: %s", text(got.Resource))
			}
		})
	}
}

// TestPatchesOfMuch: what a transaction patches is in memory until it is done.
func TestPatchesOfMuch(t *testing.T) {
	s := open(t)
	entries := make([]string, 5)
	for i := range entries {
		id := fmt.Sprintf("w%d", i)
		s.want(201, s.ask("PUT Consent/"+id, body(t, health(id, `,"x":"`+strings.Repeat("x", 3_500_000)+`"`))))
		entries[i] = entry("", binary(withdrawn), "PATCH Consent/"+id)
	}
	got := s.post(transaction(entries...))
	if said := fault(got); said != "422 too-costly Bundle.entry[4]" {
		t.Errorf("together: %s", said)
	}
	s.want(200, s.post(transaction(entries[:4]...)))
}

const costlyPath = `{"name":"operation","part":[{"name":"type","valueCode":"delete"},{"name":"path",
	"valueString":"Consent.descendants().where(%context.descendants().where($this.descendants().count()=99).count()=99)"}]}`
