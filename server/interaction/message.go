package interaction

import (
	"net/url"
	"time"

	"tahto/fhir"
)

// Request is one interaction as it was asked for.
type Request struct {
	// Method is GET, HEAD, POST, PUT, PATCH or DELETE.
	Method string
	// Path is relative to the base, without a leading slash: Consent/1/_history.
	Path string
	// Query holds the parameters of the URL.
	Query url.Values
	// Form holds the parameters of a body of type
	// application/x-www-form-urlencoded (POST [type]/_search); nil if the body
	// was something else.
	Form url.Values
	// Body is the resource that was sent; nil if none was.
	Body *fhir.Resource
	// Patch is the body of a PATCH that is no resource: a JSON Patch or an XML
	// Patch. A FHIRPath Patch is a resource, in Body.
	Patch Patch
	// IfMatch, IfNoneMatch, IfNoneExist and IfModifiedSince are the headers of
	// those names (https://hl7.org/fhir/R4/http.html#concurrency), "" if absent.
	IfMatch, IfNoneMatch, IfNoneExist, IfModifiedSince string
	// Prefer is the header of that name: return=…, handling=…, respond-async.
	Prefer string
	// Media is the media type of the answer, for the tags of what caches may keep;
	// "" if there is only one.
	Media string
	// RequestID names the request in logs and in the outcome of an internal error.
	RequestID string
}

// Patch is a document that says what to change
// (https://hl7.org/fhir/R4/http.html#patch). The zero value is none.
type Patch struct {
	// Media is [MediaJSONPatch] or [MediaXMLPatch].
	Media    string
	Document []byte
}

// The media types of the patches that are no FHIR resources.
const (
	MediaJSONPatch = "application/json-patch+json"
	MediaXMLPatch  = "application/xml-patch+xml"
)

// Response is the answer to a [Request].
type Response struct {
	Status int
	// Location of a version that was written: an absolute URL.
	Location string
	// ETag is the version, such as W/"3"; LastModified is when it was written.
	ETag         string
	LastModified time.Time
	// Allow lists the methods of the path when Status is 405.
	Allow []string
	// Resource is the body; nil for none.
	Resource *fhir.Resource
	// Stream is a body that is made while it is sent, in the place of Resource;
	// nil for none. [Response.Gathered] makes it a Resource.
	Stream *Stream
	// ContentLocation is where to ask for what is still worked on, an absolute URL,
	// Progress how far that is, in words, RetryAfter after how many seconds to ask
	// again, and Expires when its result is forgotten; zero for none.
	ContentLocation, Progress string
	RetryAfter                int
	Expires                   time.Time
	// Warnings are what there is to say about a success, where Resource does
	// not say it.
	Warnings []string
	// Err is the cause of an internal error, or of those of a batch's entries,
	// for the log; it is never sent.
	Err error

	// outcome is what the server has to say besides: the faults of a failure
	// or the warnings of a success. In a Bundle it has a place of its own;
	// alone it is the Resource if that is what was asked for or there is no
	// other.
	outcome *fhir.Resource
	// key is the resource that the answer is about; zero if about none.
	key fhir.Key
}
