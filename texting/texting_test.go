package texting_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/internal/testdb"
	"phonebank/texting"
)

func TestMain(m *testing.M) { testdb.Main(m) }

var ctx = context.Background()

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func sid(i int) string { return fmt.Sprintf("SM%032x", i) }

func in(i int, from, body string) texting.In {
	return texting.In{SID: sid(i), From: phonebank.Number(from), To: testbank.Ours, Body: body, Zones: "America/New_York"}
}

// reminder promises an automatic text in a minute to somebody who agreed to it.
func reminder(t *testing.T, b *testbank.Bank, p phonebank.Person, body string) phonebank.FollowUp {
	t.Helper()
	ok(t, b.Store.GiveConsent(ctx, p.ID, p.PhoneID, "text_ok", "a talk", "May I text you?", "Dana", b.Clock.Now()))
	f, err := b.Diary.Promise(ctx, p.ID, b.Coordinator.ID, phonebank.Wish{Channel: phonebank.ByText, Reason: phonebank.ReasonBefore, InMinutes: 1, Body: body})
	ok(t, err)
	return f
}

func TestReceive_TheSameSIDTwentyTimesIsOneMessage(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	var all sync.WaitGroup
	errs := make(chan error, 20)
	for range 20 {
		all.Go(func() { errs <- b.Desk.Receive(ctx, in(1, "+12125550123", "who is this  ")) })
	}
	all.Wait()
	close(errs)
	for err := range errs {
		ok(t, err)
	}
	thread, err := b.Store.Thread(ctx, p.PhoneID)
	ok(t, err)
	if len(thread) != 1 || thread[0].Body != "who is this  " || thread[0].PersonID != p.ID {
		t.Errorf("%+v", thread)
	}
}

func TestReceive_TextsThatArriveTogetherAreAllKept(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	var all sync.WaitGroup
	errs := make(chan error, 300)
	for i := range 300 {
		all.Go(func() { errs <- b.Desk.Receive(ctx, in(i, fmt.Sprintf("+1646555%04d", i%40), fmt.Sprint("hello ", i))) })
	}
	all.Wait()
	close(errs)
	for err := range errs {
		ok(t, err)
	}
	if n, phones := b.Count(`SELECT count(*) FROM messages WHERE direction = 'in'`), b.Count(`SELECT count(*) FROM phones WHERE waiting_since IS NOT NULL`); n != 300 || phones != 40 {
		t.Errorf("%d texts of 300, %d numbers of 40", n, phones)
	}
}

func TestReceive_AnUnknownNumberIsKept(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	ok(t, b.Desk.Receive(ctx, in(1, "+14155550142", "who is this")))
	waiting, err := b.Store.WaitingThreads(ctx, "")
	ok(t, err)
	if len(waiting) != 1 || waiting[0].PersonID != "" || waiting[0].Words != "who is this" {
		t.Errorf("%+v", waiting)
	}
}

func TestSend_TheSamePressTwiceIsOneText(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	draft := texting.Draft{Nonce: phonebank.NewID[string](b.Clock.Now()), PersonID: p.ID, UserID: b.Coordinator.ID, Body: "It’s Dana."}
	var all sync.WaitGroup
	errs := make(chan error, 8)
	for range 8 {
		all.Go(func() { _, err := b.Desk.Send(ctx, draft); errs <- err })
	}
	all.Wait()
	close(errs)
	for err := range errs {
		ok(t, err)
	}
	if sent := b.Sent("+12125550123"); !slices.Equal(sent, []string{"It's Dana."}) {
		t.Errorf("%v", sent)
	}
}

func TestSend_WithoutConsentIsRefusedInWords(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	_, err := b.Store.DB().Exec(`DELETE FROM consents`)
	ok(t, err)
	draft := texting.Draft{Nonce: phonebank.NewID[string](b.Clock.Now()), PersonID: p.ID, Body: "Hello"}
	if _, err = b.Desk.Send(ctx, draft); phonebank.KindOf(err) != phonebank.Forbidden {
		t.Fatal(err)
	}
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", "who is this")))
	if _, err = b.Desk.Send(ctx, draft); err != nil {
		t.Errorf("whoever writes to us may be answered: %v", err)
	}
}

func mustOutbox(t *testing.T, b *testbank.Bank, id phonebank.FollowUpID) phonebank.Outbox {
	t.Helper()
	o, err := b.Store.OutboxOf(ctx, id)
	ok(t, err)
	return o
}

func newYork(t *testing.T) *time.Location {
	t.Helper()
	loc, err := phonebank.Zone("America/New_York")
	ok(t, err)
	return loc
}

func TestSend_TheFourthTextOfADayIsRefusedInWords(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	for i := range 4 {
		_, err := b.Desk.Send(ctx, texting.Draft{Nonce: phonebank.NewID[string](b.Clock.Now()), PersonID: p.ID, UserID: b.Coordinator.ID, Body: fmt.Sprint("Hello ", i)})
		if want := i == 3; (phonebank.KindOf(err) == phonebank.Forbidden && err != nil) != want {
			t.Errorf("text %d: %v", i+1, err)
		}
	}
}

func TestSend_OtherWordsUnderTheSamePressAreNotDroppedInSilence(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	draft := texting.Draft{Nonce: phonebank.NewID[string](b.Clock.Now()), PersonID: p.ID, UserID: b.Coordinator.ID, Body: "It's Dana."}
	_, err := b.Desk.Send(ctx, draft)
	ok(t, err)
	draft.Body = "It's Luis."
	if _, err = b.Desk.Send(ctx, draft); phonebank.KindOf(err) != phonebank.Stale || err == nil {
		t.Errorf("a second tab with other words: %v", err)
	}
	// A text that was refused as it was to go is refused again, not taken for sent.
	for i := range 3 {
		draft = texting.Draft{Nonce: phonebank.NewID[string](b.Clock.Now()), PersonID: p.ID, UserID: b.Coordinator.ID, Body: fmt.Sprint("Hello ", i)}
		_, err = b.Desk.Send(ctx, draft)
	}
	if phonebank.KindOf(err) != phonebank.Forbidden || err == nil {
		t.Fatalf("the fourth text of a day: %v", err)
	}
	if _, err = b.Desk.Send(ctx, draft); phonebank.KindOf(err) != phonebank.Forbidden || err == nil {
		t.Errorf("and its second press: %v", err)
	}
}
