package rest

import (
	"bytes"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/xml"
	"tahto/server/interaction"
)

const formType = "application/x-www-form-urlencoded"

// reader reads a body of one media type into the request. The body is good only
// until it returns.
type reader func(x *exchange, request *interaction.Request, body []byte) error

// What each sort of request takes, by media type. A PATCH takes Parameters too,
// as a FHIRPath Patch, and those in any name of their format
// (https://hl7.org/fhir/R4/http.html#patch).
var (
	forms     = map[string]reader{formType: readForm}
	resources = map[string]reader{
		fhirJSON: readJSON, plainJSON: readJSON, textJSON: readJSON,
		fhirXML: readXML, plainXML: readXML, textXML: readXML,
	}
	patches = with(resources, map[string]reader{
		interaction.MediaJSONPatch: patchReader(interaction.MediaJSONPatch),
		interaction.MediaXMLPatch:  patchReader(interaction.MediaXMLPatch),
	})
)

// acceptPatch is the header that names what a PATCH takes (RFC 5789 §3.1).
var acceptPatch = []string{strings.Join([]string{
	interaction.MediaJSONPatch, interaction.MediaXMLPatch, fhirJSON, fhirXML,
}, ", ")}

func with(one, other map[string]reader) map[string]reader {
	both := maps.Clone(one)
	maps.Copy(both, other)
	return both
}

func readJSON(_ *exchange, request *interaction.Request, body []byte) (err error) {
	request.Body, err = fhir.Parse(body)
	return err
}

func readXML(x *exchange, request *interaction.Request, body []byte) (err error) {
	request.Body, err = xml.Decode(body, x.types)
	return err
}

func readForm(_ *exchange, request *interaction.Request, body []byte) (err error) {
	request.Form, err = form(string(body))
	return err
}

func form(body string) (url.Values, error) {
	values, err := url.ParseQuery(body)
	if err != nil || !validText(values) {
		return nil, issue.New(issue.Invalid, "", "The form can't be read: percent-encode every reserved character, in UTF-8, and separate parameters with &.")
	}
	return values, nil
}

// patchReader takes a patch as it is: what it means depends on what is patched.
func patchReader(media string) reader {
	return func(_ *exchange, request *interaction.Request, body []byte) error {
		request.Patch = interaction.Patch{Media: media, Document: bytes.Clone(body)}
		return nil
	}
}

// takes gives the readers of a request's body.
func takes(request *interaction.Request) map[string]reader {
	switch {
	case takesForm(request.Path):
		return forms
	case request.Method == http.MethodPatch:
		return patches
	}
	return resources
}

// reader is the one for the media type that the body is said to have, or why
// it can't have that.
func (x *exchange) reader(request *interaction.Request) (reader, error) {
	header, readers := first(x.in.Header, "Content-Type"), takes(request)
	if read := readers[header]; read != nil {
		return read, nil
	}
	media, params, err := mime.ParseMediaType(header)
	if err != nil {
		return nil, unknownMedia("Say what the body is: Content-Type: " + wanted(request) + ".")
	}
	if charset, given := params["charset"]; given && !strings.EqualFold(charset, "utf-8") {
		return nil, unknownMedia("Bodies are UTF-8; send no other charset.")
	}
	if !thisVersion(params) {
		return nil, unknownMedia("This server speaks FHIR R4 (fhirVersion=4.0) only.")
	}
	if read := readers[media]; read != nil {
		return read, nil
	}
	return nil, otherMedia(media, request)
}

// otherMedia says of a media type that has no reader what to send instead.
func otherMedia(media string, request *interaction.Request) error {
	switch {
	case takesForm(request.Path):
		return unknownMedia("A search is sent as a form; send " + wanted(request) + ".")
	case request.Method == http.MethodPatch:
		return unknownMedia("A patch has another media type; send " + wanted(request) + ".")
	case media == formType:
		return unknownMedia("A form is only for _search and _history; send a resource as " + wanted(request) + ".")
	case patches[media] != nil:
		return unknownMedia("A patch is sent with PATCH; send a resource as " + wanted(request) + ".")
	}
	return unknownMedia("The body's media type is not understood; send " + wanted(request) + ".")
}

// wanted are the media types that a body should have.
func wanted(request *interaction.Request) string {
	switch {
	case takesForm(request.Path):
		return formType
	case request.Method == http.MethodPatch:
		return interaction.MediaJSONPatch + ", " + interaction.MediaXMLPatch + " or, for Parameters, " + fhirJSON + " or " + fhirXML
	}
	return fhirJSON + " or " + fhirXML
}

func unknownMedia(text string) error {
	return issue.New(issue.UnknownMedia, "http.Content-Type", text)
}

// saysPatches tells whether an answer names the media types of PATCH: where it
// is allowed, and where it came in another one (RFC 5789 §2.2).
func (x *exchange) saysPatches(response interaction.Response) bool {
	return slices.Contains(response.Allow, http.MethodPatch) ||
		response.Status == http.StatusUnsupportedMediaType && x.in.Method == http.MethodPatch
}
