package interaction

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"tahto/fhir"
	"tahto/fhir/bundle"
	"tahto/fhir/issue"
)

// The bounds of work that is done by itself: how much of it runs at once, waits
// or runs, and is kept with its results; how many bytes of JSON all of it may
// hold, each that has not ended counted with the most that its answer may hold;
// how long after it was sent it is ended, and how long after its end its result
// is kept.
const (
	jobsAtOnce   = 2
	maxOpenJobs  = 10
	maxJobs      = 100
	maxJobBytes  = 256 << 20
	jobEndsAfter = 30 * time.Minute
	jobKept      = time.Hour
)

// job is one Bundle that is worked on by itself. What is not atomic and no
// channel belongs to the table's lock.
type job struct {
	entries  int          // of a batch; 0 of a transaction
	progress atomic.Int64 // of the entries
	started  atomic.Bool
	cancel   context.CancelFunc
	over     chan struct{} // closed when result is there
	bytes    int
	result   Response       // of the work, without its body
	answer   *fhir.Resource // to who asks for the status
	until    time.Time      // when it is forgotten; zero before its end
}

// jobs are those that are known, by their names. It is safe for any number of
// goroutines.
type jobs struct {
	mu      sync.Mutex
	all     map[string]*job
	bytes   int
	open    int
	closed  bool
	running sync.WaitGroup
	slots   chan struct{}
}

func newJobs() *jobs { return &jobs{all: map[string]*job{}, slots: make(chan struct{}, jobsAtOnce)} }

// add takes a job in, or says why not.
func (j *jobs) add(name string, one *job, now time.Time) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.forget(now)
	switch {
	case j.closed:
		return issue.New(issue.Unavailable, "", "The server is stopping. Send the Bundle again later.")
	case j.open >= maxOpenJobs, len(j.all) >= maxJobs, j.bytes+one.bytes > maxJobBytes:
		return issue.New(issue.Throttled, "", "So much is worked on or kept already that no more is taken without waiting. Fetch results and delete them (DELETE of the status URL), send it again later, or without Prefer: respond-async.")
	}
	j.all[name] = one
	j.open++
	j.bytes += one.bytes
	j.running.Add(1)
	return nil
}

// forget drops the results whose time is over. It needs the lock.
func (j *jobs) forget(now time.Time) {
	for name, one := range j.all {
		if !one.until.IsZero() && !now.Before(one.until) {
			j.drop(name)
		}
	}
}

func (j *jobs) drop(name string) {
	j.bytes -= j.all[name].bytes
	delete(j.all, name)
}

// get is a job by its name; nil if there is none, or none any more.
func (j *jobs) get(name string, now time.Time) *job {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.forget(now)
	return j.all[name]
}

// remove forgets a job that has ended.
func (j *jobs) remove(name string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.all[name] != nil {
		j.drop(name)
	}
}

// end keeps the result of a job.
func (j *jobs) end(one *job, result Response, answer *fhir.Resource, now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.bytes += len(answer.JSON()) - one.bytes
	j.open--
	one.bytes, one.result, one.answer, one.until = len(answer.JSON()), result, answer, now.Add(jobKept)
	close(one.over)
}

// close cancels what runs, takes nothing more, and waits.
func (j *jobs) close() {
	j.mu.Lock()
	j.closed = true
	for _, one := range j.all {
		one.cancel()
	}
	j.mu.Unlock()
	j.running.Wait()
}

// jobWork is what a job does; done is told how many entries of a batch are.
type jobWork func(ctx context.Context, done func(int)) Response

func (s *Service) runJob(ctx context.Context, one *job, requestID string, do jobWork) {
	defer s.jobs.running.Done()
	defer one.cancel()
	result := s.takeTurn(ctx, one, requestID, do)
	if result.Err != nil && !errors.Is(result.Err, context.Canceled) {
		s.fault(requestID, result.Err)
	}
	answer := bundle.Response(false, []bundle.Answer{s.answer(result)})
	result.Resource = nil // it is in the answer
	s.jobs.end(one, result, answer, s.Now())
}

// takeTurn waits until not too many others run, and works.
func (s *Service) takeTurn(ctx context.Context, one *job, requestID string, do jobWork) (result Response) {
	defer func() {
		if cause := recover(); cause != nil {
			result = Failure(Panicked(cause), requestID)
		}
	}()
	select {
	case s.jobs.slots <- struct{}{}:
		defer func() { <-s.jobs.slots }()
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		return Failure(notDone(ctx), requestID)
	}
	one.started.Store(true)
	return do(ctx, func(n int) { one.progress.Store(int64(n)) })
}

func (s *Service) fault(requestID string, cause error) {
	if s.Fault != nil {
		s.Fault(requestID, cause)
	}
}
