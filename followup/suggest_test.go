package followup_test

import (
	"strings"
	"sync"
	"testing"

	"phonebank"
	"phonebank/texting"

	"phonebank/internal/testbank"
)

func TestSuggestion_OfOneTextIsReadOnceAndDoesNothingByItself(t *testing.T) {
	p := agree(t)
	p.at("2026-12-02T18:00")
	p.at("2026-12-04T18:00")
	p.texts++
	in := texting.In{SID: "SM00000000000000000000000000000001", From: hers, To: testbank.Ours, Body: "Yes!", Zones: "America/New_York"}
	var all sync.WaitGroup
	for range 12 { // Twilio repeats its webhook, and every process sweeps
		all.Go(func() {
			if err := p.Desk.Receive(ctx, in); err != nil {
				t.Error(err)
			}
			if err := p.Desk.WeighReplies(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	s := p.suggested()
	if s.Kind != phonebank.SuggestSettle || s.Event != phonebank.SettleKept || !s.Plain || s.State != phonebank.SuggestionOpen {
		t.Errorf("%+v", s)
	}
	if c := p.commitment(); c.State != phonebank.CommitmentOpen {
		t.Fatalf("a yes settled it without a press: %s", c.State)
	}
	if n := p.Count(`SELECT count(*) FROM messages WHERE direction = 'in' AND weighed_at IS NULL`); n != 0 {
		t.Errorf("%d texts are not read", n)
	}
	_, err := p.Diary.Confirm(ctx, s.ID, p.dana.ID, "")
	ok(t, err)
	if c := p.commitment(); c.State != phonebank.CommitmentKept {
		t.Errorf("confirmed, and it is %s", c.State)
	}
	if n := p.Count(`SELECT count(*) FROM journal WHERE thing = 'suggestion' AND event = 'confirm' AND by_user = $1`, p.dana.ID); n != 1 {
		t.Errorf("%d lines in the journal", n)
	}
	_, err = p.Diary.Dismiss(ctx, s.ID, p.dana.ID)
	if phonebank.KindOf(err) != phonebank.Conflict {
		t.Errorf("dismissed after it was confirmed: %v", err)
	}
}

// The process that stored a text died before it was read. The next sweep of any process reads it.
func TestSuggestion_IsNotLostWithTheProcess(t *testing.T) {
	p := agree(t)
	p.at("2026-12-02T18:00")
	p.at("2026-12-04T18:00")
	_, err := p.Store.DB().Exec(`INSERT INTO messages (id, direction, state, sid, person_id, phone_id, from_number, to_number, body, at)
		SELECT '01ARZ3NDEKTSV4RRFFQ69G5FAV', 'in', 'received', 'SMlost', id, phone_id, $1, $2, 'lo hice', $3 FROM people WHERE id = $4`, hers, testbank.Ours, p.Clock.Now(), p.person.ID)
	ok(t, err)
	ok(t, p.Worker.Sweep(ctx))
	if s := p.suggested(); s.Event != phonebank.SettleKept || !s.Spanish {
		t.Errorf("%+v", s)
	}
}

// While nobody has looked at what they wrote, nothing goes to them by itself.
func TestSuggestion_WhileItIsOpenNoTextGoesBlindly(t *testing.T) {
	p := agree(t)
	p.at("2026-12-02T18:00")
	p.at("2026-12-04T17:59")
	p.writes("can you call me tomorrow at 5?")
	p.at("2026-12-04T18:00")
	p.is("text before_commitment done auto 2026-12-02T18:00", "text after_commitment needs_person auto 2026-12-04T18:00")
	if sent := p.Sent(hers); len(sent) != 1 {
		t.Fatalf("sent blindly: %q", sent)
	}
	if n := p.Count(`SELECT count(*) FROM follow_ups WHERE state = 'needs_person' AND why = $1`, texting.WroteSince); n != 1 {
		t.Error("nobody is told why it waits")
	}
}

// A text that came in and was not read yet keeps back what would go by itself, too.
func TestSuggestion_NothingGoesBlindlyBeforeATextIsRead(t *testing.T) {
	p := agree(t)
	p.at("2026-12-02T17:59")
	_, err := p.Store.DB().Exec(`INSERT INTO messages (id, direction, state, sid, person_id, phone_id, from_number, to_number, body, at)
		SELECT '01ARZ3NDEKTSV4RRFFQ69G5FAV', 'in', 'received', 'SMlost', id, phone_id, $1, $2, 'no puedo', $3 FROM people WHERE id = $4`, hers, testbank.Ours, p.Clock.Now(), p.person.ID)
	ok(t, err)
	when, err := phonebank.Instant("2026-12-02T18:00", "America/New_York")
	ok(t, err)
	ok(t, p.Clock.Set(when))
	texts, err := p.Desk.Due(ctx, 10)
	ok(t, err)
	for _, r := range texts {
		ok(t, p.Desk.Deliver(ctx, phonebank.OutboxID(r.ID), r.Generation))
	}
	if sent := p.Sent(hers); len(texts) != 1 || len(sent) != 0 {
		t.Fatalf("of %d due texts %q left", len(texts), sent)
	}
	ok(t, p.Desk.WeighReplies(ctx))
	p.is("text before_commitment planned 2026-12-02T18:00", "text after_commitment planned 2026-12-04T18:00")
	p.crank()
	p.is("text before_commitment needs_person 2026-12-02T18:00", "text after_commitment planned 2026-12-04T18:00")
}

func TestSuggestion_NotYetMakesDraftsAndAsksAndWritingBackClosesIt(t *testing.T) {
	p := agree(t)
	p.at("2026-12-02T18:00")
	p.writes("No puedo")
	s := p.suggested()
	if s.Kind != phonebank.SuggestAsk || s.Ask != phonebank.AskCant || !strings.Contains(s.Reply, "Gracias por avisarme") {
		t.Fatalf("%+v", s)
	}
	p.is("text before_commitment done auto 2026-12-02T18:00", "text after_commitment planned 2026-12-04T18:00")
	_, err := p.Diary.Confirm(ctx, s.ID, p.dana.ID, "")
	says(t, err, phonebank.Invalid, "Write back first")
	_, err = p.Desk.Send(ctx, texting.Draft{Nonce: phonebank.NewID[string](p.Clock.Now()), PersonID: p.person.ID, UserID: p.dana.ID, Body: s.Reply})
	ok(t, err)
	if n := p.Count(`SELECT count(*) FROM suggestions WHERE state = 'confirmed' AND decided_by = $1`, p.dana.ID); n != 1 {
		t.Error("what was asked is still to be asked")
	}
}

func TestSuggestion_OfATimeMovesTheCallThatIsPlanned(t *testing.T) {
	p := agree(t, func(w *phonebank.Wrap) {
		w.FollowUps = []phonebank.Wish{{Channel: phonebank.ByCall, Reason: phonebank.ReasonScheduled, Local: "2026-11-25T18:00"}}
	})
	p.writes("mejor mañana a las 7")
	s := p.suggested()
	if s.Local != "2026-11-25T19:00" || s.FollowUpID == "" {
		t.Fatalf("%+v", s)
	}
	_, err := p.Diary.Confirm(ctx, s.ID, p.dana.ID, "2026-11-25T21:00")
	says(t, err, phonebank.Invalid, "outside calling hours")
	if now := p.suggested(); now.State != phonebank.SuggestionOpen {
		t.Fatal("a time that can't be kept closed it")
	}
	_, err = p.Diary.Confirm(ctx, s.ID, p.dana.ID, "2026-11-25T19:30") // put right by the person who reads it
	ok(t, err)
	p.is("text scheduled_call needs_person 2026-11-24T17:30", "call scheduled_call planned 2026-11-25T19:30")
	if n := p.Count(`SELECT count(*) FROM outbox WHERE body LIKE 'mié 25 nov, 19:30%'`); n != 1 {
		t.Error("the text back does not say the time that was confirmed")
	}
}

func TestSuggestion_FallsAwayWhenSomebodySettlesOrTheyWriteAgain(t *testing.T) {
	p := agree(t)
	p.at("2026-12-02T18:00")
	p.at("2026-12-04T18:00")
	p.writes("did it")
	first := p.suggested()
	p.writes("sorry, I mean I couldn't make it")
	second := p.suggested()
	if second.ID == first.ID || second.Event != phonebank.SettleMissed {
		t.Errorf("%+v after %+v", second, first)
	}
	ok(t, p.Diary.Settle(ctx, p.commitment().ID, phonebank.SettleMissed, p.dana.ID))
	if n := p.Count(`SELECT count(*) FROM suggestions WHERE state = 'open'`); n != 0 {
		t.Errorf("%d are open after somebody settled it", n)
	}
	p.writes("yes call me tomorrow at 6") // just past, and they still want a call
	if s := p.suggested(); s.Kind != phonebank.SuggestTime || s.Local != "2026-12-05T18:00" {
		t.Errorf("%+v", s)
	}
}

func TestSuggestion_NothingIsReadWhereNothingIsOpenOrTheySaidNo(t *testing.T) {
	p := agree(t, func(w *phonebank.Wrap) { w.Commitment, w.FollowUps, w.Outcome = nil, nil, phonebank.OutcomeConnected })
	p.writes("yes")
	p.writes("call me Friday at 6")
	if n := p.Count(`SELECT count(*) FROM suggestions`); n != 0 {
		t.Errorf("%d suggestions about nothing", n)
	}
	p.promises("2026-12-03T18:30")
	p.writes("please stop calling me at 6")
	if n := p.Count(`SELECT count(*) FROM suggestions`); n != 0 {
		t.Errorf("%d suggestions from what may have been a no", n)
	}
	if n := p.Count(`SELECT count(*) FROM messages WHERE direction = 'in' AND weighed_at IS NULL`); n != 0 {
		t.Errorf("%d texts are not read", n)
	}
}
