package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/fhir/xml"
	"tahto/server/interaction"
)

// encodeXML gives the body in XML. If XML can't hold it, nothing is left out: it
// goes out in JSON, which nil says, if the client takes that too or has to know
// it in any case, and else it is refused.
func (x *exchange) encodeXML(response *interaction.Response) []byte {
	body, err := x.writeXML(response.Resource)
	if err == nil {
		return body
	}
	if issue.KindOf(err) != issue.Internal && x.turnsToJSON(response) {
		return nil
	}
	*response = x.failure(notInXML(err))
	if body, err = x.writeXML(response.Resource); err != nil {
		x.form.offer = inJSON
	}
	return body
}

// turnsToJSON makes JSON the format of an answer that XML can't hold, unless
// the client can do without the one and does not take the other.
func (x *exchange) turnsToJSON(response *interaction.Response) bool {
	if liked := accepted(x.in.Header["Accept"], allJSON); liked != nil && !x.form.asked {
		x.form.offer = liked
		return true
	}
	if !isTold(response) {
		return false
	}
	x.form.offer = inJSON
	response.Warnings = append(response.Warnings, "The answer is in JSON, since XML can't hold it.")
	return true
}

func (x *exchange) writeXML(r *fhir.Resource) ([]byte, error) {
	if x.form.asked {
		r = linkedInXML(r)
	}
	return xml.Encode(r, x.types, x.form.pretty && x.indents(r.JSON()))
}

// isTold tells whether an answer says what was done or why not, so that the
// client needs it in whatever format.
func isTold(response *interaction.Response) bool {
	kind := response.Resource.Root().Get("type").Text()
	return response.Status >= http.StatusBadRequest || response.Location != "" ||
		response.Resource.Type() == "Bundle" && (kind == "transaction-response" || kind == "batch-response")
}

// notInXML refuses an answer that XML can't hold, and says what stands in the
// way.
func notInXML(err error) error {
	e, ours := errors.AsType[*issue.Error](err)
	if !ours {
		return err
	}
	refusal := issue.New(issue.NotAcceptable, e.Issues[0].Expression,
		"The answer holds something that JSON can and XML can't. Ask for it in JSON: Accept: application/fhir+json, or _format=json.")
	for _, reason := range e.Issues {
		reason.Severity, reason.Code = issue.SeverityInformation, issue.CodeInformational
		refusal.Issues = append(refusal.Issues, reason)
	}
	return refusal
}

// linkedInXML makes the links of a Bundle lead to XML too. Whoever asked by
// _format may have no other way to ask again.
func linkedInXML(r *fhir.Resource) *fhir.Resource {
	links := r.Root().Get("link")
	if r.Type() != "Bundle" || links.Kind() != fhir.Array {
		return r
	}
	changed := fhir.NewEditor(r)
	for i, link := range links.Items() {
		if url, ok := askingXML(link.Get("url").Text()); ok {
			changed.Replace(fhir.Place{}.Member("link").Item(i).Member("url"), url)
		}
	}
	return changed.Resource()
}

func askingXML(url string) (fhir.Element, bool) {
	sign := "?"
	if strings.Contains(url, sign) {
		sign = "&"
	}
	text, err := json.Marshal(url + sign + "_format=xml")
	if err != nil {
		return fhir.Element{}, false
	}
	value, err := fhir.Value(text)
	return value, err == nil
}
