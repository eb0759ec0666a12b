package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testdb"
	"phonebank/script"
	"phonebank/store"
)

// scriptTool runs `phonebank script …` as an operator does.
func scriptTool(t *testing.T, database string, args ...string) (said string, code int) {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"script"}, args...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "DATA_DIR=" + t.TempDir(), "LOG_LEVEL=warn", "DATABASE_URL=" + database}
	out, _ := cmd.CombinedOutput() // how it ended is in its code
	return string(out), cmd.ProcessState.ExitCode()
}

func scriptFile(t *testing.T, name, words string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	ok(t, os.WriteFile(path, []byte(words), 0o600))
	return path
}

// starterYAML is a script that ships with the product, as a file.
func starterYAML(t *testing.T, id string) string {
	t.Helper()
	s, err := script.Starter(id)
	ok(t, err)
	doc, err := s.YAML()
	ok(t, err)
	return string(doc)
}

func TestScriptLint_SaysWhatToMendWithItsLine(t *testing.T) {
	good := starterYAML(t, "maintenance-checkin")
	if said, code := scriptTool(t, "", "lint", scriptFile(t, "good.yaml", good)); code != 0 || !strings.Contains(said, "good.yaml:1: look: ") && !strings.Contains(said, "nothing to mend.") {
		t.Errorf("exit %d, said %s", code, said)
	}
	bad := strings.Replace(good, "goto: updates", "goto: upstairs", 1)
	said, code := scriptTool(t, "", "lint", scriptFile(t, "bad.yaml", bad))
	if code != 1 || !strings.Contains(said, "It leads to a step that does not exist: “upstairs”. There are: intro, debrief, updates, coach, next.") ||
		!strings.Contains(said, "mend: Step 2 (How it went), green light “Did it, or learned why not”, where it leads:") || !strings.Contains(said, "this script can't go live yet") {
		t.Errorf("exit %d, said %s", code, said)
	}
	said, code = scriptTool(t, "", "lint", scriptFile(t, "typo.yaml", strings.Replace(good, "purpose:", "porpose:", 1)))
	if code != 1 || !strings.Contains(said, "“porpose” is not a name that belongs here. Did you mean “purpose”?") {
		t.Errorf("exit %d, said %s", code, said)
	}
	if said, code = scriptTool(t, "", "lint", "no-such-file.yaml"); code != 2 || !strings.Contains(said, "no such file") {
		t.Errorf("exit %d, said %s", code, said)
	}
}

func TestScriptImport_BringsADraftAndExportGivesItBack(t *testing.T) {
	database := testdb.New(t).URL
	words := strings.Replace(starterYAML(t, "maintenance-checkin"), "id: maintenance-checkin", "id: our-checkin", 1)
	file := scriptFile(t, "ours.yaml", words)

	said, code := scriptTool(t, database, "import", file)
	if code != 0 || !strings.Contains(said, "our-checkin, version 1, is a draft.") {
		t.Fatalf("exit %d, said %s", code, said)
	}
	if said, code = scriptTool(t, database, "import", file); code != 1 || !strings.Contains(said, "Version 1 of this script is being written.") {
		t.Errorf("a draft was written over: exit %d, said %s", code, said)
	}

	b, err := store.Open(database, store.Options{Wall: time.Now})
	ok(t, err)
	t.Cleanup(func() { _ = b.Close() })
	v, err := b.NewestVersion(context.Background(), "our-checkin")
	ok(t, err)
	if v.State != phonebank.ScriptDraft || v.Version != 1 {
		t.Errorf("stored as %+v", v)
	}
	ok(t, b.DropDraft(context.Background(), "our-checkin", 1, "", time.Now()))

	if said, code = scriptTool(t, database, "import", "--live", file); code != 0 || !strings.Contains(said, "our-checkin, version 1, is live: new talks begin with it.") {
		t.Fatalf("exit %d, said %s", code, said)
	}
	asYAML, code := scriptTool(t, database, "export", "our-checkin")
	if code != 0 {
		t.Fatalf("exit %d, said %s", code, asYAML)
	}
	asJSON, code := scriptTool(t, database, "export", "our-checkin", "--version=1", "--json")
	if code != 0 || !strings.HasPrefix(asJSON, "{\n") {
		t.Fatalf("exit %d, said %s", code, asJSON)
	}
	want, err := script.Parse([]byte(words))
	ok(t, err)
	wanted, err := want.JSON()
	ok(t, err)
	for _, doc := range []string{asYAML, asJSON} {
		got, err := script.Parse([]byte(doc))
		ok(t, err)
		if got.Status != "live" {
			t.Errorf("what is live says that it is %s", got.Status)
		}
		same, err := got.JSON()
		ok(t, err)
		if string(same) != string(wanted) {
			t.Errorf("came back as another script:\n%s\n%s", same, wanted)
		}
	}
	if said, code = scriptTool(t, database, "export", "our-checkin", "--version=7"); code != 2 || !strings.Contains(said, "our-checkin has no version 7; its newest is 1") {
		t.Errorf("exit %d, said %s", code, said)
	}
	if said, code = scriptTool(t, database, "export", "theirs"); code != 2 || !strings.Contains(said, `there is no script "theirs". There is: our-checkin`) {
		t.Errorf("exit %d, said %s", code, said)
	}
}

func TestScriptImport_OnlyAScriptWithNothingToMendGoesLive(t *testing.T) {
	database := testdb.New(t).URL
	words := strings.Replace(starterYAML(t, "maintenance-checkin"), "goto: updates", "goto: upstairs", 1)
	file := scriptFile(t, "bad.yaml", words)
	said, code := scriptTool(t, database, "import", "--live", file)
	if code != 1 || !strings.Contains(said, "nothing was stored: this script can't go live yet. Without --live it comes in as a draft") || !strings.Contains(said, "“upstairs”") {
		t.Errorf("exit %d, said %s", code, said)
	}
	if said, code = scriptTool(t, database, "import", file); code != 0 || !strings.Contains(said, "is a draft.") {
		t.Errorf("a draft may have something to mend: exit %d, said %s", code, said)
	}
	if said, code = scriptTool(t, database, "import", scriptFile(t, "no.yaml", "hello: there")); code != 1 || !strings.Contains(said, "isn't a script yet") {
		t.Errorf("exit %d, said %s", code, said)
	}
}
