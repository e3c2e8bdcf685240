package mapping_test

import (
	"strings"
	"testing"
	"time"

	"tahto/fhir/issue"
	"tahto/mapping"
	"tahto/mapping/consent"
	"tahto/mapping/intake"
)

func TestRecordingIsWhatTheProvenanceSays(t *testing.T) {
	const about = `{"reference":"Consent/1"}`
	code := consent.Identifier{System: consent.IdentitySystem, Value: "160350-900N"}
	at := time.Date(2024, 2, 1, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name, text string
		want       intake.Recording
	}{
		{"professional", provenance, intake.Recording{Recorder: intake.Professional, At: at.Add(-2 * time.Hour), Unit: consent.Identifier{System: consent.URISystem, Value: "urn:oid:1.2.3"}}},
		{"unit that is only named", agents(about, "2", "7"), intake.Recording{Recorder: intake.Professional, At: at}},
		{"unit of half a name", withPart(t, provenance, `"system":"urn:ietf:rfc:3986",`, ``), intake.Recording{Recorder: intake.Professional, At: at.Add(-2 * time.Hour)}},
		{"representative", agents(about, "5"), intake.Recording{Recorder: intake.Representative, At: at}},
		{"client", agents(about, "12"), intake.Recording{Recorder: intake.Client, At: at}},
		{"client by the code", withPart(t, agents(about, "12"), `"who":{"display":"x"}`, `"who":{"identifier":{"system":"urn:oid:1.2.246.21","value":"160350-900N"}}`),
			intake.Recording{Recorder: intake.Client, At: at, Person: code}},
		{"representative who is contained", withPart(t, withPart(t, agents(about, "5"), `"who":{"display":"x"}`, `"who":{"reference":"#p"}`), `"target"`,
			`"contained":[{"resourceType":"Basic","id":"o"},{"resourceType":"RelatedPerson","id":"p","identifier":[{"system":"urn:x","value":"1"},{"system":"urn:oid:1.2.246.21","value":"160350-900N"}]}],"target"`),
			intake.Recording{Recorder: intake.Representative, At: at, Person: code}},
		{"client and organiser", agents(about, "10", "12"), intake.Recording{Recorder: intake.Client, At: at}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := parse(t, test.text)
			if err := mapping.CheckProvenance(r, false); err != nil {
				t.Fatal(err)
			}
			got, err := mapping.ReadRecording(r)
			if err != nil || got != test.want {
				t.Errorf("got %+v %v, want %+v", got, err, test.want)
			}
		})
	}
}

func TestWhoRecordedMustBeTold(t *testing.T) {
	const about = `{"reference":"Patient/1"}`
	for name, text := range map[string]string{
		"nobody":               agents(about, "-"),
		"two":                  agents(about, "12", "5"),
		"a unit alone":         agents(about, "7"),
		"no unit":              agents(about, "2"),
		"no time":              strings.Replace(agents(about, "12"), `"recorded":"2024-02-01T12:00:00Z",`, ``, 1),
		"on a day":             strings.Replace(agents(about, "12"), `2024-02-01T12:00:00Z`, `2024-02-01`, 1),
		"no agent":             `{"resourceType":"Provenance","recorded":"2024-02-01T12:00:00Z"}`,
		"an agent of one word": `{"resourceType":"Provenance","recorded":"2024-02-01T12:00:00Z","agent":["x"]}`,
	} {
		got, err := mapping.ReadRecording(parse(t, text))
		if issue.KindOf(err) != issue.Unprocessable || got != (intake.Recording{}) {
			t.Errorf("%s: got %+v %v", name, got, err)
		}
	}
}
