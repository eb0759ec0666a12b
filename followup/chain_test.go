package followup_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"phonebank"
	"phonebank/dialer"
	"phonebank/internal/testbank"
	"phonebank/store"
	"phonebank/texting"
)

const hers = "+12125550120"

// promise is a phone bank in which Xiomara has promised something to Dana, on Tuesday Nov 24 at half past five.
type promise struct {
	*testbank.Bank
	person phonebank.Person
	dana   phonebank.User
	talk   phonebank.Conversation
	texts  int
}

func says(t testing.TB, err error, kind phonebank.Kind, words string) {
	t.Helper()
	var e *phonebank.Error
	if !errors.As(err, &e) || e.Kind != kind || !strings.Contains(e.Sentence, words) {
		t.Errorf("%v; wanted %s with %q", err, kind, words)
	}
}

// agree wraps a talk up in which she says that she will come to the meeting on Thursday Dec 3.
func agree(t *testing.T, change ...func(*phonebank.Wrap)) *promise {
	t.Helper()
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := &promise{Bank: b, person: b.Neighbor("Xiomara Quiñones", hers)}
	p.dana, _ = b.Volunteer("Dana", testbank.VolunteerPhone)
	p.promises("2026-12-03T18:30", change...)
	return p
}

func (p *promise) promises(by string, change ...func(*phonebank.Wrap)) phonebank.CommitmentID {
	p.T.Helper()
	id, err := p.Board.Text(ctx, p.person.ID, p.dana, dialer.Choice{}, false)
	ok(p.T, err)
	p.talk, err = p.Store.Conversation(ctx, id)
	ok(p.T, err)
	day, err := time.Parse(phonebank.LocalForm, by)
	ok(p.T, err)
	w := phonebank.Wrap{ID: phonebank.NewID[string](p.Clock.Now()), Outcome: phonebank.OutcomeCommitment, Answer: "clear_yes", Then: "next",
		Commitment: &phonebank.Agreed{What: "come to the tenants' meeting", By: by}, TextOK: &phonebank.TextOK{Words: "Can I text you a reminder at this number?"},
		FollowUps: []phonebank.Wish{
			{Channel: phonebank.ByText, Reason: phonebank.ReasonBefore, Local: day.AddDate(0, 0, -1).Format("2006-01-02") + "T18:00", Body: "The plan is: come to the tenants' meeting, " + phonebank.SpokenWhen(by, "en") + ". Still good?"},
			{Channel: phonebank.ByText, Reason: phonebank.ReasonAfter, Local: day.AddDate(0, 0, 1).Format("2006-01-02") + "T18:00", Body: "How did it go?"}}}
	for _, c := range change {
		c(&w)
	}
	ok(p.T, p.Board.Wrap(ctx, id, p.dana.ID, w))
	list, err := p.Store.CommitmentsOf(ctx, p.person.ID)
	ok(p.T, err)
	if w.Commitment == nil {
		return ""
	}
	return list[0].ID
}

// at sets the clock to a time in New York and lets everything happen that has come due.
func (p *promise) at(local string) {
	p.T.Helper()
	when, err := phonebank.Instant(local, "America/New_York")
	ok(p.T, err)
	ok(p.T, p.Clock.Set(when))
	p.crank()
}

func (p *promise) crank() {
	p.T.Helper()
	due, err := p.Diary.Due(ctx, 100)
	ok(p.T, err)
	for _, r := range due {
		ok(p.T, p.Diary.FallDue(ctx, phonebank.FollowUpID(r.ID), r.Generation))
	}
	texts, err := p.Desk.Due(ctx, 100)
	ok(p.T, err)
	for _, r := range texts {
		ok(p.T, p.Desk.Deliver(ctx, phonebank.OutboxID(r.ID), r.Generation))
	}
	ok(p.T, p.Desk.WeighReplies(ctx))
	ok(p.T, p.Diary.MissingAnswers(ctx))
}

func (p *promise) writes(body string) {
	p.T.Helper()
	p.texts++
	ok(p.T, p.Desk.Receive(ctx, texting.In{SID: fmt.Sprintf("SM%032d", p.texts), From: hers, To: testbank.Ours, Body: body, Zones: "America/New_York"}))
	ok(p.T, p.Desk.WeighReplies(ctx))
}

// plans writes a follow-up of any reason down, those of waves too, with the consent that is on record.
func (p *promise) plans(wish phonebank.Wish) (f phonebank.FollowUp) {
	p.T.Helper()
	ok(p.T, p.Store.InTx(ctx, func(tx *store.Tx) error {
		phone, err := tx.LockPhone(ctx, p.person.PhoneID)
		if err != nil {
			return err
		}
		_, automatic, err := tx.TextConsent(ctx, p.person.ID, phone.ID)
		if err != nil {
			return err
		}
		if f, err = wish.Plan(p.person, phone, p.Campaign.ID, p.dana.ID, automatic, p.Clock.Now()); err != nil {
			return err
		}
		return tx.AddFollowUp(ctx, f, testbank.Ours, hers)
	}))
	return f
}

// chain lists what is planned as "text before_commitment planned auto 2026-12-02T18:00", the earliest first.
func (p *promise) chain() (list []string) {
	p.T.Helper()
	due, err := p.Store.FollowUpsOf(ctx, p.person.ID)
	ok(p.T, err)
	for _, f := range due {
		line := fmt.Sprintf("%s %s %s", f.Channel, f.Reason, f.State)
		if f.Automatic {
			line += " auto"
		}
		list = append(list, line+" "+f.Local)
	}
	slices.Reverse(list)
	return list
}

func (p *promise) is(want ...string) {
	p.T.Helper()
	if got := p.chain(); !slices.Equal(got, want) {
		p.T.Errorf("the chain is\n  %s\nwanted\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func (p *promise) suggested() phonebank.Suggestion {
	p.T.Helper()
	list, err := p.Store.SuggestionsOf(ctx, p.person.ID)
	ok(p.T, err)
	if len(list) != 1 {
		p.T.Fatalf("%d suggestions are open: %+v", len(list), list)
	}
	return list[0].Suggestion
}

func (p *promise) commitment() phonebank.Commitment {
	p.T.Helper()
	list, err := p.Store.CommitmentsOf(ctx, p.person.ID)
	ok(p.T, err)
	return list[0]
}

func TestChain_FromTheTalkToTheReminderToAnotherTimeToTheCallToARung(t *testing.T) {
	p := agree(t)
	p.is("text before_commitment planned auto 2026-12-02T18:00", "text after_commitment planned auto 2026-12-04T18:00")
	p.at("2026-12-02T18:00")
	if sent := p.Sent(hers); len(sent) != 1 || !strings.Contains(sent[0], "Thu Dec 3, 6:30 pm") {
		t.Fatalf("the reminder: %q", sent)
	}
	p.writes("can't, call me Friday at 6")
	s := p.suggested()
	if s.Kind != phonebank.SuggestTime || s.Local != "2026-12-04T18:00" || !s.Falls || s.CommitmentID == "" {
		t.Fatalf("%+v", s)
	}
	p.is("text before_commitment done auto 2026-12-02T18:00", "text after_commitment planned 2026-12-04T18:00")
	_, err := p.Diary.Confirm(ctx, s.ID, p.dana.ID, "")
	ok(t, err)
	p.is("text before_commitment done auto 2026-12-02T18:00", "text scheduled_call needs_person 2026-12-02T18:00", "text after_commitment cancelled 2026-12-04T18:00", "call scheduled_call planned 2026-12-04T18:00")
	draft := p.Count(`SELECT count(*) FROM outbox WHERE state = 'held' AND body = 'Fri Dec 4, 6 pm it is. I''ll call you then!'`)
	if draft != 1 || len(p.Sent(hers)) != 1 {
		t.Fatalf("%d texts back wait for a press, and she has %q", draft, p.Sent(hers))
	}
	again, err := p.Diary.Confirm(ctx, s.ID, p.dana.ID, "")
	ok(t, err)
	if again.ID != "" || p.Count(`SELECT count(*) FROM follow_ups`) != 4 {
		t.Error("a second press planned it again")
	}
	p.at("2026-12-04T18:00")
	due, err := p.Store.MyFollowUps(ctx, p.dana.ID)
	ok(t, err)
	if i := slices.IndexFunc(due, func(f storeDue) bool { return f.Channel == phonebank.ByCall && f.State == phonebank.FollowUpDue }); i < 0 {
		t.Fatalf("Dana's call is not due: %+v", due)
	}
	waits, err := p.Store.DueCommitments(ctx, p.dana.ID, p.Clock.Now())
	ok(t, err)
	if len(waits) != 1 || waits[0].Person != "Xiomara Quiñones" {
		t.Fatalf("did it happen? %+v", waits)
	}
	ok(t, p.Diary.Settle(ctx, p.commitment().ID, phonebank.SettleKept, p.dana.ID))
	if n := p.Count(`SELECT count(*) FROM rung_moves WHERE person_id = $1 AND state = 'proposed' AND to_rung >= 2`, p.person.ID); n != 1 {
		t.Errorf("%d rungs are proposed", n)
	}
}

// Nothing goes by itself but an agreed reminder or check-in, and then only with a recorded yes.
func TestChain_OnlyAgreedTextsWithAYesGoByThemselves(t *testing.T) {
	may := map[phonebank.Reason]bool{phonebank.ReasonBefore: true, phonebank.ReasonAfter: true, phonebank.ReasonScheduled: true, phonebank.ReasonHeadsUp: true}
	for _, said := range []bool{true, false} {
		p := agree(t, func(w *phonebank.Wrap) {
			w.FollowUps = nil
			if !said {
				w.TextOK = nil
			}
		})
		for i, reason := range phonebank.Reasons {
			for _, channel := range []phonebank.Channel{phonebank.ByText, phonebank.ByCall} {
				f := p.plans(phonebank.Wish{Channel: channel, Reason: reason, Local: fmt.Sprintf("2026-12-%02dT18:00", 2+i), Body: "Hi"})
				want := said && channel == phonebank.ByText && may[reason]
				if f.Automatic != want {
					t.Errorf("%s by %s with text_ok %v: automatic %v", reason, channel, said, f.Automatic)
				}
				ready := p.Count(`SELECT count(*) FROM outbox WHERE follow_up_id = $1 AND state = 'ready'`, f.ID)
				if (ready == 1) != want {
					t.Errorf("%s by %s with text_ok %v: %d texts are ready to leave", reason, channel, said, ready)
				}
			}
		}
		// A whole month later, whatever was not automatic still waits for a press.
		before := len(p.Sent(hers))
		for day := 2; day < 2+len(phonebank.Reasons); day++ {
			p.at(fmt.Sprintf("2026-12-%02dT18:01", day))
		}
		sent, agreed := len(p.Sent(hers))-before, 0
		if said {
			agreed = len(may)
		}
		if sent != agreed {
			t.Errorf("with text_ok %v %d texts went by themselves, %d were agreed", said, sent, agreed)
		}
	}
}

func TestChain_ASilentCheckInLeadsToACallAfterADayOfCallingHours(t *testing.T) {
	p := agree(t)
	p.at("2026-12-02T18:00")
	p.at("2026-12-04T18:00")
	p.at("2026-12-05T17:59")
	if n := p.Count(`SELECT count(*) FROM follow_ups WHERE reason = 'unanswered_text'`); n != 0 {
		t.Fatal("a call before the day is over")
	}
	p.at("2026-12-05T18:01")
	p.crank()
	p.is("text before_commitment done auto 2026-12-02T18:00", "text after_commitment done auto 2026-12-04T18:00", "call unanswered_text due 2026-12-05T18:01")
	var owner phonebank.UserID
	ok(t, p.Store.DB().Get(&owner, `SELECT owner_id FROM follow_ups WHERE reason = 'unanswered_text' AND commitment_id IS NOT NULL`))
	if owner != p.dana.ID {
		t.Errorf("the call is %s's", owner)
	}
	p.writes("sorry, been ill")
	if n := p.Count(`SELECT count(*) FROM follow_ups WHERE reason = 'unanswered_text' AND state = 'cancelled' AND why = 'They answered.'`); n != 1 {
		t.Error("an answer does not take the call off")
	}
}

func TestChain_NoCallFollowsACheckInThatWasAnsweredOrEnded(t *testing.T) {
	for what, do := range map[string]func(p *promise){
		"answered":                func(p *promise) { p.writes("all good here") },
		"settled":                 func(p *promise) { ok(p.T, p.Diary.Settle(ctx, p.commitment().ID, phonebank.SettleKept, p.dana.ID)) },
		"let go":                  func(p *promise) { ok(p.T, p.Diary.Settle(ctx, p.commitment().ID, phonebank.SettleLetGo, p.dana.ID)) },
		"stopped and back again":  func(p *promise) { p.writes("STOP"); p.writes("START") },
		"told not to by a person": func(p *promise) { ok(p.T, p.Diary.NoCallIfSilent(ctx, p.checkIn(), p.dana.ID)) },
		"undone wrap-up": func(p *promise) {
			_, err := p.Store.DB().Exec(`UPDATE commitments SET state = 'let_go'`)
			ok(p.T, err)
		},
	} {
		t.Run(what, func(t *testing.T) {
			p := agree(t)
			p.at("2026-12-02T18:00")
			p.at("2026-12-04T18:00")
			p.at("2026-12-04T18:30")
			do(p)
			p.at("2026-12-05T18:31")
			p.at("2026-12-07T18:31")
			if n := p.Count(`SELECT count(*) FROM follow_ups WHERE reason = 'unanswered_text'`); n != 0 {
				t.Errorf("%d calls are planned", n)
			}
		})
	}
	t.Run("left out in the wrap-up", func(t *testing.T) {
		p := agree(t, func(w *phonebank.Wrap) { w.FollowUps[1].NoCall = true })
		p.at("2026-12-04T18:00")
		p.at("2026-12-05T18:31")
		if n := p.Count(`SELECT count(*) FROM follow_ups WHERE reason = 'unanswered_text'`); n != 0 {
			t.Errorf("%d calls are planned", n)
		}
	})
	t.Run("never sent", func(t *testing.T) {
		p := agree(t, func(w *phonebank.Wrap) { w.TextOK = nil })
		p.at("2026-12-04T18:00") // drafts: nobody presses
		ok(t, p.Diary.Done(ctx, p.checkIn(), p.dana.ID))
		p.at("2026-12-06T18:31")
		if n := p.Count(`SELECT count(*) FROM follow_ups WHERE reason = 'unanswered_text'`); n != 0 {
			t.Errorf("%d calls are planned after a check-in that never left", n)
		}
	})
}

func (p *promise) checkIn() (id phonebank.FollowUpID) {
	p.T.Helper()
	ok(p.T, p.Store.DB().Get(&id, `SELECT id FROM follow_ups WHERE reason = 'after_commitment' ORDER BY id DESC LIMIT 1`))
	return id
}

func TestChain_WordsChangeUntilTheTextLeaves(t *testing.T) {
	p := agree(t)
	ok(t, p.Diary.Reword(ctx, p.checkIn(), p.dana.ID, "So, “how” was it?"))
	says(t, p.Diary.Reword(ctx, p.checkIn(), p.dana.ID, " "), phonebank.Invalid, "no words")
	p.at("2026-12-02T18:00")
	p.at("2026-12-04T18:00")
	if sent := p.Sent(hers); len(sent) != 2 || sent[1] != `So, "how" was it?` {
		t.Errorf("%q", sent)
	}
	says(t, p.Diary.Reword(ctx, p.checkIn(), p.dana.ID, "too late"), phonebank.Conflict, "has left already")
}

func TestStop_CancelsEveryLinkOfAChainInTheSameSecond(t *testing.T) {
	p := agree(t, func(w *phonebank.Wrap) {
		w.FollowUps = append(w.FollowUps, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonFindOut, Local: "2026-11-25T18:00", Body: "who owns it"})
	})
	for _, reason := range phonebank.Reasons { // every kind of row that there is
		for _, channel := range []phonebank.Channel{phonebank.ByText, phonebank.ByCall} {
			p.plans(phonebank.Wish{Channel: channel, Reason: reason, Local: "2026-12-20T12:00", Body: "Hi"})
		}
	}
	p.at("2026-12-02T18:00")
	p.writes("can't, call me Friday at 6")
	_, err := p.Diary.Confirm(ctx, p.suggested().ID, p.dana.ID, "")
	ok(t, err)
	p.writes("or call tomorrow at 5")
	if n := p.Count(`SELECT count(*) FROM suggestions WHERE state = 'open'`); n != 1 {
		t.Fatalf("%d suggestions", n)
	}
	p.writes("STOP")
	if n := p.Count(`SELECT count(*) FROM follow_ups WHERE state IN ('planned', 'due', 'offered', 'needs_person') OR call_if_silent AND state = 'done'`); n != 0 {
		t.Errorf("%d follow-ups are still to come", n)
	}
	if n := p.Count(`SELECT count(*) FROM outbox WHERE state IN ('held', 'ready') AND NOT legal`); n != 0 {
		t.Errorf("%d texts are still to leave", n)
	}
	if n := p.Count(`SELECT count(*) FROM suggestions WHERE state = 'open'`); n != 0 {
		t.Errorf("%d suggestions still wait", n)
	}
	p.writes("START")
	p.at("2026-12-20T12:01")
	p.at("2027-01-02T12:01")
	if n := len(p.Sent(hers)); n > 2 { // the reminder of Wednesday, and the one confirmation that a STOP is owed
		t.Errorf("she was texted %d times", n)
	}
}

func TestDueCommitments_StandOnTheListOfWhoKnowsThem(t *testing.T) {
	p := agree(t)
	p.at("2026-12-03T18:29")
	for _, who := range []phonebank.UserID{"", p.dana.ID} {
		if list, err := p.Store.DueCommitments(ctx, who, p.Clock.Now()); err != nil || len(list) != 0 {
			t.Errorf("before its time: %v %v", list, err)
		}
	}
	p.at("2026-12-03T18:31")
	luis := phonebank.User{ID: phonebank.NewID[phonebank.UserID](p.Clock.Now()), Name: "Luis", Role: phonebank.Volunteer, CreatedAt: p.Clock.Now()}
	ok(t, p.Store.AddUser(ctx, luis))
	for who, want := range map[phonebank.UserID]int{"": 1, p.dana.ID: 1, luis.ID: 0} {
		if list, err := p.Store.DueCommitments(ctx, who, p.Clock.Now()); err != nil || len(list) != want {
			t.Errorf("%s reads %v %v", who, list, err)
		}
	}
	ok(t, p.Diary.Give(ctx, p.person.ID, luis.ID, p.Coordinator.ID))
	if list, err := p.Store.DueCommitments(ctx, luis.ID, p.Clock.Now()); err != nil || len(list) != 1 || list[0].Owner != "Luis" {
		t.Errorf("given to Luis: %v %v", list, err)
	}
	ok(t, p.Diary.Settle(ctx, p.commitment().ID, phonebank.SettlePartly, luis.ID))
	if list, err := p.Store.DueCommitments(ctx, "", p.Clock.Now()); err != nil || len(list) != 0 {
		t.Errorf("settled: %v %v", list, err)
	}
}

// Twenty sweeps at once plan one call.
func TestChain_ManySweepsPlanOneCall(t *testing.T) {
	p := agree(t)
	p.at("2026-12-02T18:00")
	p.at("2026-12-04T18:00")
	when, err := phonebank.Instant("2026-12-05T18:01", "America/New_York")
	ok(t, err)
	ok(t, p.Clock.Set(when))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := p.Diary.MissingAnswers(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := p.Count(`SELECT count(*) FROM follow_ups WHERE reason = 'unanswered_text'`); n != 1 {
		t.Errorf("%d calls", n)
	}
}
