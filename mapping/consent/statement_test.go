package consent_test

import (
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"
	"tahto/mapping/consent"
)

var (
	march = time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	may   = time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
)

func TestInForceIsHalfOpen(t *testing.T) {
	tests := []struct {
		name  string
		s     consent.Statement
		at    time.Time
		want  bool
		over  bool
		later bool
	}{
		{"zero statement never", consent.Statement{}, march, false, false, false},
		{"before the beginning", consent.Statement{Kind: consent.ConsentHealth, Status: consent.Active, From: march}, march.Add(-1), false, false, true},
		{"at the beginning", consent.Statement{Kind: consent.ConsentHealth, Status: consent.Active, From: march}, march, true, false, false},
		{"open end", consent.Statement{Kind: consent.ConsentHealth, Status: consent.Active, From: march}, may, true, false, false},
		{"just before withdrawal", consent.Statement{Kind: consent.ConsentHealth, Status: consent.Withdrawn, From: march, Until: may}, may.Add(-1), true, false, false},
		{"instant of withdrawal", consent.Statement{Kind: consent.ConsentHealth, Status: consent.Withdrawn, From: march, Until: may}, may, false, true, false},
		{"active with an end", consent.Statement{Kind: consent.DenialHealth, Status: consent.Active, From: march, Until: may}, may, false, true, false},
		{"withdrawn consent without an end", consent.Statement{Kind: consent.ConsentHealth, Status: consent.Withdrawn, From: march}, march, false, true, false},
		{"withdrawn denial without an end", consent.Statement{Kind: consent.DenialHealth, Status: consent.Withdrawn, From: march}, march, false, true, false},
		{"withdrawn before it began", consent.Statement{Kind: consent.ConsentHealth, Status: consent.Withdrawn, From: may, Until: march}, may, false, true, false},
		{"entered in error", consent.Statement{Kind: consent.DenialHealth, Status: consent.EnteredInError, From: march}, may, false, false, false},
		{"draft", consent.Statement{Kind: consent.ConsentHealth, Status: consent.Draft, From: march}, may, false, false, false},
		{"proposed", consent.Statement{Kind: consent.ConsentHealth, Status: consent.Proposed, From: march}, may, false, false, false},
		{"rejected", consent.Statement{Kind: consent.ConsentHealth, Status: consent.Rejected, From: march}, may, false, false, false},
		{"status out of range", consent.Statement{Kind: consent.ConsentHealth, Status: 200, From: march}, may, false, false, false},
		{"consent without a beginning", consent.Statement{Kind: consent.ConsentHealth, Status: consent.Active}, may, false, false, false},
		{"denial without a beginning", consent.Statement{Kind: consent.DenialSocial, Status: consent.Active}, may, true, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.s.InForce(tt.at); got != tt.want {
				t.Errorf("InForce: got %v, want %v", got, tt.want)
			}
			if got := tt.s.Withdrawn(tt.at); got != tt.over {
				t.Errorf("Withdrawn: got %v, want %v", got, tt.over)
			}
			if got := tt.s.Pending(tt.at); got != tt.later {
				t.Errorf("Pending: got %v, want %v", got, tt.later)
			}
		})
	}
}

func TestGivenIsTheDeclarationAndElseTheBeginning(t *testing.T) {
	s := consent.Statement{From: may}
	if got := s.Given(); !got.Equal(may) {
		t.Errorf("without Declared: got %v, want %v", got, may)
	}
	s.Declared = march
	if got := s.Given(); !got.Equal(march) {
		t.Errorf("with Declared: got %v, want %v", got, march)
	}
}

func TestStatementStaysSmall(t *testing.T) {
	const most = 250 // 600,000 of them are kept in memory
	if got := unsafe.Sizeof(consent.Statement{}); got > most {
		t.Errorf("a statement takes %d bytes, want at most %d", got, most)
	}
}

func TestCodesRoundTrip(t *testing.T) {
	for _, k := range consent.Kinds() {
		if got, ok := consent.ParseKind(k.String()); !ok || got != k {
			t.Errorf("kind %q: got %v %v, want %v", k, got, ok, k)
		}
	}
	if got, want := len(consent.Kinds()), 16; got != want {
		t.Errorf("got %d kinds, want %d", got, want)
	}
	for s := consent.Active; s <= consent.Rejected; s++ {
		if got, ok := consent.ParseStatus(s.String()); !ok || got != s {
			t.Errorf("status %q: got %v %v, want %v", s, got, ok, s)
		}
	}
	for d := consent.ByClient; d <= consent.ByInformationRecipient; d++ {
		if got, ok := consent.ParseDeclaredBy(d.String()); !ok || got != d {
			t.Errorf("role %q: got %v %v, want %v", d, got, ok, d)
		}
	}
	for r := consent.PatientPublic; r <= consent.Social; r++ {
		if got, ok := consent.ParseRegister(r.Coding()); !ok || got != r {
			t.Errorf("register %q: got %v %v, want %v", r, got, ok, r)
		}
	}
	if got, ok := consent.ParseRecipientGroup("public"); !ok || got != consent.GroupPublic || got.String() != "public" {
		t.Errorf("group public: got %v %v", got, ok)
	}
}

func TestUnknownCodesAreNotRead(t *testing.T) {
	for _, code := range []string{"", "Information", "consent", "denial-health ", "x"} {
		if k, ok := consent.ParseKind(code); ok || k != consent.UnknownKind {
			t.Errorf("ParseKind(%q): got %v %v, want none", code, k, ok)
		}
		if s, ok := consent.ParseStatus(code); ok {
			t.Errorf("ParseStatus(%q): got %v, want none", code, s)
		}
		if d, ok := consent.ParseDeclaredBy(code); ok {
			t.Errorf("ParseDeclaredBy(%q): got %v, want none", code, d)
		}
		if g, ok := consent.ParseRecipientGroup(code); ok {
			t.Errorf("ParseRecipientGroup(%q): got %v, want none", code, g)
		}
	}
	if r, ok := consent.ParseRegister(consent.Coding{System: consent.SocialRegisterSystem, Code: "2"}); ok {
		t.Errorf("a health code in the social system: got %v, want none", r)
	}
	if got := consent.Kind(200).String() + consent.Register(200).String() + consent.Register(200).Coding().Code; got != "" {
		t.Errorf("values out of range have a code: %q", got)
	}
}

func TestKindsSayWhatTheyAre(t *testing.T) {
	for _, k := range consent.Kinds() {
		denial := k == consent.DenialHealth || k == consent.DenialSocial || k == consent.DenialPrescription
		if got := k.IsDenial(); got != denial {
			t.Errorf("%v.IsDenial(): got %v, want %v", k, got, denial)
		}
		if k.IsDenial() && k.IsConsent() || k.IsCrossSector() && !k.IsConsent() {
			t.Errorf("%v is contradictory", k)
		}
	}
}

func TestRegistersAreTheSameFileAcrossOwnership(t *testing.T) {
	tests := []struct {
		a, b consent.Register
		want bool
	}{
		{consent.PatientPublic, consent.PatientPublic, true},
		{consent.PatientPublic, consent.PatientPrivate, true},
		{consent.PatientPrivate, consent.Occupational, false},
		{consent.Occupational, consent.Occupational, true},
		{consent.Social, consent.PatientPublic, false},
		{consent.UnknownRegister, consent.UnknownRegister, false},
		{consent.Register(99), consent.Register(99), false},
	}
	for _, tt := range tests {
		if got := tt.a.Same(tt.b); got != tt.want {
			t.Errorf("%d.Same(%d): got %v, want %v", tt.a, tt.b, got, tt.want)
		}
		if tt.a.Same(tt.b) != tt.b.Same(tt.a) {
			t.Errorf("Same(%d, %d) depends on the order", tt.a, tt.b)
		}
	}
}

func TestInformationVersionsAreReadStrictlyAndOrdered(t *testing.T) {
	ordered := []string{"1.0", "1.1", "1.10", "2.0", "2.1", "10.0", "255.255"}
	last := consent.NoInformation
	for _, text := range ordered {
		v, ok := consent.ParseInformationVersion(text)
		if !ok || v <= last || v.String() != text {
			t.Errorf("%q: got %v (%v), want it read, back, and newer than %v", text, v, ok, last)
		}
		last = v
	}
	for _, text := range []string{"", "1", "1.", ".1", "01.0", "1.00", "0.9", "1.0.0", "256.0", "+1.0", "1.-1", "v1.0", "1,0", " 1.0"} {
		if v, ok := consent.ParseInformationVersion(text); ok {
			t.Errorf("%q: got %v, want refused", text, v)
		}
	}
	for v, want := range map[consent.InformationVersion]string{consent.Information10: "1.0", consent.Information11: "1.1", consent.Information20: "2.0", consent.NoInformation: ""} {
		if got := v.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPeriodCoversExactlyWhenEveryInstantIsContained(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		instant := rapid.Map(rapid.IntRange(0, 6), func(n int) time.Time {
			if n == 0 {
				return time.Time{}
			}
			return march.AddDate(0, 0, n)
		})
		p := consent.Period{From: instant.Draw(t, "from"), Until: instant.Draw(t, "until")}
		q := consent.Period{From: instant.Draw(t, "other from"), Until: instant.Draw(t, "other until")}
		if !q.From.IsZero() && !q.Until.IsZero() && !q.From.Before(q.Until) {
			return // an empty period
		}
		want := true
		for day := -1; day < 9; day++ {
			at := march.AddDate(0, 0, day)
			want = want && (!q.Contains(at) || p.Contains(at))
		}
		if got := p.Covers(q); got != want {
			t.Fatalf("%v covers %v: got %v, want %v", p, q, got, want)
		}
	})
}
