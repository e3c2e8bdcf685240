package main

import (
	"errors"
	"flag"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tahto/mapping/decision"
)

func environment(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestDefaultsNeedNothing(t *testing.T) {
	got, err := configure(nil, environment(nil), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	want := config{command: "serve", addr: "127.0.0.1:8080", data: "data", intake: "strict", foreignConsents: "refuse"}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(config{})); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
}

func TestFlagsWinOverTheEnvironment(t *testing.T) {
	env := environment(map[string]string{
		"TAHTO_DATA": "from-env", "TAHTO_INTAKE": "archive", "TAHTO_ALLOW_IDENTIFIERS_IN_URL": "true",
	})
	got, err := configure([]string{"-data", "from-flag"}, env, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if got.data != "from-flag" || got.intake != "archive" || !got.identifiersURL {
		t.Errorf("got %+v, want data from-flag, intake archive, identifiers allowed", got)
	}
}

func TestSettingsThatMakeNoSenseAreExplained(t *testing.T) {
	cases := []struct {
		name string
		args []string
		env  map[string]string
		want string // a part of the message
	}{
		{"unknown flag", []string{"-colour"}, nil, "-colour"},
		{"unknown command", []string{"sing"}, nil, `unknown command "sing"; there are serve`},
		{"stray argument", []string{"serve", "loudly"}, nil, `unexpected argument "loudly"`},
		{"command after the flags", []string{"-data", "x", "health"}, nil, "a command comes first"},
		{"flag of another command", []string{"health", "-data", "x"}, nil, "-data"},
		{"two URLs", []string{"health", "http://a", "http://b"}, nil, "one URL"},
		{"no URL", []string{"health", "localhost:80"}, nil, "no http or https URL"},
		{"health without a port", []string{"health"}, map[string]string{"TAHTO_ADDR": "127.0.0.1"}, "host:port"},
		{"network address", []string{"-addr", "0.0.0.0:8080"}, nil, "-insecure"},
		{"every address", []string{"-addr", ":8080"}, nil, "-insecure"},
		{"host name that is not localhost", []string{"-addr", "tahto.example:80"}, nil, "-insecure"},
		{"address without port", []string{"-addr", "127.0.0.1"}, nil, "host:port"},
		{"a standalone MongoDB that is not named", []string{"-mongo-standalone"}, nil, "-mongo"},
		{"intake", []string{"-intake", "lenient"}, nil, "strict, archive"},
		{"foreign Consents", []string{"-foreign-consents", "drop"}, nil, "refuse, keep"},
		{"date in words", []string{"-uusimaa-until", "soon"}, nil, "2025-12-31"},
		{"date that is none", []string{"-uusimaa-until", "2025-02-29"}, nil, "no date"},
		{"base without scheme", []string{"-base", "consents.example/fhir"}, nil, "-base"},
		{"base of another scheme", []string{"-base", "ftp://consents.example"}, nil, "-base"},
		{"base with a query", []string{"-base", "http://consents.example/fhir?x=1"}, nil, "nothing else"},
		{"base with a password", []string{"-base", "http://a:b@consents.example/fhir"}, nil, "nothing else"},
		{"empty data folder", []string{"-data", ""}, nil, "-data"},
		{"boolean in the environment", nil, map[string]string{"TAHTO_INSECURE": "maybe"}, "TAHTO_INSECURE"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := configure(c.args, environment(c.env), io.Discard)
			if _, ok := errors.AsType[usageError](err); !ok {
				t.Fatalf("error = %v, want a usageError", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("message %q does not say %q", err, c.want)
			}
		})
	}
}

func TestLoopbackAndInsecureAddressesAreTaken(t *testing.T) {
	for _, args := range [][]string{
		{"-addr", "localhost:0"}, {"-addr", "[::1]:8080"}, {"-addr", "127.9.9.9:1"}, {"serve", "-addr", "localhost:0"}, {"-addr", "0.0.0.0:80", "-insecure"},
	} {
		if _, err := configure(args, environment(nil), io.Discard); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestHelpIsNoFault(t *testing.T) {
	var help strings.Builder
	_, err := configure([]string{"-help"}, environment(nil), &help)
	if !errors.Is(err, flag.ErrHelp) {
		t.Fatalf("error = %v, want flag.ErrHelp", err)
	}
	for _, want := range []string{"-addr", "-intake", "TAHTO_UUSIMAA_UNTIL", "_FILE", "health [flags] [URL]"} {
		if !strings.Contains(help.String(), want) {
			t.Errorf("help does not mention %s", want)
		}
	}
}

func TestExitCodes(t *testing.T) {
	cases := []struct {
		name string
		err  error
		want int
	}{
		{"clean stop", nil, 0},
		{"help", flag.ErrHelp, 0},
		{"settings", usage("-addr: wrong"), 2},
		{"breakdown", errors.New("disk"), 1},
	}
	for _, c := range cases {
		if got := exitCode(c.err, io.Discard); got != c.want {
			t.Errorf("%s: exit code %d, want %d", c.name, got, c.want)
		}
	}
}

func TestBaseIsDerivedFromTheListener(t *testing.T) {
	cases := []struct {
		name, base string
		addr       net.TCPAddr
		want       string
	}{
		{"loopback", "", net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}, "http://127.0.0.1:8080/fhir"},
		{"IPv6", "", net.TCPAddr{IP: net.IPv6loopback, Port: 1}, "http://[::1]:1/fhir"},
		{"every address", "", net.TCPAddr{IP: net.IPv4zero, Port: 80}, "http://localhost:80/fhir"},
		{"given", "https://consents.example/r4/", net.TCPAddr{IP: net.IPv4zero, Port: 80}, "https://consents.example/r4"},
	}
	for _, c := range cases {
		if got := (config{base: c.base}).baseURL(&c.addr); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestUusimaaGroundLastsThroughItsLastDay(t *testing.T) {
	c := config{uusimaaUntil: "2025-12-31"}
	got, err := c.uusimaaEnd()
	if err != nil {
		t.Fatal(err)
	}
	if !got.Equal(decision.UusimaaFixedUntil) {
		t.Errorf("ends %v, want %v", got, decision.UusimaaFixedUntil)
	}
}
