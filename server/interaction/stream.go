package interaction

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"tahto/fhir/bundle"
)

// Stream is the answer to a batch, whose entries are performed while it is sent,
// one after the other: it is as long as it may be, and takes the memory of one
// entry. It is sent or gathered once.
type Stream struct {
	service *Service
	call    Call
	work    *bundle.Work
}

// Send performs the entries and hands over the answer in pieces, which together
// are the Bundle. What an entry changed is on record before its piece. When
// nobody takes the pieces any more, or the context ends, what is left is not
// performed, be it to read or to write: nobody would know of it, and whoever
// sends the batch again counts on nothing. err tells that the answer is not
// complete, and what was sent of it must not look so; causes are those of
// internal errors, for the log.
func (b *Stream) Send(ctx context.Context, write func(piece []byte) error) (causes, err error) {
	answer := bundle.NewStream()
	var known faults
	for _, step := range b.work.Steps {
		if err := ctx.Err(); err != nil {
			return known.err(), err
		}
		response := b.service.entry(ctx, b.call, step, 0)
		known.add(response.Err)
		if err := write(answer.Next(b.service.answer(response))); err != nil {
			return known.err(), err
		}
	}
	return known.err(), write(answer.End())
}

// Gathered is the response with its whole body, for whoever can't send it in
// pieces. What it may hold is bounded: beyond that a batch reads no more.
func (r Response) Gathered(ctx context.Context) (whole Response) {
	b := r.Stream
	if b == nil {
		return r
	}
	defer func() {
		if cause := recover(); cause != nil {
			whole = Failure(Panicked(cause), b.call.RequestID)
		}
	}()
	return b.service.batch(ctx, b.call, b.work, func(int) {})
}

// batch does the entries one after the other, each as if it had come alone.
// What fails fails alone. When the context ends, the rest is not performed.
func (s *Service) batch(ctx context.Context, c Call, work *bundle.Work, done func(n int)) Response {
	answers := make([]bundle.Answer, len(work.Steps))
	var spent budget
	var known faults
	for i, step := range work.Steps {
		if ctx.Err() != nil {
			answers[i] = s.answer(Failure(notDone(ctx), c.RequestID))
			continue
		}
		response := s.entry(ctx, c, step, spent)
		known.add(response.Err)
		answers[i] = s.answer(spent.count(response))
		done(i + 1)
	}
	return Response{Status: http.StatusOK, Resource: bundle.Response(false, answers), Err: known.err()}
}

// faults are the causes of internal errors of a batch: the first ones, since
// those of the others are likely the same.
type faults struct {
	first []error
	more  int
}

const maxFaults = 20

func (f *faults) add(cause error) {
	switch {
	case cause == nil:
	case len(f.first) < maxFaults:
		f.first = append(f.first, cause)
	default:
		f.more++
	}
}

func (f *faults) err() error {
	if f.more > 0 {
		return errors.Join(append(f.first, fmt.Errorf("and %d more entries failed", f.more))...)
	}
	return errors.Join(f.first...)
}
