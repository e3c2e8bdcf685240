package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"tahto/fhir"
)

// asServer makes the test binary the program itself, so that a test can kill it.
const asServer = "TAHTO_TEST_AS_SERVER"

func TestMain(m *testing.M) {
	switch os.Getenv(asServer) {
	case "program":
		main()
	case "echo":
		echo()
	default:
		os.Exit(m.Run())
	}
}

// addressed is the line with which the program says where it is.
var addressed = regexp.MustCompile(`(?m)^Tahto is at (\S+)$`)

// announcement is a stdout that tells when the address was printed.
type announcement struct {
	text  bytes.Buffer
	found chan string
}

func (a *announcement) Write(p []byte) (int, error) {
	a.text.Write(p)
	if match := addressed.FindStringSubmatch(a.text.String()); match != nil {
		select {
		case a.found <- match[1]:
		default:
		}
	}
	return len(p), nil
}

// instance is a running Tahto.
type instance struct {
	base string
	stop func() error // ends it in order and gives what run returned
}

// start runs the program in this process on a free port, and ends it with the
// test. Without a -data among args the data folder is a fresh one.
func start(t testing.TB, args ...string) *instance {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	stdout := &announcement{found: make(chan string, 1)}
	var stderr bytes.Buffer
	ended := make(chan error, 1)
	args = append([]string{"-addr", "127.0.0.1:0", "-data", filepath.Join(t.TempDir(), "data")}, args...)
	go func() { ended <- run(ctx, args, func(string) string { return "" }, stdout, &stderr) }()
	stopped := false
	p := &instance{stop: func() error {
		stopped = true
		cancel()
		return <-ended
	}}
	select {
	case p.base = <-stdout.found:
	case err := <-ended:
		cancel()
		t.Fatalf("the program ended at once: %v\n%s", err, &stderr)
	}
	t.Cleanup(func() {
		if stopped {
			return
		}
		if err := p.stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return p
}

// child is the program in a process of its own.
type child struct {
	base    string
	command *exec.Cmd
	killing sync.Mutex
}

// spawn starts this test binary as the program, or as the echo.
func spawn(t testing.TB, as string, args ...string) *child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(self, args...)
	command.Env = append(os.Environ(), asServer+"="+as)
	// A file, since a pipe would make this process read what the other logs.
	stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	command.Stderr = stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{command: command}
	t.Cleanup(func() { c.kill() })
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if match := addressed.FindStringSubmatch(lines.Text()); match != nil {
			c.base = match[1]
			go io.Copy(io.Discard, stdout)
			return c
		}
	}
	c.kill()
	t.Fatalf("the child never said where it is: %s", readFile(t, stderr.Name()))
	return nil
}

// kill ends the process as kill -9 does, without any chance to tidy up. It is
// safe to call again, by any goroutine.
func (c *child) kill() {
	c.killing.Lock()
	defer c.killing.Unlock()
	_ = c.command.Process.Kill()
	_ = c.command.Wait()
}

// answer is what came back over HTTP.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// send makes a request as it is. Header names keep their spelling.
func send(method, url string, header http.Header, body []byte) (answer, error) {
	return sendBy(http.DefaultClient, method, url, header, body)
}

// sendBy is send over the connections of a client.
func sendBy(client *http.Client, method, url string, header http.Header, body []byte) (answer, error) {
	request, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header = header
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, content}, err
}

var fhirHeader = http.Header{"Content-Type": {"application/fhir+json"}}

// post sends a resource and expects the status.
func post(t testing.TB, url string, body []byte, want int) *fhir.Resource {
	t.Helper()
	return exchange(t, http.MethodPost, url, body, want)
}

func exchange(t testing.TB, method, url string, body []byte, want int) *fhir.Resource {
	t.Helper()
	got, err := send(method, url, fhirHeader, body)
	if err != nil {
		t.Fatal(err)
	}
	if got.status != want {
		t.Fatalf("%s %s: status %d, want %d\n%s", method, url, got.status, want, got.body)
	}
	resource, err := fhir.Parse(got.body)
	if err != nil {
		t.Fatalf("%s %s: the answer is no resource: %v", method, url, err)
	}
	return resource
}

func readFile(t testing.TB, elements ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elements...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// readStrict reads JSON into a value; a member that it doesn't know is an error.
func readStrict(t testing.TB, data []byte, into any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		t.Fatal(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		t.Fatal("there is more after the JSON value")
	}
}

// parameter is the named parameter, or part, of an element.
func parameter(e fhir.Element, list, name string) fhir.Element {
	for p := range e.Each(list) {
		if p.Get("name").Text() == name {
			return p
		}
	}
	return fhir.Element{}
}

func trimBase(base string) string { return strings.TrimSuffix(base, "/fhir") }
