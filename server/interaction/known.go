package interaction

// Refuse answers a request that no route takes: 404 if nothing is at its path,
// 405 with Allow if other methods are. It looks at Method and Path alone and
// runs nothing, so that the wire can tell a client the right fault before it
// reads a body that nobody wants. refused is false if there is a route; then
// [Service.Do] has the answer.
func (s *Service) Refuse(r Request) (response Response, refused bool) {
	_, _, allow, err := s.match(r)
	if err == nil {
		return Response{}, false
	}
	response = Failure(err, r.RequestID)
	response.Allow = allow
	return response, true
}
