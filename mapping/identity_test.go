package mapping_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tahto/mapping"
)

func TestIdentityCodes(t *testing.T) {
	for _, test := range []struct {
		name, code string
		want       bool
	}{
		{"of the last century", "160350-900N", true},
		{"check character a digit", "210253-9040", true},
		{"made up for tests", "180958-9128", true},
		{"new sign of the last century", "160350Y900N", true},
		{"last new sign of the last century", "160350U900N", true},
		{"wrong check character", "160350-900P", false},
		{"lower case check character", "160350-900n", false},
		{"sign that is none", "160350/900N", false},
		{"sign after F", "160350G900N", false},
		{"sign before U", "160350T900N", false},
		{"lower case sign", "160350y900N", false},
		{"too short", "160350-900", false},
		{"too long", "160350-900NN", false},
		{"spaces around", " 160350-900N", false},
		{"empty", "", false},
		{"letter in the day", "A60350-900N", false},
		{"letter in the number", "160350-9O0N", false},
		{"more bytes than letters", "160350-90äN", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := mapping.ValidIdentityCode(test.code); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// withCheck writes a code with its right check character.
func withCheck(day time.Time, sign byte, individual int) string {
	digits := fmt.Sprintf("%s%03d", day.Format("020106"), individual)
	n := 0
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return digits[:6] + string(sign) + digits[6:] + string("0123456789ABCDEFHJKLMNPRSTUVWXY"[n%31])
}

var signs = map[int]string{1800: "+", 1900: "-YXWVU", 2000: "ABCDEF"}

func TestEveryBirthdayHasIdentityCodes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		century := rapid.SampledFrom([]int{1800, 1900, 2000}).Draw(t, "century")
		day := time.Date(century, 1, 1+rapid.IntRange(0, 36523).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		sign := signs[century][rapid.IntRange(0, len(signs[century])-1).Draw(t, "sign")]
		individual := rapid.IntRange(900, 999).Draw(t, "individual")
		code := withCheck(day, sign, individual)
		if !mapping.ValidIdentityCode(code) {
			t.Fatalf("%s is refused", code)
		}
		at := rapid.SampledFrom([]int{0, 1, 2, 3, 4, 5, 7, 8, 9, 10}).Draw(t, "at")
		other := rapid.SampledFrom([]byte("0123456789")).Draw(t, "other")
		if wrong := code[:at] + string(other) + code[at+1:]; wrong != code && mapping.ValidIdentityCode(wrong) {
			t.Fatalf("%s and %s are one digit apart and both valid", code, wrong)
		}
	})
}

func TestIdentityCodesOfNoDayAreRefused(t *testing.T) {
	leap := time.Date(2000, 2, 29, 0, 0, 0, 0, time.UTC)
	if !mapping.ValidIdentityCode(withCheck(leap, 'A', 900)) {
		t.Error("29 February 2000 is refused")
	}
	if code := withCheck(leap, '-', 900); mapping.ValidIdentityCode(code) {
		t.Error("29 February 1900 is taken: 1900 was no leap year")
	}
	if code := withCheck(leap, 'A', 1); mapping.ValidIdentityCode(code) {
		t.Error("individual number 001 is taken")
	}
	if code := withCheck(leap, 'A', 2); !mapping.ValidIdentityCode(code) {
		t.Error("individual number 002 is refused")
	}
}
