//go:build unix

// Command walkthrough does what README.md tells a newcomer to do, as it is
// written there, and compares what comes out with what README.md says.
//
// It takes the section "Walk-through". A block of sh is run by bash in the root
// of the checkout; the first, which starts the server, keeps running, on a
// fresh data folder (TAHTO_DATA). When that was stopped it does the section
// "Backups and moving" with the same data, and removes the files that it made.
//
// After a block of sh, one of text or json is an excerpt of the expected output: its lines must stand there one after the
// other, white space at their ends aside; a line of … alone stands for any
// lines, and … within a line for anything.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "walk-through:", err)
		os.Exit(1)
	}
}

// step is a block of commands and the excerpt of its output.
type step struct{ commands, excerpt string }

var fences = regexp.MustCompile("(?ms)^```(sh|text|json)\n(.*?)^```$")

// steps reads a section.
func steps(readme, title string) ([]step, error) {
	_, section, found := strings.Cut(readme, "\n## "+title+"\n")
	if !found {
		return nil, fmt.Errorf("README.md has no section %s", title)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var all []step
	for _, fence := range fences.FindAllStringSubmatch(section, -1) {
		switch {
		case fence[1] == "sh":
			all = append(all, step{commands: fence[2]})
		case len(all) == 0 || all[len(all)-1].excerpt != "":
			return nil, errors.New("an expected output has no commands before it")
		default:
			all[len(all)-1].excerpt = fence[2]
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the section %s has no commands", title)
	}
	return all, nil
}

func run() error {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		return err
	}
	all, err := steps(string(readme), "Walk-through")
	if err != nil {
		return err
	}
	backups, err := steps(string(readme), "Backups and moving")
	if err != nil {
		return err
	}
	data, err := os.MkdirTemp("", "tahto-walkthrough-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(data)
	server, err := start(all[0], data)
	if err != nil {
		return err
	}
	for _, s := range all[1:] {
		if err := s.do(data); err != nil {
			return errors.Join(err, server.stop())
		}
	}
	if err := server.stop(); err != nil {
		return err
	}
	for _, made := range made {
		if _, err := os.Lstat(made); err == nil {
			return fmt.Errorf("%s is here, which README.md makes: move it away", made)
		}
	}
	defer clean()
	for _, s := range backups {
		if err := s.do(data); err != nil {
			return err
		}
	}
	return nil
}

// made is what the backups leave in the checkout.
var made = []string{"backup.ndjson", "backup.ndjson.partial", "copy"}

func clean() {
	for _, made := range made {
		_ = os.RemoveAll(made)
	}
}

// do runs the commands and compares.
func (s step) do(data string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", s.commands)
	command.Env = append(os.Environ(), "TAHTO_DATA="+data+"/data")
	output, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s\n%s", err, s.commands, output)
	}
	if s.excerpt == "" {
		return fmt.Errorf("no expected output follows\n%s", s.commands)
	}
	if !contains(string(output), s.excerpt) {
		return fmt.Errorf("the output is not what README.md says.\n--- commands\n%s--- README.md\n%s--- output\n%s", s.commands, s.excerpt, output)
	}
	fmt.Print(s.commands)
	return nil
}

// contains tells whether the excerpt stands in the output.
func contains(output, excerpt string) bool {
	var pattern strings.Builder
	pattern.WriteString(`(?s)(^|\n)`)
	for line := range strings.Lines(excerpt) {
		line = strings.TrimSpace(line)
		if line == "…" {
			pattern.WriteString(`([^\n]*\n)*?`)
			continue
		}
		parts := strings.Split(line, "…")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		pattern.WriteString(`[ \t]*` + strings.Join(parts, `[^\n]*`) + `[ \t]*(\n|$)`)
	}
	return regexp.MustCompile(pattern.String()).MatchString(output)
}

// server is the program that the first step started.
type server struct {
	command *exec.Cmd
	output  *os.File
	ended   chan struct{} // closed when the program has ended
}

const address = "127.0.0.1:8080"

// start runs the first step without waiting for its end, in a process group of
// its own so that it can be ended with all that it started.
func start(s step, data string) (*server, error) {
	if err := free(address); err != nil {
		return nil, err
	}
	output, err := os.Create(data + "/output")
	if err != nil {
		return nil, err
	}
	command := exec.Command("bash", "-euo", "pipefail", "-c", s.commands)
	command.Env = append(os.Environ(), "TAHTO_DATA="+data+"/data")
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		return nil, err
	}
	running := &server{command, output, make(chan struct{})}
	go func() {
		_ = command.Wait() // the shell tells that it was interrupted
		close(running.ended)
	}()
	err = running.ready()
	printed, unread := os.ReadFile(output.Name())
	if err == nil && !contains(string(printed), s.excerpt) {
		err = errors.New("the server prints something else than README.md says")
	}
	if err != nil || unread != nil {
		return nil, fmt.Errorf("%w\n%s", errors.Join(err, unread, running.stop()), printed)
	}
	fmt.Print(s.commands)
	return running, nil
}

// free tells whether the server can have the address that README.md gives it.
func free(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("README.md has the server listen at %s, which is not free; stop what listens there and try again (%w)", address, err)
	}
	return listener.Close()
}

// ready waits until the server answers. Building it for the first time can take
// minutes.
func (s *server) ready() error {
	const patience = 5 * time.Minute
	late := time.After(patience)
	for again := time.Tick(time.Second / 2); ; {
		if answers() {
			return nil
		}
		select {
		case <-again:
		case <-s.ended:
			return errors.New("the server ended before it was ready")
		case <-late:
			return fmt.Errorf("the server was not ready after %s", patience)
		}
	}
}

func answers() bool {
	response, err := http.Get("http://" + address + "/readyz")
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// stop ends the server as Ctrl-C in its terminal does, and by force if it has
// not ended after half a minute, which is a fault.
func (s *server) stop() error {
	const patience = 30 * time.Second
	group := -s.command.Process.Pid
	if err := syscall.Kill(group, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	select {
	case <-s.ended:
		return s.output.Close()
	case <-time.After(patience):
	}
	err := fmt.Errorf("the server did not end in %s after it was interrupted, and was killed", patience)
	if failed := syscall.Kill(group, syscall.SIGKILL); failed != nil {
		return errors.Join(err, failed)
	}
	<-s.ended
	return errors.Join(err, s.output.Close())
}
