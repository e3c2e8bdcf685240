package rest

import (
	"mime"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tahto/fhir/issue"
)

// The media types of FHIR's JSON format, in the order of preference
// (https://hl7.org/fhir/R4/http.html#mime-type).
const (
	fhirJSON  = "application/fhir+json"
	plainJSON = "application/json"
	textJSON  = "text/json"
)

// offers are the media types an answer can have, best first, and the header
// each becomes.
var offers = [...]struct {
	media  string
	header []string
}{
	{fhirJSON, []string{fhirJSON + "; charset=utf-8"}},
	{plainJSON, []string{plainJSON + "; charset=utf-8"}},
	{textJSON, []string{textJSON + "; charset=utf-8"}},
}

// negotiate settles how the answer is written, from _format, which overrides
// Accept, and _pretty (https://hl7.org/fhir/R4/http.html#parameters). It takes
// both out of the query and the form: they are about the wire, not about what
// is asked.
func (x *exchange) negotiate(query, form url.Values) error {
	if err := x.prettiness(taken("_pretty", query, form)); err != nil {
		return err
	}
	if asked := taken("_format", query, form); len(asked) > 0 {
		if !isJSON(asked) {
			return issue.New(issue.NotAcceptable, "http._format", "The server answers in JSON: ask for _format=json, once, or leave it out.")
		}
		return nil
	}
	header, ok := accepted(x.in.Header["Accept"])
	if !ok {
		return issue.New(issue.NotAcceptable, "http.Accept", "The server answers in JSON: accept application/fhir+json (FHIR R4, fhirVersion=4.0).")
	}
	x.form.contentType = header
	return nil
}

// taken takes a parameter out of the query and the form.
func taken(name string, query, form url.Values) []string {
	asked := slices.Concat(query[name], form[name])
	delete(query, name)
	delete(form, name)
	return asked
}

func (x *exchange) prettiness(asked []string) error {
	if len(asked) == 0 {
		return nil
	}
	if len(asked) != 1 || asked[0] != "true" && asked[0] != "false" {
		return issue.New(issue.Invalid, "http._pretty", "_pretty is true or false, once.")
	}
	x.form.pretty = asked[0] == "true"
	return nil
}

// isJSON tells whether _format names JSON. A plus sign in a query means a
// space, and many clients forget to encode it.
func isJSON(asked []string) bool {
	if len(asked) != 1 {
		return false
	}
	if asked[0] == "json" {
		return true
	}
	media, params, err := mime.ParseMediaType(strings.Replace(asked[0], "fhir json", "fhir+json", 1))
	if err != nil || !thisVersion(params) {
		return false
	}
	return media == fhirJSON || media == plainJSON || media == textJSON
}

// thisVersion tells whether the parameters of a media type leave R4 possible
// (https://hl7.org/fhir/R4/http.html#version-parameter).
func thisVersion(params map[string]string) bool {
	version, given := params["fhirversion"]
	return !given || version == "4.0"
}

// accepted picks the offer that the Accept headers like best, by the rules of
// RFC 9110 §12.5.1: the most specific range that covers an offer gives its
// quality. No header accepts anything.
func accepted(accept []string) (header []string, ok bool) {
	all := strings.Join(accept, ",")
	if all == "" || all == "*/*" || all == fhirJSON {
		return offers[0].header, true
	}
	ranges := mediaRanges(all)
	best := 0.0
	for _, offer := range offers {
		if quality := qualityOf(offer.media, ranges); quality > best {
			best, header = quality, offer.header
		}
	}
	return header, best > 0
}

// mediaRange is one range of an Accept header.
type mediaRange struct {
	media   string
	quality float64
}

// mediaRanges reads an Accept header. A range that can't be read, or that wants
// another version of FHIR, covers nothing and is left out.
func mediaRanges(accept string) []mediaRange {
	var ranges []mediaRange
	for part := range strings.SplitSeq(accept, ",") {
		media, params, err := mime.ParseMediaType(part)
		if err != nil || !thisVersion(params) {
			continue
		}
		quality := 1.0
		if q, given := params["q"]; given {
			if quality, err = strconv.ParseFloat(q, 64); err != nil || !(quality >= 0 && quality <= 1) {
				continue
			}
		}
		ranges = append(ranges, mediaRange{media, quality})
	}
	return ranges
}

func qualityOf(media string, ranges []mediaRange) float64 {
	major, _, _ := strings.Cut(media, "/")
	for _, covering := range []string{media, major + "/*", "*/*"} {
		for _, r := range ranges {
			if r.media == covering {
				return r.quality
			}
		}
	}
	return 0
}
