package rest

import (
	"log/slog"
	"net/http"
	"time"

	"tahto/server/interaction"
)

// piecePatience is how long a client may take to take a piece of an answer that
// is sent while it is being made. The whole may take longer.
const piecePatience = time.Minute

// stream sends an answer while it is being made. If that can't be finished, the
// connection is broken off, not ended: in HTTP/1.1 the last chunk is missing, so
// that no client takes what has come for the whole.
func (x *exchange) stream(response interaction.Response) {
	header := x.out.Header()
	x.describe(header, response)
	header["Content-Type"] = x.form.header
	x.status, x.cut = response.Status, true
	x.out.WriteHeader(response.Status)
	control := http.NewResponseController(x.out)
	_ = control.Flush() // the Bundle was understood: the client need not wait to know
	defer func() {
		if cause := recover(); cause != nil && cause != http.ErrAbortHandler {
			x.report(interaction.Panicked(cause))
		}
		if x.cut {
			panic(http.ErrAbortHandler)
		}
	}()
	causes, err := response.Stream.Send(x.in.Context(), func(piece []byte) error {
		_ = control.SetWriteDeadline(x.now().Add(piecePatience)) // a recorder has none
		n, err := x.out.Write(piece)
		if x.bytes += n; err == nil {
			err = control.Flush()
		}
		return err
	})
	x.report(causes)
	x.cut = err != nil
}

// report logs the cause of an internal error, once.
func (x *exchange) report(cause error) {
	if cause != nil && !x.gaveUp(cause) {
		x.log.LogAttrs(x.in.Context(), slog.LevelError, "internal error",
			slog.String("request", x.id), slog.Any("cause", cause))
	}
}
