package transfer_test

import (
	"fmt"
	"strings"
	"testing"

	"tahto/fhir/search"
	"tahto/storage/driver"
	"tahto/storage/transfer"
)

func TestAnImportIntoWhatALaterProgramIndexedWritesNothing(t *testing.T) {
	_, file := export(t, filled(t, 3, 50), transfer.ExportOptions{})
	later := memory(t)
	fill(t, later, driver.Document{
		Key: driver.Indexed, Version: 1, Method: "PUT", Body: fmt.Append(nil, search.IndexVersion+1),
	})
	_, err := imports(t, later, file)
	if err == nil || !strings.Contains(err.Error(), "later version") {
		t.Errorf("got %v, want to be told which program to use", err)
	}
	if all, _ := state(t, later); len(all) > 0 {
		t.Errorf("%d versions were written that the later program would not find", len(all))
	}
}
