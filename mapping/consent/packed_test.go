package consent_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tahto/mapping/consent"
)

// TestPackingKeepsEveryField fills every field by reflection, so that one that
// is added later and not packed is found out.
func TestPackingKeepsEveryField(t *testing.T) {
	full := make([]consent.Statement, 3)
	n := 0
	for i := range full {
		fill(t, reflect.ValueOf(&full[i]).Elem(), &n)
	}
	full[1].Person = full[0].Person
	tests := map[string][]consent.Statement{
		"none":       nil,
		"all fields": full,
		"no fields":  {{}, {}},
		"mixed":      {full[0], {Kind: consent.ConsentHealth, Status: consent.Active}, full[2]},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, consent.Pack(want).Unpack()); diff != "" {
				t.Errorf("packed and unpacked (-want +got):\n%s", diff)
			}
		})
	}
}

func TestZeroPackedHoldsNone(t *testing.T) {
	if got := consent.Packed("").Unpack(); got != nil {
		t.Errorf("got %v, want none", got)
	}
}

func TestPackingKeepsInstantsOfAllTimes(t *testing.T) {
	for _, at := range []time.Time{
		{}, time.Unix(0, 0), time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
		time.Date(2024, 3, 31, 4, 0, 0, 0, time.FixedZone("", 3*3600)),
	} {
		got := consent.Pack([]consent.Statement{{From: at}}).Unpack()[0].From
		if !got.Equal(at) || got.IsZero() != at.IsZero() {
			t.Errorf("%v came back as %v", at, got)
		}
	}
}

func BenchmarkUnpack(b *testing.B) {
	one := consent.Statement{ID: "01a20319-e258-7c57-a7df-fd79d33eef36", Version: 1, Kind: consent.ConsentHealth, Status: consent.Active,
		Person: consent.Identifier{System: "urn:oid:1.2.246.21", Value: "160350-900N"}, Declared: time.Unix(1_700_000_000, 0), From: time.Unix(1_700_000_000, 0)}
	packed := consent.Pack([]consent.Statement{one, one, one, one, one, one})
	b.ReportAllocs()
	b.ReportMetric(float64(len(packed)), "B/person")
	for b.Loop() {
		if len(packed.Unpack()) != 6 {
			b.Fatal("lost")
		}
	}
}

// fill gives every field below v a value of its own that is not zero.
func fill(t *testing.T, v reflect.Value, n *int) {
	t.Helper()
	*n++
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(int64(1_700_000_000+*n), int64(*n)).UTC()))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), n)
		}
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), n)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(t, v.Index(0), n)
		fill(t, v.Index(1), n)
	case v.Kind() == reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanUint():
		v.SetUint(uint64(*n%200 + 1))
	default:
		t.Fatalf("a field is of kind %v, which the test can't fill", v.Kind())
	}
}
