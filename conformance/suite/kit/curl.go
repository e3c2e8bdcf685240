package kit

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Curl is the request as a command of a POSIX shell. Of the access token it has
// only the variable TOKEN, which whoever runs the command sets.
func (e Exchange) Curl() string {
	command := "curl -i -X " + quote(e.Method)
	if e.Method == http.MethodHead {
		command = "curl -I"
	}
	if e.Authorized {
		command += ` -H "Authorization: Bearer $TOKEN"`
	}
	for _, name := range slices.Sorted(maps.Keys(e.Sent)) {
		for _, value := range e.Sent[name] {
			command += " -H " + quote(name+": "+value)
		}
	}
	// curl has headers of its own, which the request had not.
	for _, name := range []string{"Accept", "Content-Type"} {
		if e.Sent.Get(name) == "" && (name == "Accept" || e.SentBody != "") {
			command += " -H " + quote(name+":")
		}
	}
	if e.SentBody != "" {
		command += " --data-binary " + quote(e.SentBody)
	}
	return command + " " + quote(e.URL)
}

// quote is a text as one word of the shell.
func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
