package main

import (
	"flag"
	"fmt"
	"maps"
	"net"
	"regexp"
	"slices"
	"strings"
)

// complaints collects what a rule finds.
type complaints []string

func (c *complaints) unless(holds bool, format string, args ...any) {
	if !holds {
		*c = append(*c, fmt.Sprintf(format, args...))
	}
}

// composeRules hold for every service.
var composeRules = []func(c composeFile, name string, s composeService) []string{
	imageFaults, hardeningFaults, volumeFaults, dependencyFaults, lifeFaults, networkFaults, mongodFaults, settingFaults,
}

var composeImages = map[string]string{
	"secrets": "mongo:8.0", "mongo1": "mongo:8.0", "mongo2": "mongo:8.0", "mongo3": "mongo:8.0", "init": "mongo:8.0", "tahto": "",
}

func imageFaults(c composeFile, name string, s composeService) []string {
	var all complaints
	image, known := composeImages[name]
	all.unless(known, "nobody expects this service")
	all.unless(s.Image == image, "image %q, want %q", s.Image, image)
	all.unless((s.Build == ".") == (image == ""), "is built from %q", s.Build)
	for expected := range composeImages {
		_, there := c.Services[expected]
		all.unless(there, "service %s is missing beside it", expected)
	}
	return all
}

func hardeningFaults(_ composeFile, name string, s composeService) []string {
	var all complaints
	all.unless(s.ReadOnly, "can write to its image")
	all.unless(slices.Equal(s.CapDrop, []string{"ALL"}), "keeps capabilities")
	all.unless(slices.Equal(s.SecurityOpt, []string{"no-new-privileges:true"}), "can get new privileges")
	if name == "secrets" {
		all.unless(slices.Equal(s.CapAdd, []string{"CHOWN"}), "gets capabilities %v, want CHOWN", s.CapAdd)
		all.unless(s.NetworkMode == "none", "has a network")
		return all
	}
	all.unless(len(s.CapAdd) == 0, "gets capabilities %v", s.CapAdd)
	all.unless(s.User != "" && !strings.HasPrefix(s.User, "0"), "runs as root")
	return all
}

func volumeFaults(c composeFile, _ string, s composeService) []string {
	var all complaints
	for _, m := range s.mounts() {
		_, declared := c.Volumes[m.volume]
		all.unless(declared, "volume %s is not declared", m.volume)
	}
	for volume := range c.Volumes {
		used := slices.ContainsFunc(slices.Collect(maps.Values(c.Services)), func(s composeService) bool {
			return slices.ContainsFunc(s.mounts(), func(m composeMount) bool { return m.volume == volume })
		})
		all.unless(used, "nobody uses volume %s", volume)
	}
	return all
}

func dependencyFaults(c composeFile, name string, s composeService) []string {
	var all complaints
	for other, on := range s.DependsOn {
		target, there := c.Services[other]
		all.unless(there, "depends on %s, which is not there", other)
		switch on.Condition {
		case "service_healthy":
			all.unless(!there || target.Healthcheck != nil, "waits for the health of %s, which has no health check", other)
		case "service_completed_successfully":
			all.unless(!there || target.oneShot(), "waits for the end of %s, which is started again", other)
		default:
			all.unless(false, "depends on %s with condition %q", other, on.Condition)
		}
	}
	for other, condition := range map[string]string{"tahto": "init", "mongo1": "secrets", "mongo2": "secrets", "mongo3": "secrets"} {
		_, waits := s.DependsOn[condition]
		all.unless(name != other || waits, "does not wait for %s", condition)
	}
	return all
}

func lifeFaults(_ composeFile, name string, s composeService) []string {
	var all complaints
	if name == "secrets" || name == "init" {
		all.unless(s.oneShot(), "restart is %q, want no", s.Restart)
		return all
	}
	all.unless(s.Restart == "unless-stopped", "restart is %q, want unless-stopped", s.Restart)
	all.unless(s.StopGracePeriod == "30s", "stop_grace_period is %q, want 30s", s.StopGracePeriod)
	return all
}

func networkFaults(c composeFile, name string, s composeService) []string {
	var all complaints
	for _, one := range s.Networks {
		_, declared := c.Networks[one]
		all.unless(declared, "network %s is not declared", one)
	}
	if name != "tahto" {
		all.unless(len(s.Ports) == 0, "publishes ports %v", s.Ports)
		return all
	}
	_, listens, _ := net.SplitHostPort(s.Environment["TAHTO_ADDR"])
	all.unless(slices.Equal(s.Ports, []string{"127.0.0.1:8080:" + listens}),
		"publishes ports %v and listens at %s, want that on the loopback address only", s.Ports, listens)
	return all
}

func mongodFaults(c composeFile, name string, s composeService) []string {
	var all complaints
	if !strings.HasPrefix(name, "mongo") {
		return nil
	}
	all.unless(slices.Contains(c.mongods(), name), "runs no mongod")
	all.unless(s.option("--replSet") != "", "has no --replSet")
	all.unless(s.at(s.option("--keyFile")) == composeMount{"keys", "/run/mongo", "ro"}, "has no --keyFile in the volume keys")
	all.unless(s.Healthcheck != nil && slices.Contains(s.Healthcheck.Test, "mongosh"), "has no health check by mongosh")
	all.unless(slices.Equal(s.Networks, []string{"database"}) && c.Networks["database"].Internal, "can be reached from outside")
	data := s.at("/data/db")
	all.unless(data.target == "/data/db" && data.mode == "", "keeps its data in no volume")
	for _, other := range c.mongods() {
		all.unless(other == name || c.Services[other].at("/data/db").volume != data.volume, "shares its data with %s", other)
		all.unless(c.Services[other].option("--replSet") == s.option("--replSet"), "is in another set than %s", other)
	}
	return all
}

// settingFaults compares what the server is given with what it takes.
func settingFaults(_ composeFile, name string, s composeService) []string {
	var all complaints
	known := map[string]bool{}
	(&config{}).flags().VisitAll(func(f *flag.Flag) { known[variable(f.Name)] = true })
	for given, value := range s.Environment {
		if !strings.HasPrefix(given, "TAHTO_") {
			continue
		}
		setting, file := strings.CutSuffix(given, inFile)
		all.unless(known[setting], "%s is no setting", given)
		all.unless(!file || s.at(value).mode == "ro", "%s is in no read-only volume", given)
	}
	if name == "tahto" {
		all.unless(s.Environment["TAHTO_MONGO_FILE"] != "", "has no TAHTO_MONGO_FILE")
		all.unless(s.at(s.Environment["TAHTO_DATA"]).volume == "audit", "keeps its audit log in no volume")
	}
	return all
}

var (
	memberHost   = regexp.MustCompile(`host: "(\w+):27017", priority: (\d)`)
	listedHosts  = regexp.MustCompile(`((?:\w+:27017,)+\w+:27017)/\w+\?replicaSet=(\w+)`)
	setName      = regexp.MustCompile(`_id: "(\w+)"`)
	madeSecret   = regexp.MustCompile(`put (\d+) /(\w+)/(\S+) `)
	credentials  = regexp.MustCompile(`://\w+:([^@\s]+)@`)
	literal      = regexp.MustCompile(`(?i)(?:password|passwd|pwd|secret|token|key)\w*\s*[:=]\s*["']?[^\s"'$({/]`)
	randomString = regexp.MustCompile(`\b[0-9A-Za-z+]{28,}\b`)
)

// replicaSetFaults compares what the one-shot services make with who uses it.
func replicaSetFaults(c composeFile) []string {
	var all complaints
	sh, js := c.Services["secrets"], c.Services["init"]
	var hosts []string
	first := ""
	for _, m := range memberHost.FindAllStringSubmatch(js.script(), -1) {
		hosts = append(hosts, m[1])
		if m[2] == "2" {
			first = m[1]
		}
	}
	all.unless(slices.Equal(hosts, c.mongods()), "the members are %v, the services %v", hosts, c.mongods())
	all.unless(js.NetworkMode == "service:"+first, "init is not at the localhost of the preferred primary %q", first)
	set := c.Services["mongo1"].option("--replSet")
	name := setName.FindStringSubmatch(js.script())
	all.unless(name != nil && name[1] == set, "init makes another set than %q", set)
	lists := listedHosts.FindAllStringSubmatch(sh.script()+js.script(), -1)
	all.unless(len(lists) == 2, "%d lists of hosts, want the server's and that of init", len(lists))
	for _, m := range lists {
		all.unless(m[1] == strings.Join(c.mongods(), ":27017,")+":27017", "hosts %s are not the members", m[1])
		all.unless(m[2] == set, "the set is %s, not %s", m[2], set)
	}
	return append(all, ownerFaults(c, sh)...)
}

// ownerFaults: a secret belongs to the user that reads it, and is where it is
// looked for.
func ownerFaults(c composeFile, sh composeService) []string {
	var all complaints
	reader := map[string]composeService{"keys": c.Services["mongo1"], "uri": c.Services["tahto"]}
	made := map[string]bool{}
	for _, m := range madeSecret.FindAllStringSubmatch(sh.script(), -1) {
		owner, volume, file := m[1], m[2], m[3]
		user, _, _ := strings.Cut(reader[volume].User, ":")
		all.unless(owner == user, "%s belongs to %s, and %s reads it", file, owner, user)
		for _, mount := range reader[volume].mounts() {
			made[mount.target+"/"+file] = made[mount.target+"/"+file] || mount.volume == volume
		}
	}
	for _, needed := range []string{c.Services["mongo1"].option("--keyFile"), c.Services["tahto"].Environment["TAHTO_MONGO_FILE"],
		"/run/mongo/root-password", "/run/mongo/tahto-password"} {
		all.unless(made[needed], "nobody makes %s", needed)
	}
	all.unless(c.Services["init"].at("/run/mongo") == composeMount{"keys", "/run/mongo", "ro"}, "init has no passwords")
	all.unless(strings.Contains(sh.script(), "chmod 0400"), "secrets can be read by others")
	return all
}

// secretsIn finds what looks like a secret, and what Compose would take for a
// variable of the environment: a single dollar.
func secretsIn(text string) []string {
	var all complaints
	for i, line := range strings.Split(text, "\n") {
		all.unless(!strings.Contains(strings.ReplaceAll(line, "$$", ""), "$"), "line %d: a single $", i+1)
		for _, m := range credentials.FindAllStringSubmatch(line, -1) {
			all.unless(m[1] == "$$secret", "line %d: a password in a URI", i+1)
		}
		all.unless(!literal.MatchString(line) || strings.Contains(line, `pwd: secret("`), "line %d: a secret", i+1)
		all.unless(!randomString.MatchString(line), "line %d: what looks like a secret", i+1)
	}
	return all
}
