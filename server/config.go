package main

import (
	"flag"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// config is what the program was started with.
type config struct {
	command         string // what to do: a name in commands
	operand         string // what the command is to be done with, such as a file; "" if none was given
	addr            string
	base            string
	data            string
	mongo           string
	standalone      bool
	directory       string
	intake          string
	foreignConsents string
	uusimaaUntil    string
	identifiersURL  bool
	insecure        bool
}

// usageError is a fault of whoever started the program: exit code 2.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usage(format string, args ...any) error {
	return usageError{fmt.Sprintf(format, args...)}
}

// flags binds the settings. README.md has the same table, which a test compares.
func (c *config) flags() *flag.FlagSet {
	f := flag.NewFlagSet("tahto", flag.ContinueOnError)
	f.StringVar(&c.addr, "addr", "127.0.0.1:8080", "listen `address`; one that is not loopback needs -insecure")
	f.StringVar(&c.base, "base", "", "public base `URL`; its path is where the server answers (default http://<addr>/fhir)")
	f.StringVar(&c.data, "data", "data", "`folder` of the embedded engine and of the audit log")
	f.StringVar(&c.mongo, "mongo", "", "`URI` of a MongoDB replica set or sharded cluster, which is used instead of the embedded engine")
	f.BoolVar(&c.standalone, "mongo-standalone", false, "allow a MongoDB that is no replica set, which can only write resources one by one")
	f.StringVar(&c.directory, "directory", "", "JSON `file` of organisations; without it only the made-up ones of the examples are known")
	f.StringVar(&c.intake, "intake", "strict", "`strict` refuses declarations that do not conform or that the law does not allow; archive takes historical ones as they are, as long as they can be read")
	f.StringVar(&c.foreignConsents, "foreign-consents", "refuse", "`refuse` Consents that are no declaration, or keep them without effect")
	f.StringVar(&c.uusimaaUntil, "uusimaa-until", "", "last `date` of the Uusimaa ground, YYYY-MM-DD (default: no end)")
	f.BoolVar(&c.identifiersURL, "allow-identifiers-in-url", false, "allow searches that carry an identity code in the URL")
	f.BoolVar(&c.insecure, "insecure", false, "listen without authentication on an address that is not loopback")
	return f
}

// validate finds what makes no sense for a server before anything is opened.
func (c config) validate() error {
	if err := c.validateEngine(); err != nil {
		return err
	}
	if err := oneOf("intake", c.intake, "strict", "archive"); err != nil {
		return err
	}
	if err := oneOf("foreign-consents", c.foreignConsents, "refuse", "keep"); err != nil {
		return err
	}
	if _, err := c.uusimaaEnd(); err != nil {
		return err
	}
	if err := c.validateBase(); err != nil {
		return err
	}
	return c.validateAddr()
}

// validateEngine finds what makes no sense for whatever opens the engine.
func (c config) validateEngine() error {
	if c.standalone && c.mongo == "" {
		return usage("-mongo-standalone: name the MongoDB with -mongo")
	}
	if c.data == "" {
		return usage("-data: name a folder for the embedded engine and the audit log")
	}
	return nil
}

func oneOf(name, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return usage("-%s: %q is none of: %s", name, value, strings.Join(allowed, ", "))
}

func (c config) validateBase() error {
	if c.base == "" {
		return nil
	}
	u, err := url.Parse(c.base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return usage("-base: %q is no http or https URL such as https://consents.example/fhir", c.base)
	}
	if u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.RawPath != "" {
		return usage("-base: the URL may have a host and a path, nothing else")
	}
	return nil
}

// uusimaaEnd is the instant at which the Uusimaa ground ends: when the last day
// is over in Finland. Zero is no end.
func (c config) uusimaaEnd() (time.Time, error) {
	if c.uusimaaUntil == "" {
		return time.Time{}, nil
	}
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		return time.Time{}, err
	}
	last, err := time.ParseInLocation(time.DateOnly, c.uusimaaUntil, zone)
	if err != nil {
		return time.Time{}, usage("-uusimaa-until: %q is no date; write it as 2025-12-31", c.uusimaaUntil)
	}
	return last.AddDate(0, 0, 1), nil
}

// validateAddr refuses to serve personal data to a network without
// authentication, unless that was asked for in so many words.
func (c config) validateAddr() error {
	host, _, err := net.SplitHostPort(c.addr)
	if err != nil {
		return usage("-addr: %q is no host:port such as 127.0.0.1:8080", c.addr)
	}
	if c.insecure || isLoopback(host) {
		return nil
	}
	return usage("-addr: %q can be reached from the network, and this version has no authentication; use 127.0.0.1, or say -insecure if something in front of it keeps strangers out", c.addr)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// baseURL is the public base, given or derived from where the server listens.
func (c config) baseURL(listening net.Addr) string {
	if c.base != "" {
		return strings.TrimRight(c.base, "/")
	}
	host, port, err := net.SplitHostPort(listening.String())
	if err != nil {
		return "http://" + listening.String() + "/fhir"
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port) + "/fhir"
}
