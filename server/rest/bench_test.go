package rest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// benchmarkHTTP sends a request over and over, by as many clients as there are
// processors, over connections that are kept.
func benchmarkHTTP(b *testing.B, s *server, method, target, body string, headers ...string) {
	listening := httptest.NewServer(s.handler)
	defer listening.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	b.ReportAllocs()
	b.RunParallel(func(loop *testing.PB) {
		for loop.Next() {
			in, err := http.NewRequest(method, listening.URL+target, strings.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			for i := 0; i < len(headers); i += 2 {
				in.Header.Set(headers[i], headers[i+1])
			}
			out, err := client.Do(in)
			if err != nil {
				b.Error(err)
				return
			}
			if _, err := io.Copy(io.Discard, out.Body); err != nil || out.StatusCode != http.StatusOK {
				b.Errorf("%d %v", out.StatusCode, err)
			}
			_ = out.Body.Close()
		}
	})
}

// BenchmarkRead is a read over HTTP: stored bytes in JSON, written anew in XML.
func BenchmarkRead(b *testing.B) {
	for _, media := range []string{"application/fhir+json", asXML} {
		b.Run(strings.TrimPrefix(media, "application/fhir+"), func(b *testing.B) {
			s, path := stored(b)
			benchmarkHTTP(b, s, "GET", path, "", "Accept", media)
		})
	}
}

// BenchmarkSearch is a page of 50 Consents.
func BenchmarkSearch(b *testing.B) {
	for _, media := range []string{"application/fhir+json", asXML} {
		b.Run(strings.TrimPrefix(media, "application/fhir+"), func(b *testing.B) {
			s := serve(b, nil)
			for range 50 {
				s.do("POST", "/fhir/Consent", consent, "Content-Type", "application/fhir+json")
			}
			benchmarkHTTP(b, s, "GET", "/fhir/Consent?status=active&_count=50", "", "Accept", media)
		})
	}
}

// BenchmarkValidate is a resource that comes in and an OperationOutcome that
// goes out.
func BenchmarkValidate(b *testing.B) {
	for media, body := range map[string]string{"application/fhir+json": consent, asXML: inXML(b, consent)} {
		b.Run(strings.TrimPrefix(media, "application/fhir+"), func(b *testing.B) {
			s := serve(b, nil)
			benchmarkHTTP(b, s, "POST", "/fhir/Consent/$validate", body, "Content-Type", media, "Accept", media)
		})
	}
}
