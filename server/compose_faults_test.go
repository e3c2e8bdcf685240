package main

import (
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestComposeRulesNotice breaks docker-compose.yml in one place each, and says
// which complaint must come.
func TestComposeRulesNotice(t *testing.T) {
	for name, c := range map[string]struct{ old, broken, want string }{
		"a key that Compose has not":     {"    hostname: mongo2\n", "    hostnam: mongo2\n", "hostnam"},
		"a service twice":                {"  mongo2:\n    <<: *mongod\n", "  mongo1:\n    <<: *mongod\n", "mongo1"},
		"a service more":                 {"\nnetworks:\n", "\n  other:\n    <<: *mongod\n\nnetworks:\n", "other: nobody expects this service"},
		"a service less":                 {"  mongo3:\n    <<: *mongod\n    hostname: mongo3\n    volumes: [\"mongo3:/data/db\", \"keys:/run/mongo:ro\"]\n", "", "service mongo3 is missing"},
		"another image":                  {"  image: mongo:8.0\n  user", "  image: mongo:latest\n  user", `mongo1: image "mongo:latest"`},
		"a build elsewhere":              {"build: .\n", "build: ./server\n", `built from "./server"`},
		"a container that is writable":   {"  read_only: true\n", "  read_only: false\n", "tahto: can write to its image"},
		"capabilities kept":              {"  cap_drop: [ALL]\n", "  cap_drop: [MKNOD]\n", "init: keeps capabilities"},
		"privileges":                     {"no-new-privileges:true", "no-new-privileges:false", "can get new privileges"},
		"capabilities for secrets":       {"cap_add: [CHOWN]", "cap_add: [CHOWN, DAC_OVERRIDE]", "secrets: gets capabilities"},
		"a network for secrets":          {"    network_mode: none\n", "", "secrets: has a network"},
		"root":                           {`    user: "65532:65532"`, `    user: "0:0"`, "tahto: runs as root"},
		"a volume that is not declared":  {"  audit: {}\n", "", "volume audit is not declared"},
		"a folder of the machine":        {"uri:/run/tahto:ro", "./uri:/run/tahto:ro", "volume ./uri is not declared"},
		"a volume that nobody uses":      {"  audit: {}\n", "  audit: {}\n  idle: {}\n", "nobody uses volume idle"},
		"a dependency that is not there": {"      mongo3: { cond", "      mongo4: { cond", "init: depends on mongo4, which is not there"},
		"health without a check":         {"secrets: { condition: service_completed_successfully }", "secrets: { condition: service_healthy }", "health of secrets"},
		"the end of what goes on":        {"mongo3: { condition: service_healthy }", "mongo3: { condition: service_completed_successfully }", "waits for the end of mongo3"},
		"a condition that is none":       {"mongo3: { condition: service_healthy }", "mongo3: { condition: service_fine }", `condition "service_fine"`},
		"no waiting for init":            {"      init: { condition: service_completed_successfully }", "      mongo1: { condition: service_healthy }", "tahto: does not wait for init"},
		"a one-shot without an end":      {"    network_mode: none\n    restart: \"no\"\n", "    network_mode: none\n    restart: always\n", "secrets: restart"},
		"a member that stays down":       {"  restart: unless-stopped\n  stop", "  restart: \"no\"\n  stop", "mongo1: restart"},
		"a server killed early":          {"    stop_grace_period: 30s\n", "    stop_grace_period: 3s\n", "tahto: stop_grace_period"},
		"a network that is not declared": {"  outside: {}\n", "", "network outside is not declared"},
		"a database with a port":         {"    hostname: mongo1\n", "    hostname: mongo1\n    ports: [\"27017:27017\"]\n", "mongo1: publishes ports"},
		"a database that is let out":     {"database: { internal: true }", "database: {}", "mongo1: can be reached from outside"},
		"a server for everyone":          {"127.0.0.1:8080:8080", "8080:8080", "loopback address only"},
		"another port than listened at":  {"0.0.0.0:8080", "0.0.0.0:8081", "listens at 8081"},
		"no replica set":                 {"    - --replSet=tahto\n", "", "mongo1: has no --replSet"},
		"another replica set":            {"--replSet=tahto", "--replSet=rs0", "another set than"},
		"no key file":                    {"    - --keyFile=/run/mongo/keyfile\n", "", "mongo2: has no --keyFile"},
		"a key file that nobody makes":   {"--keyFile=/run/mongo/keyfile", "--keyFile=/run/mongo/key", "nobody makes /run/mongo/key"},
		"no health check":                {"mongosh, --norc, --quiet, --eval, \"db", "\"true\", \"db", "no health check by mongosh"},
		"data in no volume":              {"mongo2:/data/db", "mongo2:/data", "mongo2: keeps its data in no volume"},
		"data shared":                    {"mongo2:/data/db", "mongo1:/data/db", "shares its data with"},
		"a member that is no service":    {`host: "mongo3:27017"`, `host: "mongo4:27017"`, "the members are"},
		"init at another's localhost":    {"service:mongo1", "service:mongo2", "not at the localhost"},
		"the set of init":                {`_id: "tahto"`, `_id: "other"`, "init makes another set"},
		"the set of the URI":             {"tahto?replicaSet=tahto", "tahto?replicaSet=rs0", "the set is rs0"},
		"the hosts of the URI":           {"mongo3:27017/tahto?", "mongo4:27017/tahto?", "are not the members"},
		"a key file of the server's":     {"put 999 /keys/keyfile", "put 65532 /keys/keyfile", "keyfile belongs to 65532"},
		"a URI that the server can't":    {"put 65532 /uri/uri", "put 999 /uri/uri", "uri belongs to 999"},
		"a URI in another place":         {"/run/tahto/uri", "/run/tahto/url", "nobody makes /run/tahto/url"},
		"a secret for everyone":          {"chmod 0400", "chmod 0444", "can be read by others"},
		"init without passwords":         {"    volumes: [\"keys:/run/mongo:ro\"]\n", "", "init has no passwords"},
		"a setting that is none":         {"TAHTO_BASE:", "TAHTO_URL:", "TAHTO_URL is no setting"},
		"a setting that is no file":      {"TAHTO_MONGO_FILE: /run/tahto/uri", "TAHTO_MONGO_FILE: /uri", "in no read-only volume"},
		"a secret that can be written":   {"uri:/run/tahto:ro", "uri:/run/tahto", "in no read-only volume"},
		"an audit log that is lost":      {"TAHTO_DATA: /data", "TAHTO_DATA: /tmp", "keeps its audit log in no volume"},
		"a password in the file":         {`pwd: secret("tahto-password")`, `pwd: "abc"`, "a secret"},
		"a password in a setting":        {"      TAHTO_DATA: /data\n", "      TAHTO_DATA: /data\n      MONGO_PASSWORD: abc\n", "a secret"},
		"a password in a URI":            {"tahto:$$secret@", "tahto:abc@", "a password in a URI"},
		"a random string":                {"--quiet\n  # mongosh", "--quiet\n  # 0123456789abcdef0123456789abcdef mongosh", "looks like a secret"},
		"a dollar that Compose takes":    {`printf %s "$$text"`, `printf %s "$text"`, "a single $"},
	} {
		t.Run(name, func(t *testing.T) {
			notices(t, deployment(t, "docker-compose.yml"), c.old, c.broken, c.want, composeFaults)
		})
	}
}

// notices holds that a file which was sound is at fault once the text old is
// broken.
func notices(t *testing.T, sound, old, broken, want string, faults func(string) []string) {
	t.Helper()
	if !strings.Contains(sound, old) {
		t.Fatalf("%q is not there to be broken", old)
	}
	got := faults(strings.Replace(sound, old, broken, 1))
	if !strings.Contains(strings.Join(got, "\n"), want) {
		t.Errorf("complaints %q, want %q", got, want)
	}
}

// TestComposeSecretsAreMadeOnce runs the script of the service secrets in a
// folder of the test. Giving files to other users needs root, so that is left
// out.
func TestComposeSecretsAreMadeOnce(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Logf("not run: %s", err)
		return
	}
	c, err := parseCompose(deployment(t, "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, volume := range []string{"keys", "uri"} {
		if err := os.Mkdir(filepath.Join(folder, volume), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	script := strings.NewReplacer(" /keys/", " "+folder+"/keys/", " /uri/", " "+folder+"/uri/").Replace(c.Services["secrets"].script())
	run := func() map[string]string {
		if out, err := exec.Command(sh, "-euc", "chown() { :; }\n"+script).CombinedOutput(); err != nil || len(out) > 0 {
			t.Fatalf("secrets: %v\n%s", err, out)
		}
		return contents(t, folder)
	}

	first := run()
	checkSecrets(t, first)
	if again := run(); again["uri/uri"] != first["uri/uri"] || again["keys/keyfile"] != first["keys/keyfile"] || again["keys/root-password"] != first["keys/root-password"] {
		t.Error("the second run changed the secrets")
	}
	if err := os.Remove(filepath.Join(folder, "uri/uri")); err != nil {
		t.Fatal(err)
	}
	healed := run()
	checkSecrets(t, healed)
	if healed["keys/root-password"] != first["keys/root-password"] {
		t.Error("losing the URI changed the root password, which the database would not learn of")
	}
}

func checkSecrets(t *testing.T, files map[string]string) {
	t.Helper()
	if len(files) != 4 {
		t.Errorf("%d files, want 4", len(files))
	}
	uri, err := url.Parse(strings.ReplaceAll(files["uri/uri"], ":27017,", "-")) // net/url knows one host
	if err != nil {
		t.Fatal(err)
	}
	password, _ := uri.User.Password()
	if uri.User.Username() != "tahto" || password == "" || password != files["keys/tahto-password"] {
		t.Error("the URI has not the password that init gives to the user")
	}
	if n := len(files["keys/keyfile"]); n < 6 || n > 1024 {
		t.Errorf("a key file of %d characters, MongoDB takes 6 to 1024", n)
	}
	if files["keys/root-password"] == password || len(files["keys/root-password"]) != 64 {
		t.Error("the root password is not one of its own")
	}
}

// contents are the files under a folder; none may be open to anybody but its
// owner.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm() != 0o400 {
			t.Errorf("%s has mode %v", entry.Name(), info.Mode())
		}
		text, err := os.ReadFile(name)
		relative, _ := filepath.Rel(folder, name) // name is under folder
		all[filepath.ToSlash(relative)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
