package embedded

import (
	"maps"
	"strings"
	"sync/atomic"
)

// word is a text that stands for itself in few places and by number in many.
type word struct {
	kind byte // kindType, kindParam or kindSystem
	of   string
	name string
}

const (
	kindType   = 't' // of: the type
	kindParam  = 'p' // of: the type, name: the parameter
	kindSystem = 's' // of: the system
)

// text is the word in the table.
func (w word) text() string { return string(w.kind) + w.of + "?" + w.name }

// parseWord is a word by its text; false for a text that is none.
func parseWord(text string) (word, bool) {
	if text == "" {
		return word{}, false
	}
	kind, rest := text[0], text[1:]
	end := strings.IndexByte(rest, '?')
	if kind != kindParam {
		end = strings.LastIndexByte(rest, '?') // a system may have one itself
	}
	if end < 0 {
		return word{}, false
	}
	return word{kind: kind, of: rest[:end], name: rest[end+1:]}, true
}

// keepWords bounds the words kept in memory; the others are read when needed.
// Systems come from clients, so their number has no bound of its own.
const keepWords = 8192

// dictionary has the numbers of committed words. A word that isn't in it may
// still be in the table: in a state that a reader sees before the writer has
// told the dictionary, or beyond what is kept. It is safe for concurrent use.
type dictionary struct {
	known atomic.Pointer[map[word]int64]
}

func (d *dictionary) find(w word) (int64, bool) {
	id, ok := (*d.known.Load())[w]
	return id, ok
}

// load reads the words of an existing file, the oldest first: what resources
// are found by came with the first of them.
func (d *dictionary) load(c *conn) error {
	s, err := c.query(unhurried, "SELECT id, text FROM word ORDER BY id LIMIT ?", keepWords)
	if err != nil {
		return err
	}
	defer s.close()
	known := map[word]int64{}
	for {
		more, err := s.next()
		if err != nil {
			return err
		}
		if !more {
			d.known.Store(&known)
			return nil
		}
		if w, ok := parseWord(s.string(1)); ok {
			known[w] = s.int(0)
		}
	}
}

// learn adds words that were committed. Only the writer calls it.
func (d *dictionary) learn(words map[word]int64) {
	if len(words) == 0 || len(*d.known.Load())+len(words) > keepWords {
		return
	}
	known := maps.Clone(*d.known.Load())
	maps.Copy(known, words)
	d.known.Store(&known)
}

// number is a word's number in the state that c reads; 0 if there is no such
// word. The empty system has the number 0 as well: see systemNumber.
func (r *reader) number(w word) (int64, error) {
	if id, ok := r.words.find(w); ok {
		return id, nil
	}
	if id, ok := r.fresh[w]; ok {
		return id, nil
	}
	return r.c.number("SELECT id FROM word WHERE text = ?", w.text())
}

// system is a system's number; false if no document has that system.
func (r *reader) system(name string) (int64, bool, error) {
	if name == "" {
		return 0, true, nil
	}
	id, err := r.number(word{kind: kindSystem, of: name})
	return id, id != 0, err
}

// intern is a word's number, which is given out if there is none yet.
func (w *writer) intern(wd word) (int64, error) {
	id, err := w.number(wd)
	if err != nil || id != 0 {
		return id, err
	}
	if err := w.c.exec("INSERT INTO word (text) VALUES (?)", wd.text()); err != nil {
		return 0, err
	}
	if id, err = w.number(wd); err == nil {
		w.fresh[wd] = id
		w.added = append(w.added, wd)
	}
	return id, err
}

func (w *writer) internSystem(name string) (int64, error) {
	if name == "" {
		return 0, nil
	}
	return w.intern(word{kind: kindSystem, of: name})
}
