package rest

import (
	"mime"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tahto/fhir/issue"
)

// The media types of FHIR's two formats
// (https://hl7.org/fhir/R4/http.html#mime-type).
const (
	fhirJSON  = "application/fhir+json"
	plainJSON = "application/json"
	textJSON  = "text/json"
	fhirXML   = "application/fhir+xml"
	plainXML  = "application/xml"
	textXML   = "text/xml"
)

// offer is a media type that an answer can have, and the header it becomes.
type offer struct {
	media  string
	header []string
	xml    bool
}

func newOffer(media string, xml bool) *offer {
	return &offer{media, []string{media + "; charset=utf-8"}, xml}
}

// offers are all of them, best first: who does not care gets JSON, which holds
// whatever there is.
var (
	inJSON   = newOffer(fhirJSON, false)
	inXML    = newOffer(fhirXML, true)
	allJSON  = []*offer{inJSON, newOffer(plainJSON, false), newOffer(textJSON, false)}
	anything = append(slices.Clone(allJSON), inXML, newOffer(plainXML, true), newOffer(textXML, true))
)

// negotiate settles how the answer is written, from _format, which overrides
// Accept, and _pretty (https://hl7.org/fhir/R4/http.html#parameters). It takes
// both out of the query and the form: they are about the wire, not about what
// is asked.
func (x *exchange) negotiate(query, form url.Values) error {
	if err := x.prettiness(taken("_pretty", query, form)); err != nil {
		return err
	}
	if asked := taken("_format", query, form); len(asked) > 0 {
		named := formatNamed(asked)
		if named == nil {
			return issue.New(issue.NotAcceptable, "http._format", "The server answers in JSON and in XML: ask for _format=json or _format=xml, once, or leave it out.")
		}
		x.form.offer, x.form.asked = named, true
		return nil
	}
	best := accepted(x.in.Header["Accept"], anything)
	if best == nil {
		return issue.New(issue.NotAcceptable, "http.Accept", "The server answers in JSON and in XML: accept application/fhir+json or application/fhir+xml (FHIR R4, fhirVersion=4.0).")
	}
	x.form.offer = best
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

// formatNamed is the offer that _format means, nil if none: whatever the name
// of a format, the answer has FHIR's own. A plus sign in a query means a space,
// and many clients forget to encode it.
func formatNamed(asked []string) *offer {
	if len(asked) != 1 {
		return nil
	}
	switch asked[0] {
	case "json":
		return inJSON
	case "xml":
		return inXML
	}
	media, params, err := mime.ParseMediaType(strings.Replace(asked[0], "fhir ", "fhir+", 1))
	if err != nil || !thisVersion(params) {
		return nil
	}
	switch media {
	case fhirJSON, plainJSON, textJSON:
		return inJSON
	case fhirXML, plainXML, textXML:
		return inXML
	}
	return nil
}

// thisVersion tells whether the parameters of a media type leave R4 possible
// (https://hl7.org/fhir/R4/http.html#version-parameter).
func thisVersion(params map[string]string) bool {
	version, given := params["fhirversion"]
	return !given || version == "4.0"
}

// accepted picks the offer that the Accept headers like best, by the rules of
// RFC 9110 §12.5.1: the most specific range that covers an offer gives its
// quality. No header accepts anything; nil is that none is liked.
func accepted(accept []string, offers []*offer) (liked *offer) {
	all := strings.Join(accept, ",")
	if all == "" || all == "*/*" || all == fhirJSON {
		return inJSON
	}
	ranges := mediaRanges(all)
	best := 0.0
	for _, offer := range offers {
		if quality := qualityOf(offer.media, ranges); quality > best {
			best, liked = quality, offer
		}
	}
	return liked
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
