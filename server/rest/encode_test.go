package rest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"tahto/server/interaction"
	"tahto/server/rest"
)

func TestWarningsAreHeaders(t *testing.T) {
	s := serveWith(t, func(o *interaction.Options) { o.ForeignConsents = interaction.KeepForeign }, nil)
	const foreign = `{"resourceType":"Consent","status":"active","scope":{"text":"x"},"category":[{"text":"y"}],"policyRule":{"text":"z"}}`
	for _, prefer := range []string{"", "return=minimal"} {
		got := s.do("POST", "/fhir/Consent", foreign, "Content-Type", "application/fhir+json", "Prefer", prefer)
		want(t, got, http.StatusCreated, "Warning",
			`199 tahto "The Consent is kept, but it is no declaration of intent that this server knows, and has no effect on any decision. It is tagged not-a-declaration."`)
	}
	want(t, s.do("POST", "/fhir/Consent", consent, "Content-Type", "application/fhir+json"), http.StatusCreated, "Warning", "")
}

func TestWarningIsAQuotedString(t *testing.T) {
	for text, want := range map[string]string{
		"As it is.":                 `199 tahto "As it is."`,
		`a "word" and a \`:          `199 tahto "a \"word\" and a \\"`,
		"two\r\nlines\tand a tab":   `199 tahto "two??lines?and a tab"`,
		"kielto päättyy – \x7f\xff": `199 tahto "kielto p??ttyy ? ??"`,
		"":                          `199 tahto ""`,
	} {
		if got := rest.Warning(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestIndentedSizeIsThatOfTheIndentedBody(t *testing.T) {
	files, err := filepath.Glob("../../conformance/examples/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	bodies := [][]byte{[]byte(`{"a":"\\","b":"\"{[,:","c":[1,[2,3]],"d":true}`)}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	for _, body := range bodies {
		var compact, indented bytes.Buffer
		if err := json.Compact(&compact, body); err != nil {
			t.Fatal(err)
		}
		if err := json.Indent(&indented, compact.Bytes(), "", "  "); err != nil {
			t.Fatal(err)
		}
		if got := rest.IndentedSize(compact.Bytes()); got != indented.Len() {
			t.Errorf("got %d, want %d of %.80s", got, indented.Len(), body)
		}
	}
}
