package rest

import (
	"context"
	"net/http/httptest"
	"testing"

	"tahto/fhir/issue"
)

func TestLargeBodiesWaitTheirTurn(t *testing.T) {
	h := &handler{large: make(chan struct{}, largeAtOnce)}
	exchanging := func(ctx context.Context) *exchange {
		return &exchange{handler: h, in: httptest.NewRequestWithContext(ctx, "POST", "/fhir", nil)}
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	inside := make([]*exchange, largeAtOnce)
	for i := range inside {
		inside[i] = exchanging(t.Context())
		if err := inside[i].enter(largeBody + 1); err != nil {
			t.Fatal(err)
		}
	}
	late := exchanging(gone)
	if err := late.enter(largeBody + 1); issue.KindOf(err) != issue.Throttled {
		t.Errorf("one more, until its patience ends: %v", err)
	}
	late.leave() // it has no turn to give back
	if err := exchanging(gone).enter(largeBody); err != nil {
		t.Errorf("a small one has to wait: %v", err)
	}
	entered := make(chan error)
	go func() { entered <- exchanging(t.Context()).enter(largeBody + 1) }()
	inside[0].leave()
	if err := <-entered; err != nil {
		t.Errorf("one that waited: %v", err)
	}
}
