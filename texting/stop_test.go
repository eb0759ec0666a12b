package texting_test

import (
	"strings"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/store"
	"phonebank/texting"
)

func TestStop_CancelsEverythingInTheSameTransaction(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", " Stop. ")))
	got, err := b.Store.FollowUp(ctx, f.ID)
	ok(t, err)
	o, err := b.Store.OutboxOf(ctx, f.ID)
	ok(t, err)
	if got.State != phonebank.FollowUpCancelled || o.State != phonebank.OutboxCancelled {
		t.Errorf("follow-up %s, text %s", got.State, o.State)
	}
	b.Clock.Advance(2 * time.Minute)
	ok(t, b.Worker.Sweep(ctx))
	ok(t, b.Desk.Deliver(ctx, o.ID, o.Generation))
	if sent := b.Sent("+12125550123"); len(sent) != 0 {
		t.Errorf("a text after STOP: %v (Twilio has answered its own keyword)", sent)
	}
	if _, err := b.Desk.Send(ctx, texting.Draft{Nonce: phonebank.NewID[string](b.Clock.Now()), PersonID: p.ID, Body: "Sorry!"}); phonebank.KindOf(err) != phonebank.Forbidden {
		t.Errorf("a text by hand after STOP: %v", err)
	}
}

func TestStop_AWordThatTwilioMissesGetsOneConfirmation(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	b.Neighbor("Walt Brandt", "+12125550123")
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", "Take me off!")))
	b.Until("the confirmation", func() bool { return len(b.Sent("+12125550123")) == 1 })
	ok(t, b.Desk.Receive(ctx, texting.In{SID: sid(2), From: "+12125550123", To: testbank.Ours, Body: "basta", OptOutType: "STOP"}))
	if n := b.Count(`SELECT count(*) FROM outbox WHERE legal`); n != 1 {
		t.Errorf("%d confirmations: none is owed where Twilio's own opt-out has answered", n)
	}
}

func TestStart_LiftsAKeywordAndRevivesNothing(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", "STOP")))
	ok(t, b.Desk.Receive(ctx, in(2, "+12125550123", "START")))
	phone, err := b.Store.Phone(ctx, p.PhoneID)
	ok(t, err)
	got, err := b.Store.FollowUp(ctx, f.ID)
	ok(t, err)
	if phone.OptedOutAt != nil || got.State != phonebank.FollowUpCancelled {
		t.Errorf("opted out %v, follow-up %s", phone.OptedOutAt, got.State)
	}
	// What a person decided is not undone by a keyword.
	ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.OptOut(ctx, p.PhoneID, "spoken", "never again", store.By{User: b.Coordinator.ID}, b.Clock.Now())
		return err
	}))
	ok(t, b.Desk.Receive(ctx, in(3, "+12125550123", "START")))
	if phone, err = b.Store.Phone(ctx, p.PhoneID); err != nil || phone.OptedOutAt == nil {
		t.Errorf("START lifted a spoken stop: %v", err)
	}
}

func TestYes_AnswersAQuestionAndOpensNothing(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	_, err := b.Desk.Send(ctx, texting.Draft{Nonce: phonebank.NewID[string](b.Clock.Now()), PersonID: p.ID, Body: "Can you come?"})
	ok(t, err)
	b.Clock.Advance(time.Second)
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", "YES")))
	if n := b.Count(`SELECT count(*) FROM consents WHERE channel = 'all'`); n != 0 {
		t.Error("YES to a question was read as START")
	}
}

func TestRefusal_HoldsTheNumberUntilAPersonRules(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", "please stop by at 5")))
	b.Clock.Advance(2 * time.Minute)
	ok(t, b.Worker.Sweep(ctx))
	o, err := b.Store.OutboxOf(ctx, f.ID)
	ok(t, err)
	ok(t, b.Desk.Deliver(ctx, o.ID, o.Generation))
	if sent := b.Sent("+12125550123"); len(sent) != 0 {
		t.Fatalf("a text went while the number is on hold: %v", sent)
	}
	ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
		return tx.LiftHold(ctx, p.PhoneID, store.By{User: b.Coordinator.ID, Note: "an invitation"}, b.Clock.Now())
	}))
	b.Clock.Advance(6 * time.Minute)
	due, err := b.Desk.Due(ctx, 10)
	ok(t, err)
	if len(due) != 1 {
		t.Fatalf("due after the hold: %v", due)
	}
	ok(t, b.Desk.Deliver(ctx, o.ID, due[0].Generation))
	if sent := b.Sent("+12125550123"); len(sent) != 1 {
		t.Errorf("after the hold: %v", sent)
	}
}

func TestStop_SaidAgainAndAgainIsConfirmedOnce(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	b.Neighbor("Walt Brandt", "+12125550123")
	for i := range 4 {
		ok(t, b.Desk.Receive(ctx, in(i, "+12125550123", "remove me")))
	}
	if n := b.Count(`SELECT count(*) FROM outbox WHERE legal`); n != 1 {
		t.Errorf("%d confirmations", n)
	}
}

func TestStart_DoesNotLiftWhatWasSaidAloudBeforeAKeyword(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.OptOut(ctx, p.PhoneID, "spoken", "never again", store.By{User: b.Coordinator.ID}, b.Clock.Now())
		return err
	}))
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", "STOP")))
	ok(t, b.Desk.Receive(ctx, in(2, "+12125550123", "START")))
	if phone, err := b.Store.Phone(ctx, p.PhoneID); err != nil || phone.OptedOutAt == nil {
		t.Errorf("START lifted a spoken stop: %v", err)
	}
}

func TestStop_IsConfirmedInTheLanguageOfTheKeyword(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	for i, c := range []struct{ number, keyword, want string }{
		{"+12125550123", "Alto", "ya te quitamos de nuestra lista"},
		{"+12125550124", "opt out", "you're off our list"},
		{"+12125550125", "ayuda", "Si respondes ALTO, paramos."},
	} {
		b.Neighbor("Neighbor "+c.number, c.number)
		ok(t, b.Desk.Receive(ctx, in(i, c.number, c.keyword)))
		b.Until("the answer to "+c.keyword, func() bool { return len(b.Sent(c.number)) == 1 })
		if got := b.Sent(c.number)[0]; !strings.Contains(got, c.want) {
			t.Errorf("%s is answered with %q", c.keyword, got)
		}
	}
	// INICIO opens again what ALTO has closed.
	ok(t, b.Desk.Receive(ctx, in(9, "+12125550123", "Inicio")))
	if n := b.Count(`SELECT count(*) FROM phones WHERE number = '+12125550123' AND opted_out_at IS NULL`); n != 1 {
		t.Error("INICIO lifted nothing")
	}
}

// Twilio's list may bring a START after the STOP that was written later: the last word is the one that was said last.
func TestStart_ThatComesLateLiftsNoStopThatWasSaidAfterIt(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	said := func(n int, words string, ago time.Duration) {
		t.Helper()
		one := in(n, "+12125550123", words)
		one.At = b.Clock.Now().Add(-ago)
		ok(t, b.Desk.Receive(ctx, one))
	}
	stopped := func() bool {
		t.Helper()
		phone, err := b.Store.Phone(ctx, p.PhoneID)
		ok(t, err)
		return phone.OptedOutAt != nil
	}
	said(1, "STOP", 20*time.Minute)
	said(2, "STOP", time.Minute) // the first one still stands, and this is when they said it last
	said(3, "START", 10*time.Minute)
	if !stopped() {
		t.Error("an older START lifted a newer STOP")
	}
	said(4, "START", 0)
	if stopped() {
		t.Error("a START after it lifted nothing")
	}
	said(5, "STOP", 0) // a fetch brings both, in the order in which they were said
	b.Clock.Advance(10 * time.Minute)
	said(6, "STOP", 5*time.Minute)
	said(7, "START", 4*time.Minute)
	if stopped() {
		t.Error("a STOP that was stored late counts as said when it was stored")
	}
}

// "It was a no" also ends the hold of a number that had said stop before.
func TestRule_EndsTheHoldOfANumberThatIsBlockedAlready(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", "STOP")))
	ok(t, b.Desk.Receive(ctx, in(2, "+12125550123", "I said please stop by never")))
	if phone, err := b.Store.Phone(ctx, p.PhoneID); err != nil || phone.HoldSince == nil {
		t.Fatalf("no hold to rule on: %v", err)
	}
	ok(t, b.Desk.Rule(ctx, p.PhoneID, b.Coordinator.ID, true, ""))
	phone, err := b.Store.Phone(ctx, p.PhoneID)
	ok(t, err)
	if phone.HoldSince != nil || phone.OptedOutAt == nil || b.Count(`SELECT count(*) FROM refusals WHERE state = 'open'`) != 0 {
		t.Errorf("hold %v, opted out %v", phone.HoldSince, phone.OptedOutAt)
	}
}
