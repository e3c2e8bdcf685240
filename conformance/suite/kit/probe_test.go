package kit

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

const statementOfTahto = `{"resourceType":"CapabilityStatement","software":{"name":"Tahto"},"rest":[{"mode":"server","interaction":[{"code":"batch"}],
"resource":[{"type":"Consent","operation":[{"name":"evaluate"}]}]}]}`

// answering is a Tahto that gives one reason whoever asks, and to a Bundle one
// status.
func answering(reason string, status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/metadata"):
			io.WriteString(w, statementOfTahto)
		case strings.HasSuffix(r.URL.Path, "/$evaluate"):
			io.WriteString(w, `{"resourceType":"Parameters","parameter":[{"name":"item","part":[{"name":"reason","valueCoding":{"code":"`+reason+`"}}]}]}`)
		default:
			w.Header().Set("Content-Location", "http://"+r.Host+"/status/1")
			w.WriteHeader(status)
		}
	}
}

// handled is a transport to a handler, without a network.
type handled struct{ handler http.Handler }

func (h handled) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	h.handler.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

// TestWhatNoStatementTellsIsAsked: a case is run where the server shows that it
// has what the case needs, and only there.
func TestWhatNoStatementTellsIsAsked(t *testing.T) {
	for name, row := range map[string]struct {
		reason string
		status int
		claims string // that it has
	}{
		"contact point": {"no-patient-summary-consent", http.StatusOK, "cases"},
		"counties":      {"statutory-right-social-authority", http.StatusOK, "example"},
		"nobody":        {"no-consent", http.StatusOK, ""},
		"background":    {"no-consent", http.StatusAccepted, "respond-async"},
	} {
		t.Run(name, func(t *testing.T) {
			var cases []Case
			for _, need := range []string{knows + "cases", knows + "example", respondAsync} {
				cases = append(cases, Case{ID: need, Needs: []string{need}, Steps: []Step{{Do: "GET metadata", Expect: Expect{Status: statuses{http.StatusOK}}}}})
			}
			report, err := Run(t.Context(), []Section{{Name: "s", Cases: cases}}, Options{Base: "http://tahto/fhir", Now: clock(), Transport: handled{answering(row.reason, row.status)}})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range report.Sections[0].Results {
				want := NotClaimed
				if row.claims != "" && strings.HasSuffix(r.Case.ID, row.claims) {
					want = Passed
				}
				if r.Outcome != want {
					t.Errorf("%s: %s, want %s", r.Case.ID, r.Outcome, want)
				}
			}
		})
	}
}

// TestNothingIsAskedThatNoCaseNeeds: a server is sent no more than the cases
// send.
func TestNothingIsAskedThatNoCaseNeeds(t *testing.T) {
	asked := 0
	counted := func(w http.ResponseWriter, r *http.Request) {
		asked++
		answering("no-consent", http.StatusOK)(w, r)
	}
	if _, err := Run(t.Context(), []Section{{Name: "s", Cases: []Case{{ID: "a"}}}}, Options{Base: "http://tahto/fhir", Now: clock(), Transport: handled{http.HandlerFunc(counted)}}); err != nil {
		t.Fatal(err)
	}
	if asked != 1 {
		t.Errorf("%d requests, want that for metadata", asked)
	}
}

// TestWhatIsNotDoneYetIsAskedForAgain: until another status comes, waiting
// before each time, and not for ever.
func TestWhatIsNotDoneYetIsAskedForAgain(t *testing.T) {
	for name, row := range map[string]struct {
		until int64
		want  Outcome
	}{"soon": {4, Passed}, "at once": {1, Passed}, "never": {1 << 40, Failed}} {
		t.Run(name, func(t *testing.T) {
			var asked, waited atomic.Int64
			server := wrong(t, func(w http.ResponseWriter, r *http.Request) {
				if asked.Add(1) < row.until {
					w.WriteHeader(http.StatusAccepted)
				}
			})
			c := Case{ID: "case", Steps: []Step{{Do: "GET x", Again: statuses{http.StatusAccepted}, Expect: Expect{Status: statuses{http.StatusOK}}}}}
			report, err := Run(t.Context(), []Section{{Name: "s", Cases: []Case{c}}}, Options{Base: server.URL + "/fhir", Now: clock(), Wait: func(context.Context) { waited.Add(1) }})
			if err != nil {
				t.Fatal(err)
			}
			if got := report.Sections[0].Results[0]; got.Outcome != row.want || waited.Load() != asked.Load()-1 {
				t.Errorf("%s after %d requests and %d waits: %v", got.Outcome, asked.Load(), waited.Load(), got.Why)
			}
		})
	}
}
