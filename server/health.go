package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// healthTimeout is how long a server may think about whether it can serve.
const healthTimeout = 3 * time.Second

// runHealth is a container's health check that needs no other program: nil if
// the server answers 200.
func runHealth(ctx context.Context, c config, _, _ io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.healthURL(), nil)
	if err != nil {
		return err
	}
	// A transport of its own goes through no proxy, and alone it follows no
	// redirect: what answers must be the server itself.
	response, err := new(http.Transport).RoundTrip(request)
	if err != nil {
		return fmt.Errorf("not healthy: %s: %w", request.URL.Redacted(), err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("not healthy: %s answers %s", request.URL.Redacted(), response.Status)
	}
	return nil
}

// validateHealth finds what can't be asked.
func (c config) validateHealth() error {
	if c.operand != "" {
		u, err := url.Parse(c.operand)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return usage("health: %q is no http or https URL such as http://127.0.0.1:8080/readyz", c.operand)
		}
		return nil
	}
	if _, _, err := net.SplitHostPort(c.addr); err != nil {
		return usage("-addr: %q is no host:port such as 127.0.0.1:8080", c.addr)
	}
	return nil
}

// healthURL is what to ask: what was given, or the server that -addr starts. One
// that listens at every address of the machine is asked at its own.
func (c config) healthURL() string {
	if c.operand != "" {
		return c.operand
	}
	host, port, _ := net.SplitHostPort(c.addr) // validateHealth has tried
	switch host {
	case "", "0.0.0.0":
		host = "127.0.0.1"
	case "::":
		host = "::1"
	}
	return "http://" + net.JoinHostPort(host, port) + "/readyz"
}
