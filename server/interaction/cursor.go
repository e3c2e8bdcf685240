package interaction

import (
	"tahto/fhir/issue"
)

// cursorParameter holds the sealed place of a page, or a sealed search that a
// URL must not show.
const cursorParameter = "_cursor"

// What a token is a place in.
const (
	searchToken  byte = 's'
	historyToken byte = 'h'
)

func (s *Service) seal(kind byte, plain []byte) string {
	return s.Store.Seal(append([]byte{kind}, plain...))
}

// open reads the request's token, which stands alone: it holds all that the
// search or history was asked with.
func (s *Service) open(c Call, kind byte) ([]byte, error) {
	for name := range c.Query {
		if name != cursorParameter && name != "_format" && name != "_pretty" {
			return nil, addedToPage()
		}
	}
	tokens := c.Query[cursorParameter]
	if len(tokens) != 1 {
		return nil, foreignCursor()
	}
	plain, err := s.Store.Open(tokens[0])
	if err != nil {
		return nil, issue.Under("http."+cursorParameter, err)
	}
	if len(plain) == 0 || plain[0] != kind {
		return nil, foreignCursor()
	}
	return plain[1:], nil
}

func addedToPage() error {
	return issue.New(issue.Invalid, "http", "The link to a page is used as it is; nothing can be added to it.")
}

func foreignCursor() error {
	return issue.New(issue.Invalid, "http."+cursorParameter, "The page token belongs to another search. Follow the links of a page as they are.").Coded(issue.CodeValue)
}
