package dialer_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"phonebank"
	"phonebank/dialer"
	"phonebank/internal/testbank"
)

func TestMark_AThreatIsOnACoordinatorsListAtOnceAndOnce(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Xiomara Quiñones", "+12125550120")
	user, shift := b.Connected("Dana", testbank.VolunteerPhone)
	shift, _ = talk(t, b, shift)
	id := shift.Conversation
	first := event(b, "retaliation", map[string]any{"words": "the manager said he'd raise her rent"})
	for range 2 { // the browser sends it again
		_, err := b.Board.Mark(ctx, shift.Conversation, user.ID, []phonebank.Event{first})
		ok(t, err)
	}
	_, err := b.Board.Mark(ctx, shift.Conversation, user.ID, []phonebank.Event{event(b, "retaliation", map[string]any{"words": "the manager said he'd raise her rent, on Monday"})})
	ok(t, err)
	open, err := b.Store.OpenRetaliations(ctx)
	ok(t, err)
	if len(open) != 1 || open[0].Words != "the manager said he'd raise her rent, on Monday" || open[0].Who != "Dana" || string(open[0].ID) != first.ID {
		t.Fatalf("reports: %+v", open)
	}
	f, err := b.Store.FollowUp(ctx, open[0].FollowUpID)
	ok(t, err)
	if f.Reason != phonebank.ReasonRetaliation || f.OwnerID != "" || f.DueAt.After(b.Clock.Now()) {
		t.Errorf("the follow-up: %+v", f)
	}
	if n := b.Count(`SELECT count(*) FROM follow_ups`); n != 1 {
		t.Errorf("%d follow-ups", n)
	}
	ok(t, b.Board.HangUp(ctx, shift.Conversation, user.ID))
	b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftWrapUp })
	ok(t, b.Board.Wrap(ctx, shift.Conversation, user.ID, phonebank.Wrap{ID: phonebank.NewID[string](b.Clock.Now()), Outcome: phonebank.OutcomeConnected, Then: "next"}))
	shift = b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReady })
	if err := b.Board.Offer(ctx, shift); phonebank.KindOf(err) != phonebank.NotFound {
		t.Errorf("there is nobody else to offer: %v", err)
	}
	if s, err := b.Store.Shift(ctx, shift.ID); err != nil || s.FollowUpID != "" {
		t.Errorf("a report of retaliation was handed to a volunteer as their next call: %+v %v", s, err)
	}
	ok(t, b.Board.Undo(ctx, id, user.ID))
	if f, err = b.Store.FollowUp(ctx, f.ID); err != nil || f.State != phonebank.FollowUpNeedsPerson {
		t.Errorf("undoing a wrap-up took the report off the list: %s %v", f.State, err)
	}
}

func TestMark_ALineInOnesOwnWordsIsThereTheNextTime(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Xiomara Quiñones", "+12125550120")
	user, shift := b.Connected("Dana", testbank.VolunteerPhone)
	shift, call := talk(t, b, shift)
	mark := func(data map[string]any) error {
		_, err := b.Board.Mark(ctx, shift.Conversation, user.ID, []phonebank.Event{event(b, "own_line", data)})
		return err
	}
	c, err := b.Store.Conversation(ctx, call.Conversation)
	ok(t, err)
	ok(t, mark(map[string]any{"step": "intro", "id": "open", "text": "Hey {first_name}, {volunteer} here!", "locale": "en"}))
	ok(t, mark(map[string]any{"step": "intro", "id": "open", "text": "¡Hola {first_name}!", "locale": "es"}))
	ok(t, mark(map[string]any{"step": "intro", "id": "open", "text": "Hey {first_name}!", "locale": "en"}))
	own, err := b.Store.OwnLines(ctx, user.ID, c.ScriptID)
	ok(t, err)
	if len(own) != 2 || own[0].Words != "Hey {first_name}!" || own[1].Locale != "es" {
		t.Fatalf("own lines: %+v", own)
	}
	raw, err := json.Marshal(own[0])
	ok(t, err)
	if string(raw) != `{"step":"intro","id":"open","locale":"en","text":"Hey {first_name}!"}` {
		t.Errorf("the panel reads %s", raw)
	}
	for name, data := range map[string]map[string]any{
		"a line that the script has not": {"step": "intro", "id": "nope", "text": "Hi", "locale": "en"},
		"a place that the line has not":  {"step": "intro", "id": "open", "text": "Hi {their_stake}", "locale": "en"},
		"a lone brace":                   {"step": "intro", "id": "open", "text": "Hi { there", "locale": "en"},
		"more than anybody says at once": {"step": "intro", "id": "open", "text": strings.Repeat("la ", 300), "locale": "en"},
	} {
		if err := mark(data); phonebank.KindOf(err) != phonebank.Invalid {
			t.Errorf("%s was kept: %v", name, err)
		}
	}
	ok(t, mark(map[string]any{"step": "intro", "id": "open", "text": "", "locale": "en"}))
	if own, err = b.Store.OwnLines(ctx, user.ID, c.ScriptID); err != nil || len(own) != 1 {
		t.Errorf("back to the script's words: %+v %v", own, err)
	}
}

func TestNote_ADeletedNoteLeavesTheEventsToo(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Xiomara Quiñones", "+12125550120")
	w := promise(b)
	w.Note = "has a brother who drinks, two boys"
	user, c := wrapped(t, b, w)
	_, err := b.Board.Mark(ctx, c.ID, user.ID, []phonebank.Event{event(b, "note", map[string]any{"text": "has a brother who drinks"}), event(b, "note", map[string]any{"text": w.Note})})
	ok(t, err)
	ok(t, b.Board.SetNote(ctx, c.ID, user.ID, " two boys "))
	kept := `SELECT count(*) FROM conversations WHERE wrap ->> 'note' = 'two boys'`
	drinks := `SELECT (SELECT count(*) FROM events WHERE data::text LIKE '%drinks%') + (SELECT count(*) FROM conversations WHERE wrap::text LIKE '%drinks%') + (SELECT count(*) FROM journal WHERE note LIKE '%drinks%')`
	if b.Count(kept) != 1 || b.Count(drinks) != 0 {
		t.Errorf("edited: %d kept, %d places still say what was taken out", b.Count(kept), b.Count(drinks))
	}
	if n := b.Count(`SELECT count(*) FROM events WHERE type = 'note' AND data ->> 'text' = 'two boys'`); n != 1 {
		t.Errorf("%d events carry the note as it stands", n)
	}
	ok(t, b.Board.SetNote(ctx, c.ID, user.ID, ""))
	if n := b.Count(`SELECT count(*) FROM events WHERE data::text LIKE '%two boys%'`) + b.Count(`SELECT count(*) FROM conversations WHERE wrap::text LIKE '%two boys%'`); n != 0 {
		t.Errorf("%d places still say what was deleted", n)
	}
	if n := b.Count(`SELECT count(*) FROM journal WHERE event IN ('note edited', 'note deleted') AND by_user = $1`, user.ID); n != 2 {
		t.Errorf("%d lines in the journal", n)
	}
}

func TestLogTalk_ATalkFaceToFaceOpensTheSamePanelAndIsKeptOnItsDay(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	person := b.Neighbor("Xiomara Quiñones", "+12125550120")
	user, _ := b.Volunteer("Dana", testbank.VolunteerPhone)
	yesterday := b.Clock.Now().Add(-24 * time.Hour)
	c, err := b.Board.LogTalk(ctx, person.ID, user.ID, yesterday, dialer.Choice{})
	ok(t, err)
	if c.Channel != phonebank.TalkInPerson || c.State != phonebank.ConversationOpen || c.ShiftID != "" || !c.StartedAt.Equal(yesterday) || c.ScriptVersion == 0 {
		t.Fatalf("the talk: %+v", c)
	}
	_, err = b.Board.Mark(ctx, c.ID, user.ID, []phonebank.Event{event(b, "slot", map[string]any{"name": "their_stake", "value": "your mother lives here too"})})
	ok(t, err)
	w := promise(b)
	ok(t, b.Board.Wrap(ctx, c.ID, user.ID, w))
	if n := b.Count(`SELECT count(*) FROM commitments WHERE state = 'open' AND user_id = $1`, user.ID); n != 1 {
		t.Errorf("%d commitments", n)
	}
	words, err := b.Store.Words(ctx, person.ID)
	ok(t, err)
	if len(words) != 1 || words[0].At.Sub(yesterday).Abs() > time.Millisecond {
		t.Errorf("their words are kept on the day they were said: %+v", words)
	}
	for _, day := range []time.Time{b.Clock.Now().Add(time.Hour), b.Clock.Now().AddDate(0, 0, -91)} {
		if _, err := b.Board.LogTalk(ctx, person.ID, user.ID, day, dialer.Choice{}); phonebank.KindOf(err) != phonebank.Invalid {
			t.Errorf("a talk on %s was logged: %v", day, err)
		}
	}
}
