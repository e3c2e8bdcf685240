package bundle

import "tahto/fhir"

// Stream writes the answer to a batch entry by entry: the bytes of [Response],
// of which it holds one entry. Without [Stream.End] what was written is no JSON,
// so that nobody takes a part for the whole. It is for one goroutine.
type Stream struct {
	w     *fhir.Writer
	begun bool
}

// NewStream begins the answer to a batch.
func NewStream() *Stream { return &Stream{w: start("batch-response", UnknownTotal, Links{})} }

// Next is what is to be sent next, with the answer of the next entry at its end.
// The bytes are good until the next call.
func (s *Stream) Next(a Answer) []byte {
	if s.begun {
		s.w.Continue()
	} else {
		s.w.Array("entry")
	}
	s.begun = true
	s.w.Object("")
	writeAnswer(s.w, a)
	s.w.End()
	return s.w.Bytes()
}

// End is the rest, after the last entry.
func (s *Stream) End() []byte {
	if s.begun {
		s.w.Continue()
		s.w.EndArray()
	}
	return s.w.Resource().JSON()
}

func writeAnswer(w *fhir.Writer, a Answer) {
	w.Optional("fullUrl", a.FullURL)
	if a.Resource != nil {
		w.Raw("resource", a.Resource.JSON())
	}
	writeResponse(w, a)
}
