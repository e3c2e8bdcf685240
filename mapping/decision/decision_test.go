package decision_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"

	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// organisations are those of testdata/directory.json by the keys the cases
// use; setting is the setting they are decided in.
var (
	organisations = map[string]consent.Identifier{}
	setting       decision.Setting
)

// reached collects the rules, with their reasons, that decided something in
// any test of this package.
var reached struct {
	sync.Mutex
	rules map[outcome]bool
}

type outcome struct {
	rule   string
	reason decision.Reason
}

func TestMain(m *testing.M) {
	text, err := os.ReadFile("testdata/directory.json")
	if err != nil {
		panic(err)
	}
	setting.Directory, err = decision.ParseDirectory(text)
	if err != nil {
		panic(err)
	}
	var file struct {
		Organisations []struct{ Key, Identifier string }
	}
	if err := json.Unmarshal(text, &file); err != nil {
		panic(err)
	}
	for _, o := range file.Organisations {
		organisations[o.Key] = id(o.Identifier)
	}
	reached.rules = map[outcome]bool{}
	code := m.Run()
	if code == 0 && flag.Lookup("test.run").Value.String() == "" {
		code = checkEveryRuleDecided()
	}
	os.Exit(code)
}

// checkEveryRuleDecided fails a full run in which a rule of the table decided
// nothing in any of the cases and scenarios.
func checkEveryRuleDecided() int {
	code := 0
	for _, r := range decision.Rules() {
		if !r.Step && !reached.rules[outcome{r.ID, r.Reason}] {
			fmt.Printf("no test ends in rule %s, %v\n", r.ID, r.Reason)
			code = 1
		}
	}
	return code
}

func org(t *testing.T, key string) consent.Identifier {
	t.Helper()
	if key == "" {
		return consent.Identifier{}
	}
	identifier, ok := organisations[key]
	if !ok {
		t.Fatalf("organisation %q is not in the directory", key)
	}
	return identifier
}

// decide asks in the ordinary setting, or whether denials may be viewed when
// there is no item, and notes the rule.
func decide(r decision.Request, statements []consent.Statement, item *decision.Item) decision.Decision {
	hearing := setting.Hear(r, statements)
	var d decision.Decision
	if item == nil {
		d = hearing.ViewDenials()
	} else {
		d = hearing.Decide(item)
	}
	reached.Lock()
	defer reached.Unlock()
	reached.rules[outcome{d.Rule, d.Reason}] = true
	return d
}
