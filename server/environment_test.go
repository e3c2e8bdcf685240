package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// secretFile holds a value as a container hands it over.
func secretFile(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestASettingMayBeInAFile(t *testing.T) {
	for _, content := range []string{"from-file", "from-file\n", "from-file\r\n"} {
		env := environment(map[string]string{"TAHTO_DATA_FILE": secretFile(t, content), "TAHTO_INSECURE_FILE": secretFile(t, "true\n")})
		got, err := configure(nil, env, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if got.data != "from-file" || !got.insecure {
			t.Errorf("%q: got %+v", content, got)
		}
		if got, err = configure([]string{"-data", "from-flag"}, env, io.Discard); err != nil || got.data != "from-flag" {
			t.Errorf("got data %q, %v; want that a flag wins", got.data, err)
		}
	}
}

// TestWhatIsInAFileIsNeverShown gives values that are refused in every way.
func TestWhatIsInAFileIsNeverShown(t *testing.T) {
	const secret = "hush-hush"
	cases := map[string]struct {
		env  map[string]string
		want string
	}{
		"both":          {map[string]string{"TAHTO_DATA": "x", "TAHTO_DATA_FILE": secretFile(t, secret)}, "both set"},
		"no file":       {map[string]string{"TAHTO_DATA_FILE": secretFile(t, secret) + ".not-there"}, "TAHTO_DATA_FILE"},
		"no boolean":    {map[string]string{"TAHTO_INSECURE_FILE": secretFile(t, secret)}, "TAHTO_INSECURE_FILE"},
		"no date":       {map[string]string{"TAHTO_UUSIMAA_UNTIL_FILE": secretFile(t, secret)}, "TAHTO_UUSIMAA_UNTIL_FILE"},
		"no choice":     {map[string]string{"TAHTO_INTAKE_FILE": secretFile(t, secret)}, "TAHTO_INTAKE_FILE"},
		"an empty file": {map[string]string{"TAHTO_MONGO_FILE": secretFile(t, "\n")}, "is empty"},
		"no address":    {map[string]string{"TAHTO_ADDR_FILE": secretFile(t, secret)}, "TAHTO_ADDR_FILE"},
	}
	for name, c := range cases {
		_, err := configure(nil, environment(c.env), io.Discard)
		if _, ok := errors.AsType[usageError](err); !ok {
			t.Errorf("%s: error = %v, want a usageError", name, err)
			continue
		}
		if text := err.Error(); strings.Contains(text, secret) || !strings.Contains(text, c.want) {
			t.Errorf("%s: message %q; want %q in it and not the secret", name, text, c.want)
		}
	}
}
