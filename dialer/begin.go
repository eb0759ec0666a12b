package dialer

import (
	"context"
	"slices"
	"time"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
	"phonebank/words"
)

// Choice is what is settled on the prep card before a talk begins. What is left empty follows the session, the campaign
// and the person.
type Choice struct {
	Script     string // a live script; empty: the session's, else the campaign's own
	Ask        string // an ask of that script, or script.NoAsk; empty: the session's where the script has it, else the script's own
	Locale     string // a language of that script; empty: the person's
	TheyCalled bool   // they rang us: nobody is turned away for the script that happens to be open
}

// Begin writes a new talk down with the live version of its script: it keeps that version to its end. The talk comes with
// who holds it, with whom, and by which channel. A step up begins only where its gate is open, whatever a form says; one
// that was held face to face is written down as it was.
func Begin(ctx context.Context, tx *store.Tx, talk phonebank.Conversation, choice Choice, at time.Time) (phonebank.Conversation, error) {
	id, err := scriptFor(ctx, tx, talk, choice.Script)
	if err != nil {
		return talk, err
	}
	version, doc, err := tx.LiveScript(ctx, id)
	if err != nil {
		return talk, phonebank.Because(err, phonebank.Unavailable, "This script isn't live. Ask the host to publish it, or choose another.")
	}
	s, err := script.Parse(doc)
	if err != nil {
		return talk, err
	}
	if s.Kind == phonebank.KindEscalation && !choice.TheyCalled && talk.Channel != phonebank.TalkInPerson {
		r, err := tx.Relationship(ctx, talk.PersonID, talk.UserID)
		if err != nil {
			return talk, err
		}
		if why, closed := GateOf(s).Closed(r, at); closed {
			return talk, phonebank.Fail(phonebank.Forbidden, why.Format, daysOf(why.Args)...)
		}
	}
	if talk.AskID, err = askFor(ctx, tx, s, talk.SessionID, choice.Ask); err != nil {
		return talk, err
	}
	if talk.Locale, err = localeFor(ctx, tx, s, talk, choice.Locale); err != nil {
		return talk, err
	}
	talk.ID, talk.State, talk.StartedAt = phonebank.NewID[phonebank.ConversationID](at), phonebank.ConversationOpen, at
	talk.ScriptID, talk.ScriptVersion, talk.Kind = id, version, s.Kind
	return talk, tx.AddConversation(ctx, talk)
}

// scriptFor settles by which script a talk is held.
func scriptFor(ctx context.Context, tx *store.Tx, talk phonebank.Conversation, wanted string) (string, error) {
	if wanted != "" {
		return wanted, nil
	}
	if talk.SessionID != "" {
		session, err := tx.Session(ctx, talk.SessionID)
		if err != nil || session.ScriptID != "" {
			return session.ScriptID, err
		}
	}
	campaign, err := tx.Campaign(ctx, talk.CampaignID)
	return campaign.ScriptID, err
}

// GateOf is the gate that a script names before a talk by it; a step up always has one.
func GateOf(s *script.Script) phonebank.Gate {
	if s.Kind != phonebank.KindEscalation {
		return phonebank.Gate{}
	}
	if s.Eligible == nil {
		return phonebank.StepUpGate
	}
	return phonebank.Gate{Kept: s.Eligible.MinKeptCommitments, Days: s.Eligible.MaxDaysSinceTalk, OK: s.Eligible.Needs != ""}
}

// daysOf writes the days among the words of a sentence out, as an error is told without knowing where somebody lives.
func daysOf(args []any) []any {
	list := slices.Clone(args)
	for i, a := range list {
		if day, ok := a.(time.Time); ok {
			list[i] = day.Format(time.DateOnly)
		}
	}
	return list
}

// askFor settles the one live ask of a talk.
func askFor(ctx context.Context, tx *store.Tx, s *script.Script, session phonebank.SessionID, wanted string) (string, error) {
	if wanted == script.NoAsk {
		return wanted, nil
	}
	if wanted != "" {
		if _, ok := s.AskByID(wanted); !ok {
			return "", phonebank.Fail(phonebank.Invalid, "This script has no such ask. Choose another.")
		}
		return wanted, nil
	}
	if session == "" {
		return UsualAsk(s, ""), nil
	}
	open, err := tx.Session(ctx, session)
	return UsualAsk(s, open.AskID), err
}

// UsualAsk is the ask of a talk for which nobody chooses another: the session's where the script has it, else the script's own.
func UsualAsk(s *script.Script, session string) string {
	if _, ok := s.AskByID(session); ok {
		return session
	}
	if session == script.NoAsk && s.Kind == phonebank.KindRecruitment {
		return script.NoAsk // the host chose to ask for nothing
	}
	if step, ok := s.AskStep(); ok && step.Ask != nil && *step.Ask != "" {
		return *step.Ask
	}
	return script.NoAsk
}

// localeFor settles the language of a talk.
func localeFor(ctx context.Context, tx *store.Tx, s *script.Script, talk phonebank.Conversation, wanted string) (string, error) {
	if wanted != "" && slices.Contains(s.Locales, wanted) {
		return wanted, nil
	}
	person, err := tx.Person(ctx, talk.PersonID)
	if err != nil || talk.UserID == "" {
		return UsualLocale(s, person.Languages, "", words.English), err
	}
	me, err := tx.User(ctx, talk.UserID)
	return UsualLocale(s, person.Languages, me.Languages, words.Known(me.Locale)), err
}

// UsualLocale is the language of a talk for which nobody chooses another: the first of theirs that the volunteer speaks too,
// and where the volunteer hasn't told, the one that they read our pages in; else the first of theirs. The script must speak it.
func UsualLocale(s *script.Script, theirs, mine string, reads words.Language) string {
	own := words.Among(mine)
	if len(own) == 0 {
		own = []words.Language{reads}
	}
	first := ""
	for _, l := range words.Among(theirs) {
		switch {
		case !slices.Contains(s.Locales, string(l)):
		case slices.Contains(own, l):
			return string(l)
		case first == "":
			first = string(l)
		}
	}
	switch {
	case first != "":
		return first
	case slices.Contains(s.Locales, string(own[0])):
		return string(own[0])
	}
	return s.Locales[0]
}
