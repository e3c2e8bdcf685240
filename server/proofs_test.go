package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// bundleOf is a Bundle that reads what is kept.
func bundleOf(kind string) string {
	return `{"resourceType":"Bundle","type":"` + kind + `","entry":[{"request":{"method":"GET","url":"Consent/kept"}}]}`
}

// withHeader is the header of a FHIR request with one more.
func withHeader(name, value string) http.Header {
	return http.Header{"Content-Type": {"application/fhir+json"}, name: {value}}
}

// proofs call what can be claimed in the CapabilityStatement
// (https://hl7.org/fhir/R4/capabilitystatement.html), by the name of the member
// or the code of the interaction.
var proofs = map[string]func(c claims, value string){
	"format": func(c claims, value string) {
		got := c.want(200, "GET Consent/kept?_format="+url.QueryEscape(value), nil, "")
		for format, begins := range map[string]string{"json": "{", "xml": "<"} {
			if strings.Contains(value, format) && !strings.HasPrefix(string(got.body), begins) {
				c.t.Errorf("%s begins with %.20s", value, got.body)
			}
		}
	},
	"patchFormat":           provePatchFormat,
	"system.transaction":    func(c claims, _ string) { c.want(200, "POST ", nil, bundleOf("transaction")) },
	"system.batch":          func(c claims, _ string) { c.want(200, "POST ", nil, bundleOf("batch")) },
	"system.history-system": func(c claims, _ string) { c.want(200, "GET _history", nil, "") },

	"read":             func(c claims, _ string) { c.want(200, "GET "+c.of+"/kept", nil, "") },
	"vread":            func(c claims, _ string) { c.want(200, "GET "+c.of+"/kept/_history/1", nil, "") },
	"create":           func(c claims, _ string) { c.want(201, "POST "+c.of, nil, c.resource("", "created")) },
	"update":           func(c claims, _ string) { c.want(200, "PUT "+c.of+"/kept", nil, c.resource("kept", "kept")) },
	"patch":            func(c claims, _ string) { c.patched() },
	"history-instance": func(c claims, _ string) { c.want(200, "GET "+c.of+"/kept/_history", nil, "") },
	"history-type":     func(c claims, _ string) { c.want(200, "GET "+c.of+"/_history", nil, "") },
	"delete": func(c claims, _ string) {
		c.want(201, "PUT "+c.of+"/dying", nil, c.resource("dying", "dying"))
		c.want(204, "DELETE "+c.of+"/dying", nil, "")
		c.want(410, "GET "+c.of+"/dying", nil, "")
	},
	"search-type": func(c claims, _ string) {
		c.want(200, "GET "+c.of, nil, "")
		c.want(200, "POST "+c.of+"/_search", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, "_count=1")
	},
	"definition.read": func(c claims, _ string) { c.want(200, "GET "+c.of+"/"+c.first(), nil, "") },
	"definition.search-type": func(c claims, _ string) {
		c.want(200, "GET "+c.of, nil, "")
		c.want(200, "POST "+c.of+"/_search", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, "_count=1")
	},
	"$validate": func(c claims, _ string) {
		c.want(200, "POST "+c.of+"/$validate", nil, `{"resourceType":"`+c.of+`"}`)
	},
	"$evaluate": func(c claims, _ string) { c.want(200, "POST Consent/$evaluate", nil, string(question(7))) },

	"searchParam": func(c claims, value string) {
		c.want(200, "GET "+c.of+"?"+value+"="+url.QueryEscape(c.value(value)), nil, "")
	},
	// What goes with every request for resources, or with every search.
	"rest.searchParam": func(c claims, name string) {
		if query, known := searches[name]; known {
			c.want(200, "GET Consent?"+query, nil, "")
			return
		}
		value, known := map[string]string{"_summary": "true", "_elements": "id"}[name]
		if !known {
			c.t.Errorf("%s has no test", name)
		}
		for _, request := range []string{"Consent/kept", "Consent/kept/_history/1", "Consent", "Consent/_history", "CodeSystem", "metadata"} {
			got := c.want(200, "GET "+request+"?"+name+"="+value, nil, "")
			if !strings.Contains(string(got.body), "SUBSETTED") {
				c.t.Errorf("%s is given whole", request)
			}
		}
	},
	"searchInclude":    func(c claims, value string) { c.want(200, "GET "+c.of+"?_include="+url.QueryEscape(value), nil, "") },
	"searchRevInclude": func(c claims, value string) { c.want(200, "GET "+c.of+"?_revinclude="+url.QueryEscape(value), nil, "") },

	"versioning": func(c claims, value string) {
		if value != "versioned" && value != "versioned-update" {
			c.t.Errorf("versioning %s has no test", value)
		}
		got := c.want(200, "GET "+c.of+"/kept", nil, "")
		c.want(412, "PUT "+c.of+"/kept", withHeader("If-Match", `W/"99"`), c.resource("kept", "changed"))
		c.want(200, "PUT "+c.of+"/kept", withHeader("If-Match", got.header.Get("Etag")), c.resource("kept", "kept"))
	},
	"readHistory": func(c claims, value string) {
		c.want(201, "PUT "+c.of+"/past", nil, c.resource("past", "past"))
		c.want(204, "DELETE "+c.of+"/past", nil, "")
		c.want(200, "GET "+c.of+"/past/_history/1", nil, "")
	},
	"updateCreate": func(c claims, _ string) { c.want(201, "PUT "+c.of+"/chosen", nil, c.resource("chosen", "chosen")) },
	"conditionalCreate": func(c claims, _ string) {
		c.want(200, "POST "+c.of, withHeader("If-None-Exist", "_id=kept"), c.resource("", "kept"))
	},
	"conditionalRead": func(c claims, value string) {
		if value != "full-support" {
			c.t.Errorf("conditionalRead %s has no test", value)
		}
		got := c.want(200, "GET "+c.of+"/kept", nil, "")
		c.want(304, "GET "+c.of+"/kept", http.Header{"If-None-Match": {got.header.Get("Etag")}}, "")
		c.want(304, "GET "+c.of+"/kept", http.Header{"If-Modified-Since": {got.header.Get("Last-Modified")}}, "")
	},
	"conditionalUpdate": func(c claims, _ string) { c.want(200, "PUT "+c.of+"?_id=kept", nil, c.resource("", "kept")) },
	"conditionalDelete": func(c claims, value string) {
		if value != "single" {
			c.t.Errorf("conditionalDelete %s has no test", value)
		}
		c.want(201, "PUT "+c.of+"/one", nil, c.resource("one", "one"))
		c.want(204, "DELETE "+c.of+"?_id=one", nil, "")
		c.want(410, "GET "+c.of+"/one", nil, "")
		c.want(412, "DELETE "+c.of+"?_lastUpdated=gt2000", nil, "")
	},
}

// searches are what a parameter of every search is tried with.
var searches = map[string]string{"_has": "_has:Provenance:target:_id=kept", "_sort": "_sort=-date,status", "_count": "_count=0", "_total": "_total=none"}

// patched patches what is kept to what it is.
func (c claims) patched() {
	c.want(200, "PATCH "+c.of+"/kept", http.Header{"Content-Type": {"application/json-patch+json"}}, `[{"op":"test","path":"/id","value":"kept"}]`)
}

// patches are one for each format that can be claimed.
var patches = map[string]string{
	"application/json-patch+json": `[{"op":"replace","path":"/language","value":"fi"},{"op":"add","path":"/language","value":"sv"}]`,
	"application/fhir+json":       `{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"language"},{"name":"value","valueCode":"sv"}]}]}`,
	"application/fhir+xml":        `<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/><part><name value="type"/><valueCode value="replace"/></part><part><name value="path"/><valueString value="language"/></part><part><name value="value"/><valueCode value="sv"/></part></parameter></Parameters>`,
	"application/xml-patch+xml":   `<diff xmlns:f="http://hl7.org/fhir"><replace sel="f:Consent/f:language/@value">sv</replace></diff>`,
}

func provePatchFormat(c claims, media string) {
	c.of = "Consent"
	spoken := strings.Replace(c.resource("spoken", "spoken"), `"status"`, `"language":"en","status"`, 1)
	if got := c.asks("PUT Consent/spoken", fhirHeader, spoken); got.status > 201 {
		c.t.Fatalf("status %d: %s", got.status, got.body)
	}
	got := c.want(200, "PATCH Consent/spoken", http.Header{"Content-Type": {media}}, patches[media])
	if !strings.Contains(string(got.body), `"language":"sv"`) {
		c.t.Errorf("%s: patched to %s", media, got.body)
	}
}

// first is the id of a definition of the type.
func (c claims) first() string {
	got := c.want(200, "GET "+c.of+"?_count=1", nil, "")
	_, id, _ := strings.Cut(string(got.body), `"resource":{"resourceType":"`+c.of+`","id":"`)
	id, _, _ = strings.Cut(id, `"`)
	return id
}

func TestMetadataIsNotSentTwice(t *testing.T) {
	p := start(t)
	first, err := send(http.MethodGet, p.base+"/metadata", nil, nil)
	if err != nil || first.header.Get("Etag") == "" || !strings.Contains(first.header.Get("Cache-Control"), "max-age") {
		t.Fatalf("%v: ETag %q, Cache-Control %q", err, first.header.Get("Etag"), first.header.Get("Cache-Control"))
	}
	again, err := send(http.MethodGet, p.base+"/metadata", http.Header{"If-None-Match": {first.header.Get("Etag")}}, nil)
	if err != nil || again.status != http.StatusNotModified || len(again.body) != 0 {
		t.Errorf("%v: with its ETag: status %d, %d bytes", err, again.status, len(again.body))
	}
}
