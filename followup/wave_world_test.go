package followup_test

import (
	"fmt"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/store"
)

// refused holds an error to its kind.
func refused(t testing.TB, err error, kind phonebank.Kind) {
	t.Helper()
	if err == nil || phonebank.KindOf(err) != kind {
		t.Errorf("want %s, got %v", kind, err)
	}
}

// world is a bank whose loops the test turns itself, with people on its list.
type world struct {
	*testbank.Bank
	t testing.TB
}

func newWorld(t testing.TB) world {
	return world{testbank.New(t, testbank.Options{NoLoops: true}), t}
}

// person is somebody on the list: in New York, who may be texted, unless the test says otherwise.
func (w world) person(name string, change ...func(*store.NewPerson)) phonebank.Person {
	w.t.Helper()
	n := w.Count(`SELECT count(*) FROM people`)
	p := store.NewPerson{Name: name, FirstName: name, Zone: "America/New_York", Number: phonebank.Number(fmt.Sprintf("+1212556%04d", n)), Priority: 1, TextSource: "a test"}
	for _, c := range change {
		c(&p)
	}
	ok(w.t, w.Store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ImportPeople(ctx, w.Campaign.ID, []store.NewPerson{p}, "test", w.Clock.Now())
		return err
	}))
	found, err := w.Store.FindPeople(ctx, name, "", 1)
	ok(w.t, err)
	return found[0].Person
}

// crowd is n people on the list, in one go.
func (w world) crowd(n int) {
	w.t.Helper()
	list := make([]store.NewPerson, n)
	for i := range list {
		list[i] = store.NewPerson{Name: fmt.Sprint("Neighbor ", i), FirstName: "Neighbor", Zone: "America/New_York", Number: phonebank.Number(fmt.Sprintf("+1917%07d", i+2000000)),
			Priority: 1, TextSource: "a test"}
	}
	ok(w.t, w.Store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ImportPeople(ctx, w.Campaign.ID, list, "test", w.Clock.Now())
		return err
	}))
}

// talk is a real talk with somebody some days ago, as it is kept, in which a light was pressed and a step reached.
func (w world) talk(p phonebank.Person, daysAgo int, outcome phonebank.Outcome, kind, light, step string) phonebank.ConversationID {
	w.t.Helper()
	at := w.Clock.Now().AddDate(0, 0, -daysAgo)
	c := phonebank.Conversation{ID: phonebank.NewID[phonebank.ConversationID](at), CampaignID: w.Campaign.ID, PersonID: p.ID, UserID: w.Coordinator.ID, Channel: phonebank.TalkByCall,
		State: phonebank.ConversationOpen, ScriptID: w.Campaign.ScriptID, ScriptVersion: 1, Locale: "en", Kind: kind, AskID: "meeting", StartedAt: at, Outcome: outcome}
	ok(w.t, w.Store.AddConversation(ctx, c))
	ok(w.t, w.Store.SetWhereItEnded(ctx, c.ID, light, step))
	change, err := c.Apply(phonebank.ConversationWrap, at)
	ok(w.t, err)
	ok(w.t, w.Store.SaveConversation(ctx, c, change, store.By{}))
	return c.ID
}

// promise is something that somebody said they would do, due some days from now.
func (w world) promise(p phonebank.Person, c phonebank.ConversationID, inDays int) phonebank.Commitment {
	w.t.Helper()
	at := w.Clock.Now()
	k := phonebank.Commitment{ID: phonebank.NewID[phonebank.CommitmentID](at), CampaignID: w.Campaign.ID, PersonID: p.ID, Conversation: c, UserID: w.Coordinator.ID, What: "come along",
		ByLocal: "2026-12-01T18:00", Zone: "America/New_York", By: at.AddDate(0, 0, inDays), State: phonebank.CommitmentOpen, CreatedAt: at}
	ok(w.t, w.Store.AddCommitment(ctx, k))
	return k
}

func (w world) settle(k phonebank.Commitment, event phonebank.CommitmentEvent) {
	w.t.Helper()
	change, err := k.Apply(event, w.Clock.Now())
	ok(w.t, err)
	ok(w.t, w.Store.SaveCommitment(ctx, k, change, store.By{}))
}

// session is a planned one whose ask is settled.
func (w world) session(name string) phonebank.Session {
	w.t.Helper()
	at := w.Clock.Now()
	s := phonebank.Session{ID: phonebank.NewID[phonebank.SessionID](at), CampaignID: w.Campaign.ID, Name: name, State: phonebank.SessionPlanned, AskID: "none", CreatedBy: w.Coordinator.ID, CreatedAt: at}
	ok(w.t, w.Store.AddSession(ctx, s, phonebank.NewToken()))
	return s
}

// calls is a draft of a round of calls, in a session of its own.
func (w world) calls(name string, f phonebank.WaveFilter) phonebank.Wave {
	w.t.Helper()
	return w.draft(phonebank.Wave{Name: name, Channel: phonebank.ByCall, Filter: f, SessionID: w.session(name).ID})
}

// texts is a draft of a round of texts.
func (w world) texts(name, body string, f phonebank.WaveFilter) phonebank.Wave {
	w.t.Helper()
	return w.draft(phonebank.Wave{Name: name, Channel: phonebank.ByText, Filter: f, Body: body})
}

func (w world) draft(wave phonebank.Wave) phonebank.Wave {
	w.t.Helper()
	wave.CampaignID, wave.CreatedBy = w.Campaign.ID, w.Coordinator.ID
	wave, err := w.Diary.DraftWave(ctx, wave)
	ok(w.t, err)
	return wave
}

// names lists who is in a wave and has not left it.
func (w world) names(id phonebank.WaveID) (list []string) {
	w.t.Helper()
	ok(w.t, w.Store.DB().Select(&list, `SELECT p.name FROM wave_members m JOIN people p ON p.id = m.person_id WHERE m.wave_id = $1 AND m.state IN ('waiting', 'filled') ORDER BY p.name`, id))
	return list
}

func (w world) wave(id phonebank.WaveID) phonebank.Wave {
	w.t.Helper()
	wave, err := w.Store.Wave(ctx, id)
	ok(w.t, err)
	return wave
}

// local writes a moment as the campaign's clock shows it.
func (w world) local(at time.Time) string {
	loc, err := phonebank.Zone(w.Campaign.Zone)
	ok(w.t, err)
	return at.In(loc).Format(phonebank.LocalForm)
}
