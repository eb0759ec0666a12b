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

// Choice is what is settled on the prep card before a talk begins. What is left empty follows the campaign, the session
// and the person.
type Choice struct {
	Script string // a live script; empty: the campaign's own
	Ask    string // an ask of that script, or script.NoAsk; empty: the session's where the script has it, else the script's own
	Locale string // a language of that script; empty: the person's
}

// Begin writes a new talk down with the live version of its script: it keeps that version to its end. The talk comes with
// who holds it, with whom, and by which channel.
func Begin(ctx context.Context, tx *store.Tx, talk phonebank.Conversation, choice Choice, at time.Time) (phonebank.Conversation, error) {
	campaign, err := tx.Campaign(ctx, talk.CampaignID)
	if err != nil {
		return talk, err
	}
	talk.ScriptID = choice.Script
	if talk.ScriptID == "" {
		talk.ScriptID = campaign.ScriptID
	}
	version, doc, err := tx.LiveScript(ctx, talk.ScriptID)
	if err != nil {
		return talk, phonebank.Because(err, phonebank.Unavailable, "This script isn't live. Ask the host to publish it, or choose another.")
	}
	s, err := script.Parse(doc)
	if err != nil {
		return talk, err
	}
	if talk.AskID, err = askFor(ctx, tx, s, talk.SessionID, choice.Ask); err != nil {
		return talk, err
	}
	if talk.Locale, err = localeFor(ctx, tx, s, talk.PersonID, choice.Locale); err != nil {
		return talk, err
	}
	talk.ID, talk.State, talk.StartedAt = phonebank.NewID[phonebank.ConversationID](at), phonebank.ConversationOpen, at
	talk.ScriptVersion, talk.Kind = version, s.Kind
	return talk, tx.AddConversation(ctx, talk)
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
	if session != "" {
		open, err := tx.Session(ctx, session)
		if err != nil {
			return "", err
		}
		if _, ok := s.AskByID(open.AskID); ok {
			return open.AskID, nil
		}
		if s.Kind == "recruitment" {
			return script.NoAsk, nil // the host chose to ask for nothing
		}
	}
	if step, ok := s.AskStep(); ok && step.Ask != nil && *step.Ask != "" {
		return *step.Ask, nil
	}
	return script.NoAsk, nil
}

// localeFor settles the language of a talk: the person's, where the script speaks it.
func localeFor(ctx context.Context, tx *store.Tx, s *script.Script, id phonebank.PersonID, wanted string) (string, error) {
	if wanted == "" {
		person, err := tx.Person(ctx, id)
		if err != nil {
			return "", err
		}
		wanted = string(words.Spoken(person.Languages))
	}
	if !slices.Contains(s.Locales, wanted) {
		return s.Locales[0], nil
	}
	return wanted, nil
}
