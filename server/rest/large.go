package rest

import (
	"context"
	"time"

	"tahto/fhir/issue"
)

// A large body takes some ten times its size in memory while it is worked on, so
// that only so many are at a time; the others wait their turn, but not for ever.
const (
	largeBody     = 1 << 20 // bytes
	largeAtOnce   = 4
	largePatience = 20 * time.Second
)

// enter waits for a turn to work on a body of that size. It is read by then: a
// client that sends slowly keeps nobody waiting.
func (x *exchange) enter(size int) error {
	if size <= largeBody {
		return nil
	}
	patience, cancel := context.WithTimeout(x.in.Context(), largePatience)
	defer cancel()
	select {
	case x.large <- struct{}{}:
		x.entered = true
		return nil
	case <-patience.Done():
		return issue.New(issue.Throttled, "", "Too many large Bundles are worked on at the moment. Send it again in a while, or in smaller parts.")
	}
}

// leave lets the next one in.
func (x *exchange) leave() {
	if x.entered {
		<-x.large
	}
}
