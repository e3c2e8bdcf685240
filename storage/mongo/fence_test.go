package mongo_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tahto/fhir"
	"tahto/fhir/search"
	"tahto/storage/driver"
	"tahto/storage/mongo"
	"tahto/storage/mongo/mongotest"
)

// look is a View that counts.
func look(t testing.TB, e *mongo.Engine) error {
	return e.View(t.Context(), func(r driver.Reader) error {
		_, err := r.Count(t.Context(), search.Query{Type: "Consent"})
		return err
	})
}

// names are those of the commands that were sent, with their collections.
func names(s *mongotest.Server) (list []string) {
	for _, c := range s.Commands() {
		list = append(list, c.Name+" "+c.Collection)
	}
	s.Forget()
	return list
}

// TestANewPrimaryIsReadAfterAWrite: it may not know yet that a majority has what
// the primary before it acknowledged.
func TestANewPrimaryIsReadAfterAWrite(t *testing.T) {
	t.Parallel()
	s := mongotest.Start(t, mongotest.Options{})
	e := engine(t, s, mongo.Options{})
	s.Forget()
	if err := look(t, e); err != nil {
		t.Fatal(err)
	}
	if got := names(s); !slices.Equal(got, []string{"aggregate resource"}) {
		t.Errorf("a View before any change sent %v", got)
	}
	s.StepDown(50 * time.Millisecond)
	var err error
	for range 100 {
		if err = look(t, e); err == nil {
			break
		}
		if !errors.Is(err, driver.ErrUnavailable) {
			t.Fatalf("got %v", err)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	sent := names(s)
	written, read := slices.Index(sent, "update fence"), len(sent)-1
	if written < 0 || sent[read] != "aggregate resource" || written > read {
		t.Errorf("after the primary changed it sent %v, want a write before the read", sent)
	}
	if err := look(t, e); err != nil {
		t.Fatal(err)
	}
	if got := names(s); !slices.Equal(got, []string{"aggregate resource"}) {
		t.Errorf("the View after that sent %v", got)
	}
}

// TestAViewInAClusterAsksForTheTimeFirst: its router may have been idle while
// others wrote.
func TestAViewInAClusterAsksForTheTimeFirst(t *testing.T) {
	t.Parallel()
	s := mongotest.Start(t, mongotest.Options{Sharded: true})
	e := engine(t, s, mongo.Options{})
	s.Forget()
	if err := look(t, e); err != nil {
		t.Fatal(err)
	}
	commands := s.Commands()
	if got := names(s); !slices.Equal(got, []string{"find resource", "aggregate resource"}) {
		t.Fatalf("sent %v", got)
	}
	for i, c := range commands {
		level, _ := c.Raw.Lookup("readConcern", "level").StringValueOK()
		if want := []string{"majority", "snapshot"}[i]; level != want {
			t.Errorf("%s has the read concern %q, want %q", c.Name, level, want)
		}
	}
}

func TestADirectConnectionIsRefused(t *testing.T) {
	t.Parallel()
	s := mongotest.Start(t, mongotest.Options{})
	_, err := mongo.Open(t.Context(), s.URI()+"&directConnection=true", mongo.Options{})
	if err == nil || !strings.Contains(err.Error(), "directConnection") {
		t.Errorf("got %v", err)
	}
}

// TestAViewThatIsLeftEarlyLeavesNoCursor has more than one reply holds.
func TestAViewThatIsLeftEarlyLeavesNoCursor(t *testing.T) {
	t.Parallel()
	s := mongotest.Start(t, mongotest.Options{})
	e := engine(t, s, mongo.Options{Patience: 20 * time.Second})
	err := e.Update(t.Context(), func(w driver.Writer) error {
		for i := range 1200 {
			d := driver.Document{
				Key: fhir.Key{Type: "Consent", ID: fmt.Sprintf("d%04d", i)}, Version: 1,
				Updated: time.UnixMilli(int64(i)).UTC(), Method: "POST", Body: []byte("{}"),
			}
			if err := w.Append(t.Context(), d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = e.View(t.Context(), func(r driver.Reader) error {
		for _, err := range r.Find(t.Context(), search.Query{Type: "Consent"}, driver.Whole) {
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := s.OpenCursors(); n != 0 {
		t.Errorf("%d cursors are open", n)
	}
}
