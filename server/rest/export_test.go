package rest

import (
	"net/http"

	"tahto/server/interaction"
)

// What the tests look at by itself.
var (
	Warning      = warning
	IndentedSize = indentedSize
)

// Decode decodes a request whatever the routes take, and answers it if it is
// refused.
func Decode(o Options, out http.ResponseWriter, in *http.Request) (interaction.Request, error) {
	x := exchange{handler: newHandler(nil, o), in: in, out: out, form: format{offer: inJSON}}
	request := interaction.Request{Method: in.Method}
	var err error
	if request.Path, err = x.path(); err == nil {
		err = x.decode(&request)
	}
	if err != nil {
		refused := x.failure(err)
		x.answer(refused, x.encode(&refused))
	}
	return request, err
}
