package store_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/store"
)

const aDocument = `{"title": {"en": "Rent calls", "es": "Llamadas"}, "status": "draft"}`

func drafted(t *testing.T, b *testbank.Bank, version int) {
	t.Helper()
	ok(t, b.Store.AddDraft(ctx, "rent", version, "Rent calls", []byte(aDocument), b.Coordinator.ID, b.Clock.Now()))
}

func moved(t *testing.T, b *testbank.Bank, version int, event phonebank.ScriptEvent) error {
	t.Helper()
	return b.Store.InTx(ctx, func(tx *store.Tx) error {
		v, err := tx.LockScriptVersion(ctx, "rent", version)
		if err != nil {
			return err
		}
		change, err := v.Apply(event, b.Clock.Now())
		if err != nil {
			return err
		}
		return tx.SaveScriptMove(ctx, v, change, b.Coordinator.ID)
	})
}

func TestScripts_ADraftIsWrittenUntilItIsLiveAndNeverAfter(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	drafted(t, b, 1)
	if _, _, err := b.Store.LiveScript(ctx, "rent"); phonebank.KindOf(err) != phonebank.NotFound {
		t.Fatalf("a draft is offered: %v", err)
	}
	next, err := b.Store.SaveDraft(ctx, "rent", 1, 1, "Rent calls", []byte(`{"title": "Rent", "status": "draft", "new": true}`), b.Coordinator.ID, b.Clock.Now())
	ok(t, err)
	if next != 2 {
		t.Errorf("the second revision is %d", next)
	}
	if _, err = b.Store.SaveDraft(ctx, "rent", 1, 1, "x", []byte(`{}`), b.Coordinator.ID, b.Clock.Now()); phonebank.KindOf(err) != phonebank.Stale {
		t.Errorf("a save over a revision that is gone: %v", err)
	}
	ok(t, moved(t, b, 1, phonebank.ScriptPublish))
	version, doc, err := b.Store.LiveScript(ctx, "rent")
	ok(t, err)
	if version != 1 || !strings.Contains(string(doc), `"status": "live"`) || !strings.Contains(string(doc), `"new": true`) {
		t.Errorf("live is version %d: %s", version, doc)
	}
	if _, err = b.Store.SaveDraft(ctx, "rent", 1, 2, "x", []byte(`{}`), b.Coordinator.ID, b.Clock.Now()); phonebank.KindOf(err) != phonebank.Stale {
		t.Errorf("a live version was written over: %v", err)
	}
	if err := b.Store.DropDraft(ctx, "rent", 1, b.Coordinator.ID, b.Clock.Now()); phonebank.KindOf(err) != phonebank.Conflict {
		t.Errorf("a live version was thrown away: %v", err)
	}
	// AddScript, which seeds, never touches what is there.
	ok(t, b.Store.AddScript(ctx, "rent", 1, "live", "Other", []byte(`{}`), b.Clock.Now()))
	if again, err := b.Store.Script(ctx, "rent", 1); err != nil || string(again) != string(doc) {
		t.Errorf("a version that was there is %s now (%v)", again, err)
	}
}

func TestScripts_NewTalksBeginWithTheNewestLiveVersion(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	live := func() int {
		t.Helper()
		version, _, err := b.Store.LiveScript(ctx, "rent")
		if phonebank.KindOf(err) == phonebank.NotFound {
			return 0
		}
		ok(t, err)
		return version
	}
	drafted(t, b, 1)
	ok(t, moved(t, b, 1, phonebank.ScriptPublish))
	drafted(t, b, 2)
	if live() != 1 {
		t.Errorf("with a draft beside it, %d is live", live())
	}
	ok(t, moved(t, b, 2, phonebank.ScriptPublish))
	if live() != 2 {
		t.Errorf("after publishing, %d is live", live())
	}
	ok(t, moved(t, b, 2, phonebank.ScriptRetire))
	if live() != 1 {
		t.Errorf("with the newest retired, %d is live", live())
	}
	ok(t, moved(t, b, 1, phonebank.ScriptRetire))
	if live() != 0 {
		t.Errorf("with all retired, %d is live", live())
	}
	if err := moved(t, b, 1, phonebank.ScriptPublish); phonebank.KindOf(err) != phonebank.Conflict {
		t.Errorf("a retired version came back: %v", err)
	}
	names, err := b.Store.LiveScripts(ctx)
	ok(t, err)
	for _, n := range names {
		if n.ID == "rent" {
			t.Error("a retired script is offered")
		}
	}
	all, err := b.Store.ScriptVersions(ctx)
	ok(t, err)
	var states []string
	for _, v := range all {
		if v.ID == "rent" {
			states = append(states, string(v.State))
			if !strings.Contains(string(v.Title), "Llamadas") || v.RetiredAt == nil || v.PublishedAt == nil || v.ChangedBy != b.Coordinator.Name {
				t.Errorf("version %d is listed as %+v", v.Version, v)
			}
		}
	}
	if strings.Join(states, " ") != "retired retired" {
		t.Errorf("the versions are %v", states)
	}
}

// Eight presses of "Make a new version" at once make one draft.
func TestScripts_OneDraftOfManyPresses(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	var all sync.WaitGroup
	var mu sync.Mutex
	made := 0
	for range 8 {
		all.Go(func() {
			err := b.Store.AddDraft(ctx, "rent", 1, "Rent calls", []byte(aDocument), b.Coordinator.ID, b.Clock.Now())
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				made++
			} else if phonebank.KindOf(err) != phonebank.Conflict {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if made != 1 {
		t.Errorf("%d drafts were made", made)
	}
	newest, err := b.Store.NewestVersion(ctx, "rent")
	ok(t, err)
	if newest.Version != 1 || newest.State != phonebank.ScriptDraft || newest.Revision != 1 || newest.ChangedAt.Sub(b.Clock.Now()).Abs() > time.Hour {
		t.Errorf("the newest is %+v", newest)
	}
	ok(t, b.Store.DropDraft(ctx, "rent", 1, b.Coordinator.ID, b.Clock.Now()))
	if _, err := b.Store.NewestVersion(ctx, "rent"); phonebank.KindOf(err) != phonebank.NotFound {
		t.Errorf("a draft that was thrown away: %v", err)
	}
}

func TestScripts_AnOpenSessionNamesItsScript(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	names, err := b.Store.SessionsOn(ctx, b.Campaign.ScriptID)
	ok(t, err)
	if len(names) != 1 || names[0] != b.Session.Name {
		t.Errorf("open with %s: %v", b.Campaign.ScriptID, names)
	}
	if names, err = b.Store.SessionsOn(ctx, "rent"); err != nil || len(names) != 0 {
		t.Errorf("open with a script that nobody uses: %v %v", names, err)
	}
	if _, err := b.Store.DB().ExecContext(ctx, `UPDATE sessions SET script_id = 'rent' WHERE id = $1`, b.Session.ID); err != nil {
		t.Fatal(err)
	}
	if names, err = b.Store.SessionsOn(ctx, b.Campaign.ScriptID); err != nil || len(names) != 0 {
		t.Errorf("a session with a script of its own: %v %v", names, err)
	}
	if names, err = b.Store.SessionsOn(ctx, "rent"); err != nil || len(names) != 1 {
		t.Errorf("a session with a script of its own: %v %v", names, err)
	}
}
