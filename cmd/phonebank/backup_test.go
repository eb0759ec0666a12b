package main

import (
	"context"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"phonebank/store"
)

// docs/backup.md, as it is written there: back up a running service, restore into an empty database, start, look, resume. A text that
// was still to come when the backup was made waits until somebody has said so, and then goes once.
func TestBackup_RestoredItSendsNothingUntilSomebodySaysSo(t *testing.T) {
	w := newWorld(t)
	w.env = append(w.env, "INSTANCE_ID=first")
	first := w.serve(strings.TrimPrefix(w.public, "http://"), "--only=webhooks,panel") // no worker: what is due stays due
	due := w.remind("+12125550121")
	people := w.api("GET", "/people", nil)["items"].([]any)
	callback := w.api("POST", "/follow-ups", map[string]any{"person_id": people[0].(map[string]any)["id"], "kind": "call", "reason": "asked", "due_at": time.Now().UTC().Format(time.RFC3339)})["id"]
	dump := t.TempDir() + "/phonebank.dump"
	if said := w.tool("backup", dump); !strings.Contains(said, "keep it where only you can read it") {
		t.Error(said)
	}
	if info, err := os.Stat(dump); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup can be read by others: %v %v", info, err)
	}
	first.signal(os.Interrupt)
	<-first.done

	_, err := w.store.DB().Exec(`CREATE DATABASE restored`)
	ok(t, err)
	t.Cleanup(func() { _, _ = w.store.DB().Exec(`DROP DATABASE restored WITH (FORCE)`) }) // the server goes with the tests
	address, err := url.Parse(strings.TrimPrefix(w.env[0], "DATABASE_URL="))
	ok(t, err)
	address.Path = "/restored"
	w.env[0] = "DATABASE_URL=" + address.String()
	w.tool("restore", dump)
	restored, err := store.Open(address.String(), store.Options{Wall: time.Now})
	ok(t, err)
	t.Cleanup(func() { _ = restored.Close() })
	before := w.store
	w.store = restored
	for _, table := range []string{"people", "phones", "consents", "follow_ups", "outbox", "journal", "scripts"} {
		var was, is int
		ok(t, before.DB().Get(&was, `SELECT count(*) FROM `+table))
		ok(t, restored.DB().Get(&is, `SELECT count(*) FROM `+table))
		if was != is || was == 0 {
			t.Errorf("%s: %d rows were backed up, %d restored", table, was, is)
		}
	}

	w.serve(strings.TrimPrefix(w.public, "http://"))
	until(t, "the worker to serve what is due, as far as it may", func() bool {
		var state string
		ok(t, restored.DB().Get(&state, `SELECT state FROM follow_ups WHERE id = $1`, callback))
		return state == "due"
	})
	until(t, "what came in at Twilio meanwhile to be fetched", func() bool {
		var fetched bool
		ok(t, restored.DB().Get(&fetched, `SELECT fetched_through > now() - interval '1 minute' FROM watermark`))
		return fetched
	})
	if n := w.texts("+12125550121"); n != 0 || w.outboxState(due) != "ready" {
		t.Errorf("a restored database sent %d texts: %s", n, w.outboxState(due))
	}
	if paused, err := restored.Paused(context.Background()); err != nil || paused == nil || paused.Kind != store.RestoredPause {
		t.Fatalf("nothing says that it was restored: %+v %v", paused, err)
	}
	if said := w.tool("resume"); !strings.Contains(said, "Resumed.") || !strings.Contains(said, "1 texts are due") {
		t.Error(said)
	}
	until(t, "the text", func() bool { return w.outboxState(due) == "accepted" && w.texts("+12125550121") > 0 })
	if n := w.texts("+12125550121"); n != 1 {
		t.Errorf("%d texts", n)
	}
}
