package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage"
)

// benchPersons is how many persons the benchmarks store six declarations each
// for: TAHTO_BENCH_PERSONS, or 1,000.
func benchPersons(b *testing.B) int {
	b.Helper()
	text := os.Getenv("TAHTO_BENCH_PERSONS")
	if text == "" {
		return 1000
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxPersons {
		b.Fatalf("TAHTO_BENCH_PERSONS must be a number from 1 to %d", maxPersons)
	}
	return n
}

// maxPersons is how many artificial identity codes there are in the years used.
const maxPersons = 100 * 336 * 100

// identityCode is the n-th artificial identity code: a day from 1900 to 1999,
// an individual number from 900, which no real person has, and the check
// character.
func identityCode(n int) string {
	individual := 900 + n%100
	n /= 100
	day, month, year := 1+n%28, 1+n/28%12, n/336%100
	number := ((day*100+month)*100+year)*1000 + individual
	return fmt.Sprintf("%02d%02d%02d-%03d%c", day, month, year, individual, "0123456789ABCDEFHJKLMNPRSTUVWXY"[number%31])
}

// declarations are the six of one person: information received, both sectors'
// consents, and denials of a service event, of a controller and of a social
// document.
var declarations = []struct{ code, kind, rest string }{
	{"information", "permit", `},"policyRule":{"coding":[{"system":"https://tahto.example/fhir/CodeSystem/information-version","code":"2.0"}]}`},
	{"consent-health", "permit", `}`},
	{"consent-social", "permit", `}`},
	{"denial-health", "deny", `,"data":[{"meaning":"related","reference":{"type":"Encounter","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.246.10.99000011.14.2024.%[1]d"}}}]}`},
	{"denial-health", "deny", `,"actor":[{"extension":[{"url":"https://gen.kanta.fi/fhir/StructureDefinition/extension/RegisterType","valueCoding":{"system":"urn:oid:1.2.246.537.5.40150.2009","code":"2"}}],"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"CST"}]},"reference":{"identifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.246.10.99000033.19.1"},"display":"Uusimaa county one"}}]}`},
	{"denial-social", "deny", `,"data":[{"meaning":"instance","reference":{"type":"DocumentReference","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.246.10.99000011.93.2024.%[1]d"}}}]}`},
}

func declaration(person, which int) []byte {
	d := declarations[which]
	rest := d.rest
	if strings.Contains(rest, "%") {
		rest = fmt.Sprintf(rest, person)
	}
	return fmt.Appendf(nil, `{"resourceType":"Consent","status":"active",`+
		`"scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},`+
		`"category":[{"coding":[{"system":"https://tahto.example/fhir/CodeSystem/declaration","code":"%s"}]}],`+
		`"patient":{"identifier":{"system":"urn:oid:1.2.246.21","value":"%s"}},`+
		`"dateTime":"2024-0%d-10T09:00:00+02:00","policy":[{"uri":"http://data.finlex.fi/eli/sd/2023/703"}],`+
		`"provision":{"type":"%s","period":{"start":"2024-0%d-10T09:00:00+02:00"}%s}`,
		d.code, identityCode(person), which+1, d.kind, which+1, rest)
}

// question is a $evaluate about one item of the person.
func question(person int) []byte {
	return fmt.Appendf(nil, `{"resourceType":"Parameters","parameter":[`+
		`{"name":"patient","valueIdentifier":{"system":"urn:oid:1.2.246.21","value":"%s"}},`+
		`{"name":"requester","part":[{"name":"organization","valueIdentifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.246.10.99000022.19.1"}},{"name":"register","valueCoding":{"system":"urn:oid:1.2.246.537.5.40150.2009","code":"2"}}]},`+
		`{"name":"relationship","valueBoolean":true},{"name":"accessRight","valueBoolean":true},%s]}`, identityCode(person), questionItem(0))
}

func questionItem(n int) string {
	return fmt.Sprintf(`{"name":"item","part":[{"name":"id","valueString":"%d"},{"name":"sector","valueCode":"health"},`+
		`{"name":"controller","valueIdentifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.246.10.99000011.19.1"}},`+
		`{"name":"register","valueCoding":{"system":"urn:oid:1.2.246.537.5.40150.2009","code":"2"}},`+
		`{"name":"recorded","valueDate":"2024-05-10"},`+
		`{"name":"serviceEvent","valueIdentifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.246.10.99000011.14.2023.%d"}}]}`, n, n)
}

// seed stores the declarations of so many persons in the engine that the flags
// choose.
func seed(t testing.TB, flags []string, persons int) {
	t.Helper()
	ctx := context.Background()
	registry, err := search.NewRegistry()
	if err != nil {
		t.Fatal(err)
	}
	c, err := configure(flags, environment(nil), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := openEngine(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	store, err := storage.New(ctx, engine, registry, storage.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	const atOnce = 500 // with MongoDB a transaction is one command, of 48 MB at most
	for first := 0; first < persons; first += atOnce {
		err := store.Update(ctx, func(tx *storage.Tx) error {
			return seedSome(ctx, tx, first, min(first+atOnce, persons))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

func seedSome(ctx context.Context, tx *storage.Tx, from, to int) error {
	for person := from; person < to; person++ {
		for which := range declarations {
			resource, err := fhir.Parse(declaration(person, which))
			if err != nil {
				return fmt.Errorf("declaration %d: %w", which, err)
			}
			if _, _, err := tx.Create(ctx, resource, newID(), storage.If{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// TestSeedIsWhatTheServerTakes posts the seeded declarations over HTTP, so that
// the benchmarks measure nothing that could not have come in that way.
func TestSeedIsWhatTheServerTakes(t *testing.T) {
	p := start(t, "-intake", "archive", "-directory", caseDirectory)
	for which := range declarations {
		post(t, p.base+"/Consent", declaration(7, which), 201)
	}
	answer := post(t, p.base+"/Consent/$evaluate", question(7), 200)
	item := parameter(answer.Root(), "parameter", "item")
	if got := parameter(item, "part", "decision").Get("valueCode").Text(); got != "permit" {
		t.Errorf("decision %q, want permit\n%s", got, answer.JSON())
	}
}
