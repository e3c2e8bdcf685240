package main

import (
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// instruction is one of a Dockerfile, with its continuation lines joined.
type instruction struct{ name, args string }

// stages cuts a Dockerfile at each FROM.
func stages(text string) [][]instruction {
	var all [][]instruction
	var lines []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			lines = append(lines, line)
		}
	}
	for line := range strings.Lines(strings.ReplaceAll(strings.Join(lines, ""), "\\\n", " ")) {
		name, args, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "FROM" {
			all = append(all, nil)
		}
		if name != "" && len(all) > 0 {
			all[len(all)-1] = append(all[len(all)-1], instruction{name, strings.Join(strings.Fields(args), " ")})
		}
	}
	return all
}

// find is the place of the first instruction whose text begins like that; -1 if
// there is none.
func find(stage []instruction, begin string) int {
	return slices.IndexFunc(stage, func(i instruction) bool { return strings.HasPrefix(i.name+" "+i.args, begin) })
}

func dockerfileFaults(text string) []string {
	all := stages(text)
	if len(all) != 2 {
		return []string{"two stages are wanted"}
	}
	return append(buildFaults(all[0]), imageStageFaults(all[1])...)
}

func buildFaults(stage []instruction) []string {
	var all complaints
	all.unless(find(stage, "FROM golang:1.26 AS build") == 0, "is not built by Go 1.26")
	sums, download, source := find(stage, "COPY go.mod go.sum"), find(stage, "RUN go mod download"), find(stage, "COPY . .")
	all.unless(sums > 0 && sums < download && download < source, "modules are not a layer of their own before the source")
	build := slices.IndexFunc(stage, func(i instruction) bool { return i.name == "RUN" && strings.Contains(i.args, "go build") })
	all.unless(build > source, "nothing is built of the source")
	if build < 0 {
		return all
	}
	for _, want := range []string{"CGO_ENABLED=0 ", " -trimpath ", ` -ldflags "-s -w" `, " -buildvcs=${BUILDVCS} ", " -o /out/tahto ./server "} {
		all.unless(strings.Contains(stage[build].args, want), "is built without %s", strings.TrimSpace(want))
	}
	all.unless(find(stage, "ARG BUILDVCS=auto") > 0, "does not note its version where it can")
	return all
}

func imageStageFaults(stage []instruction) []string {
	var all complaints
	for want, fault := range map[string]string{
		"FROM scratch":                    "has more in it than the program",
		"USER 65532:65532":                "runs as root",
		"EXPOSE 8080":                     "does not say its port",
		"ENV TAHTO_DATA=/data":            "does not keep its data in /data",
		`ENTRYPOINT ["/tahto"]`:           "does not start the program",
		"COPY --from=build /out/tahto /t": "has no program",
		"COPY --from=build --chown=65532:65532 /out/data /data":     "has no /data of its user",
		"COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc": "has no certificate authorities",
	} {
		all.unless(find(stage, want) >= 0, "image %s", fault)
	}
	at := find(stage, "HEALTHCHECK ")
	all.unless(at >= 0 && strings.HasSuffix(stage[at].args, `CMD ["/tahto", "health"]`), "image does not ask the program for its health")
	return all
}

func TestDockerfileIsSound(t *testing.T) {
	text := deployment(t, "Dockerfile")
	for _, fault := range dockerfileFaults(text) {
		t.Error(fault)
	}
	if _, known := commandNamed("health"); !known {
		t.Error("the program has no command health")
	}
	c, err := parseCompose(deployment(t, "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	if find(stages(text)[1], "USER "+c.Services["tahto"].User) < 0 {
		t.Errorf("docker-compose.yml runs the image as %s, which is not its user", c.Services["tahto"].User)
	}
	mount := regexp.MustCompile(`--mount=\S+ `)
	for _, stage := range stages(text) {
		for _, one := range stage {
			if one.name != "RUN" {
				continue
			}
			if fault := checkSyntax(t, mount.ReplaceAllString(one.args, ""), "sh", "-n"); fault != "" {
				t.Error(fault)
			}
		}
	}
}

func TestDockerfileRulesNotice(t *testing.T) {
	for name, c := range map[string]struct{ old, broken, want string }{
		"one stage":                {"FROM scratch\n", "", "two stages"},
		"another Go":               {"golang:1.26", "golang:1.25", "not built by Go 1.26"},
		"a bigger image":           {"FROM scratch\n", "FROM debian\n", "more in it"},
		"modules after the source": {"COPY go.mod go.sum ./\n", "COPY . .\n", "a layer of their own"},
		"no download":              {"RUN go mod download\n", "", "a layer of their own"},
		"C":                        {"CGO_ENABLED=0", "CGO_ENABLED=1", "without CGO_ENABLED=0"},
		"paths of the builder":     {"-trimpath", "", "without -trimpath"},
		"symbols":                  {`"-s -w"`, `"-s"`, "without -ldflags"},
		"no version":               {"ARG BUILDVCS=auto\n", "ARG BUILDVCS=false\n", "note its version"},
		"another program":          {"./server", "./.ci/walkthrough", "without -o /out/tahto ./server"},
		"root":                     {"USER 65532:65532\n", "", "runs as root"},
		"no health check":          {"HEALTHCHECK", "# HEALTHCHECK", "ask the program for its health"},
		"a health check by curl":   {`["/tahto", "health"]`, "curl localhost", "ask the program for its health"},
		"no port":                  {"EXPOSE 8080\n", "", "port"},
		"a shell":                  {`ENTRYPOINT ["/tahto"]`, "ENTRYPOINT /tahto", "start the program"},
		"no program":               {"COPY --from=build /out/tahto /tahto\n", "", "no program"},
		"data of root":             {"--chown=65532:65532 ", "", "no /data of its user"},
		"data elsewhere":           {"TAHTO_DATA=/data", "TAHTO_DATA=/tmp", "keep its data"},
		"no authorities":           {"COPY --from=build /etc/ssl", "# COPY /etc/ssl", "certificate authorities"},
	} {
		t.Run(name, func(t *testing.T) { notices(t, deployment(t, "Dockerfile"), c.old, c.broken, c.want, dockerfileFaults) })
	}
}

// leftOut tells whether a pattern of .dockerignore, as far as they are used
// here, keeps a file of the repository out of the build.
func leftOut(pattern, file string) bool {
	anywhere, isAnywhere := strings.CutPrefix(strings.TrimSuffix(pattern, "/"), "**/")
	for i, part := range strings.Split(file, "/") {
		if matched, _ := path.Match(anywhere, part); matched && (isAnywhere || i == 0) {
			return true
		}
	}
	return false
}

// TestDockerContextIsComplete: git finds a file that is missing from the build
// to be deleted, and the program would call itself modified.
func TestDockerContextIsComplete(t *testing.T) {
	out, err := exec.Command("git", "-C", "..", "ls-files").Output()
	if err != nil {
		t.Logf("not compared with what git keeps: %s", err)
	}
	kept := append(strings.Fields(string(out)), ".git/HEAD", "go.mod", "mapping/testdata/decisions.fhir.ndjson")
	for pattern := range strings.Lines(deployment(t, ".dockerignore")) {
		pattern = strings.TrimSpace(pattern)
		if pattern == "" || strings.HasPrefix(pattern, "#") {
			continue
		}
		for _, file := range kept {
			if leftOut(pattern, file) {
				t.Errorf("%s leaves out %s", pattern, file)
			}
		}
	}
}

func TestDockerContextNoticesWhatIsLeftOut(t *testing.T) {
	for pattern, file := range map[string]string{
		".git": ".git/HEAD", "data/": "data/audit.ndjson", "*.ndjson": "audit.ndjson", "**/*.ndjson": "mapping/testdata/decisions.fhir.ndjson", "*.mod": "go.mod",
	} {
		if !leftOut(pattern, file) {
			t.Errorf("%s leaves out %s, and nobody notices", pattern, file)
		}
	}
	if leftOut("*.ndjson", "mapping/testdata/decisions.fhir.ndjson") || leftOut("data/", "server/data/x") {
		t.Error("patterns begin at the root")
	}
}
