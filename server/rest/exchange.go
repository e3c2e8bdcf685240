package rest

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"tahto/fhir/issue"
	"tahto/server/interaction"
)

// exchange is one request and its answer.
type exchange struct {
	*handler
	in  *http.Request
	out http.ResponseWriter
	id  string

	work   bool   // the body is a Bundle that asks for work
	form   format // how the answer is written
	status int    // what was answered, for the log
	bytes  int
	cut    bool // the answer is not complete
	// entered tells that the body is large and has its turn.
	entered bool
}

// format is how an answer is written.
type format struct {
	*offer
	asked  bool // by _format, in the URL or the form
	pretty bool
}

// run gives the answer to the request and its body, whatever happens. A panic
// is a fault of ours: it is logged here, once, with its stack, and the client
// learns only that it happened. http.ErrAbortHandler is the server's own way to
// hang up.
func (x *exchange) run() (response interaction.Response, body []byte) {
	defer func() {
		switch cause := recover(); cause {
		case nil:
		case http.ErrAbortHandler:
			panic(cause)
		default:
			response = x.failure(interaction.Panicked(cause))
			if x.form.xml {
				x.form.offer = inJSON // writing XML may be what went wrong
			}
			body = x.encode(&response)
		}
	}()
	if response = x.do(); x.form.pretty || x.form.xml {
		response = response.Gathered(x.in.Context())
	}
	body = x.encode(&response)
	return response, body
}

func (x *exchange) do() interaction.Response {
	request := interaction.Request{Method: x.in.Method, RequestID: x.id}
	var err error
	if request.Path, err = x.path(); err != nil {
		return x.failure(err)
	}
	x.work = request.Path == "" || request.Path == "Bundle/$validate"
	if refused, yes := x.service.Refuse(request); yes {
		return x.options(x.refuse(refused))
	}
	if err := x.decode(&request); err != nil {
		return x.failure(err)
	}
	request.Media = x.form.media
	return x.service.Do(x.in.Context(), request)
}

// refuse answers where there is nothing, or nothing for this method. Whatever is
// wrong with headers and body is beside the point, and what can be understood
// of how the answer is wanted counts.
func (x *exchange) refuse(refused interaction.Response) interaction.Response {
	if query, err := x.query(); err == nil {
		_ = x.negotiate(query, nil)
	}
	return refused
}

// failure is the answer to what went wrong on the wire.
func (x *exchange) failure(err error) interaction.Response {
	return interaction.Failure(err, x.id)
}

// options turns the 405 of OPTIONS, which no route has, into what was asked
// for: the methods of the path.
func (x *exchange) options(response interaction.Response) interaction.Response {
	if x.in.Method != http.MethodOptions || response.Status != http.StatusMethodNotAllowed {
		return response
	}
	return interaction.Response{Status: http.StatusNoContent, Allow: append(response.Allow, http.MethodOptions)}
}

// query reads the parameters of the URL. Unlike URL.Query it does not drop what
// it can't read: a filter that silently goes missing shows too much.
func (x *exchange) query() (url.Values, error) {
	if x.in.URL.RawQuery == "" {
		return nil, nil
	}
	query, err := url.ParseQuery(x.in.URL.RawQuery)
	if err != nil || !validText(query) {
		return nil, issue.New(issue.Invalid, "", "The query of the URL can't be read: percent-encode every reserved character, in UTF-8, and separate parameters with &.")
	}
	return query, nil
}

func validText(values url.Values) bool {
	for name, all := range values {
		if !utf8.ValidString(name) || !utf8.ValidString(strings.Join(all, "")) {
			return false
		}
	}
	return true
}

// path is the path below the base, without slashes at its ends.
func (x *exchange) path() (string, error) {
	path := x.in.URL.Path
	if !utf8.ValidString(path) || strings.Contains(strings.ToLower(x.in.URL.RawPath), "%2f") {
		return "", issue.New(issue.Invalid, "", "The path can't be read: it is not UTF-8, or holds an encoded slash.")
	}
	path = strings.TrimPrefix(strings.TrimPrefix(path, x.base), "/")
	return strings.TrimSuffix(path, "/"), nil
}

func outsideBase(base string) error {
	return issue.Newf(issue.NotFound, "", "There is nothing here. The FHIR base is %s/.", base)
}
