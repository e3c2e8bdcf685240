package decision_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/mapping/decision"
)

func TestDirectoryFileOfTheCases(t *testing.T) {
	d := setting.Directory
	if got, want := d.Len(), 17; got != want {
		t.Errorf("got %d organisations, want %d", got, want)
	}
	hus := d.Lookup(org(t, "HUS"))
	if !hus.Public || !hus.Uusimaa || hus.Kind != decision.Provider || hus.Name != "HUS Group" || hus.Identifier != org(t, "HUS") {
		t.Errorf("HUS: got %+v", hus)
	}
	if got := d.Lookup(org(t, "PH")).Kind; got != decision.Pharmacy {
		t.Errorf("PH: got kind %v, want pharmacy", got)
	}
	k := d.Lookup(org(t, "K"))
	if k.MergedInto != org(t, "A") || k.DenialCoverage != decision.CoverageRegister {
		t.Errorf("K: got %+v", k)
	}
	if got := d.Successor(org(t, "M")).Identifier; got != org(t, "A") {
		t.Errorf("successor of M: got %v, want A", got)
	}
	if got := d.Successor(org(t, "A")).Identifier; got != org(t, "A") {
		t.Errorf("successor of A: got %v, want itself", got)
	}
}

func TestUnlistedIsAPrivateProviderOutsideUusimaa(t *testing.T) {
	for _, d := range []decision.Directory{setting.Directory, {}} {
		want := decision.Organisation{Identifier: id("urn:oid:1.2.3")}
		if diff := cmp.Diff(want, d.Lookup(want.Identifier)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want, d.Successor(want.Identifier)); diff != "" {
			t.Error("successor:", diff)
		}
	}
}

func TestDirectoryFollowsMergersInSteps(t *testing.T) {
	d, err := decision.ParseDirectory([]byte(`{"organisations":[
		{"identifier":"urn:a","ownership":"public","kind":"provider","mergedInto":"urn:b"},
		{"identifier":"urn:b","ownership":"public","kind":"provider","mergedInto":"urn:c","denialCoverage":"unknown"},
		{"identifier":"urn:c","ownership":"public","kind":"provider"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Successor(id("urn:a")).Identifier; got != id("urn:c") {
		t.Errorf("got %v, want urn:c", got)
	}
}

func TestDirectoryIsReadStrictly(t *testing.T) {
	const ok = `"ownership":"public","kind":"provider"`
	line := func(members string) string { return `{"organisations":[{` + members + `}]}` }
	tests := []struct{ name, text, want string }{
		{"no JSON", `{`, "unexpected"},
		{"nothing", ``, "EOF"},
		{"no object", `[]`, "cannot unmarshal"},
		{"no organisations", `{"note":"x"}`, "no organisations"},
		{"null", `null`, "no organisations"},
		{"text after the object", line(`"identifier":"urn:a",`+ok) + ` {}`, "after the object"},
		{"unknown member", line(`"identifier":"urn:a",` + ok + `,"uusima":true`), "uusima"},
		{"unknown member at the top", `{"organisations":[],"x":1}`, "x"},
		{"wrong type", line(`"identifier":"urn:a",` + ok + `,"uusimaa":"yes"`), "uusimaa"},
		{"no identifier", line(ok), "no identifier"},
		{"no ownership", line(`"identifier":"urn:a","kind":"provider"`), "ownership"},
		{"unknown ownership", line(`"identifier":"urn:a","ownership":"state","kind":"provider"`), "ownership"},
		{"no kind", line(`"identifier":"urn:a","ownership":"public"`), "kind"},
		{"unknown kind", line(`"identifier":"urn:a","ownership":"public","kind":"county"`), "kind"},
		{"unknown coverage", line(`"identifier":"urn:a",` + ok + `,"mergedInto":"urn:a","denialCoverage":"all"`), "denialCoverage"},
		{"coverage without a merger", line(`"identifier":"urn:a",` + ok + `,"denialCoverage":"unknown"`), "without mergedInto"},
		{"merged into nobody", line(`"identifier":"urn:a",` + ok + `,"mergedInto":"urn:b"`), "not listed"},
		{"merged into itself", line(`"identifier":"urn:a",` + ok + `,"mergedInto":"urn:a"`), "circle"},
		{"listed twice", `{"organisations":[{"identifier":"urn:a",` + ok + `},{"identifier":"urn:a",` + ok + `}]}`, "twice"},
		{"key used twice", `{"organisations":[{"key":"A","identifier":"urn:a",` + ok + `},{"key":"A","identifier":"urn:b",` + ok + `}]}`, "twice"},
		{"part of nobody", line(`"identifier":"urn:a",` + ok + `,"partOf":"urn:b"`), "not listed"},
		{"part of itself", line(`"identifier":"urn:a",` + ok + `,"partOf":"urn:a"`), "parts go in a circle"},
		{"parts and mergers in a circle", `{"organisations":[{"identifier":"urn:a",` + ok + `,"partOf":"urn:b"},{"identifier":"urn:b",` + ok + `,"mergedInto":"urn:a"}]}`, "circle"},
		{"produces for nobody", line(`"identifier":"urn:a",` + ok + `,"producesFor":["urn:b"]`), "not listed"},
		{"joined in words", line(`"identifier":"urn:a",` + ok + `,"joined":"yes"`), "joined"},
		{"unknown function", line(`"identifier":"urn:a",` + ok + `,"functions":{"social-denial":true}`), "social-denial"},
		{"function on no day", line(`"identifier":"urn:a",` + ok + `,"functions":{"social-denials":"2024-02-30"}`), "true, false or the day"},
		{"function in a month", line(`"identifier":"urn:a",` + ok + `,"functions":{"social-denials":"2024-02"}`), "true, false or the day"},
		{"function of nothing", line(`"identifier":"urn:a",` + ok + `,"functions":{"social-denials":null}`), "true, false or the day"},
		{"mergers in a circle", `{"organisations":[{"identifier":"urn:a",` + ok + `,"mergedInto":"urn:b"},{"identifier":"urn:b",` + ok + `,"mergedInto":"urn:a"}]}`, "circle"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := decision.ParseDirectory([]byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) || d.Len() != 0 {
				t.Errorf("got %d organisations and error %v, want none and %q", d.Len(), err, tt.want)
			}
		})
	}
	outOfRange := []decision.Organisation{{Identifier: id("urn:a"), Kind: 9}, {Identifier: id("urn:a"), MergedInto: id("urn:a"), DenialCoverage: 9}, {Identifier: id("urn:a"), DenialCoverage: decision.CoverageRegister}}
	for _, o := range outOfRange {
		if _, err := decision.NewDirectory([]decision.Organisation{o}); err == nil {
			t.Errorf("%+v: got no error", o)
		}
	}
}

func FuzzParseDirectory(f *testing.F) {
	f.Add([]byte(`{"organisations":[{"identifier":"urn:a","ownership":"public","kind":"provider","mergedInto":"urn:a"}]}`))
	f.Add([]byte(`{"organisations":[{"identifier":"urn:a","ownership":"private","kind":"pharmacy","uusimaa":true}]}`))
	f.Add([]byte(unitsFile))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := decision.ParseDirectory(text)
		if err != nil && d.Len() != 0 {
			t.Errorf("an error and %d organisations", d.Len())
		}
	})
}
