package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// composeFile is as much of the Compose specification as docker-compose.yml
// uses; a key beyond it is a fault, so that nothing stands there untested.
type composeFile struct {
	Name     string
	Hardened composeService `yaml:"x-hardened"`
	Mongod   composeService `yaml:"x-mongod"`
	Services map[string]composeService
	Networks map[string]struct{ Internal bool }
	Volumes  map[string]struct{}
}

type composeService struct {
	Image, Build, User, Hostname, Restart string
	Command, Entrypoint                   []string
	Environment                           map[string]string
	Tmpfs, Volumes, Ports, Networks       []string
	Healthcheck                           *composeHealth
	NetworkMode                           string                      `yaml:"network_mode"`
	DependsOn                             map[string]composeCondition `yaml:"depends_on"`
	StopGracePeriod                       string                      `yaml:"stop_grace_period"`
	ReadOnly                              bool                        `yaml:"read_only"`
	CapDrop                               []string                    `yaml:"cap_drop"`
	CapAdd                                []string                    `yaml:"cap_add"`
	SecurityOpt                           []string                    `yaml:"security_opt"`
}

type composeCondition struct{ Condition string }

type composeHealth struct {
	Test              []string
	Interval, Timeout string
	StartPeriod       string `yaml:"start_period"`
	Retries           int
}

// composeMount is one of a service's volumes.
type composeMount struct{ volume, target, mode string }

func (s composeService) mounts() []composeMount {
	var all []composeMount
	for _, text := range s.Volumes {
		parts := append(strings.Split(text, ":"), "", "")
		all = append(all, composeMount{parts[0], parts[1], parts[2]})
	}
	return all
}

// at is the volume that holds the file or folder name in the service's container.
func (s composeService) at(name string) composeMount {
	for _, m := range s.mounts() {
		if name == m.target || strings.HasPrefix(name, m.target+"/") {
			return m
		}
	}
	return composeMount{}
}

// script is what the service runs as its own text, as its interpreter sees it.
func (s composeService) script() string {
	if len(s.Command) != 1 {
		return ""
	}
	return strings.ReplaceAll(s.Command[0], "$$", "$")
}

func (s composeService) oneShot() bool { return s.Restart == "no" }

// option is the value of --name=value of what the service runs.
func (s composeService) option(name string) string {
	for _, one := range s.Command {
		if value, found := strings.CutPrefix(one, name+"="); found {
			return value
		}
	}
	return ""
}

func (c composeFile) mongods() []string {
	var names []string
	for name, s := range c.Services {
		if slices.Contains(s.Command, "mongod") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func deployment(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func parseCompose(text string) (composeFile, error) {
	var c composeFile
	err := yaml.NewDecoder(strings.NewReader(text), yaml.Strict()).Decode(&c)
	return c, err
}

// composeFaults is everything that is wrong with a docker-compose.yml.
func composeFaults(text string) []string {
	c, err := parseCompose(text)
	if err != nil {
		return []string{err.Error()}
	}
	faults := secretsIn(text)
	for _, rule := range composeRules {
		for _, name := range slices.Sorted(maps.Keys(c.Services)) {
			faults = append(faults, prefixed(name, rule(c, name, c.Services[name]))...)
		}
	}
	return append(faults, replicaSetFaults(c)...)
}

func prefixed(name string, faults []string) []string {
	for i := range faults {
		faults[i] = fmt.Sprintf("%s: %s", name, faults[i])
	}
	return faults
}

func TestComposeFileIsSound(t *testing.T) {
	for _, fault := range composeFaults(deployment(t, "docker-compose.yml")) {
		t.Error(fault)
	}
}

// TestComposeFileIsAcceptedByCompose asks Docker where it is installed. It looks
// at the file only and starts nothing.
func TestComposeFileIsAcceptedByCompose(t *testing.T) {
	if err := exec.Command("docker", "compose", "version").Run(); err != nil {
		t.Logf("not asked: docker compose version: %s", err)
		return
	}
	if out, err := exec.Command("docker", "compose", "-f", "../docker-compose.yml", "config", "-q").CombinedOutput(); err != nil {
		t.Errorf("docker compose config: %s\n%s", err, out)
	}
}

// checkSyntax gives what the interpreter says against a script, or logs that it
// isn't installed.
func checkSyntax(t *testing.T, script string, interpreter ...string) string {
	t.Helper()
	if _, err := exec.LookPath(interpreter[0]); err != nil {
		t.Logf("not checked: %s", err)
		return ""
	}
	command := exec.Command(interpreter[0], interpreter[1:]...)
	command.Stdin = strings.NewReader(script)
	out, err := command.CombinedOutput()
	if err != nil {
		return fmt.Sprintf("%s: %s\n%s", interpreter[0], err, out)
	}
	return ""
}

func TestComposeScriptsParse(t *testing.T) {
	c, err := parseCompose(deployment(t, "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	sh, js := c.Services["secrets"].script(), c.Services["init"].script()
	if sh == "" || js == "" {
		t.Fatal("no scripts in secrets and init")
	}
	for _, one := range []struct {
		script      string
		interpreter []string
	}{
		{sh, []string{"sh", "-n"}},
		{js, []string{"node", "--check", "-"}},
	} {
		if fault := checkSyntax(t, one.script, one.interpreter...); fault != "" {
			t.Error(fault)
		}
		_, err := exec.LookPath(one.interpreter[0])
		if fault := checkSyntax(t, one.script+"\nif (", one.interpreter...); err == nil && fault == "" {
			t.Errorf("%s accepts what is no script", one.interpreter[0])
		}
	}
}
