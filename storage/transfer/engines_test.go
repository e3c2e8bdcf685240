package transfer_test

import (
	"bytes"
	"testing"

	"tahto/storage/mongo"
	"tahto/storage/mongo/mongotest"
	"tahto/storage/transfer"
)

// TestToAnotherEngineAndBackNothingIsLost goes from the embedded engine into a
// MongoDB, which may take one document at a time, and back.
func TestToAnotherEngineAndBackNothingIsLost(t *testing.T) {
	for name, c := range map[string]struct {
		database mongotest.Options
		engine   mongo.Options
	}{
		"ReplicaSet": {},
		"Standalone": {mongotest.Options{Standalone: true}, mongo.Options{Standalone: true}},
	} {
		t.Run(name, func(t *testing.T) {
			from := filled(t, 9, 120)
			_, content := export(t, from, transfer.ExportOptions{Alone: true})
			between, err := mongo.Open(t.Context(), mongotest.Start(t, c.database).URI(), c.engine)
			if err != nil {
				t.Fatal(err)
			}
			defer between.Close()
			if _, err := imports(t, between, content[:len(content)/2]); err == nil {
				t.Fatal("half a file is imported as a whole")
			}
			if _, err := imports(t, between, content); err != nil {
				t.Fatal(err)
			}
			sameState(t, between, from)
			for _, o := range []transfer.ExportOptions{{Page: 13}, {Page: 13, Alone: true}} {
				if _, again := export(t, between, o); !bytes.Equal(again, content) {
					t.Errorf("%+v: it exports another file", o)
				}
			}
			back := memory(t)
			if _, err := imports(t, back, content); err != nil {
				t.Fatal(err)
			}
			sameState(t, back, from)
		})
	}
}
