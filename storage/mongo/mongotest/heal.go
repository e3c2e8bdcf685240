package mongotest

// Heal takes away every fault that was injected and could still strike. What one
// of them has delayed stays slow.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}
