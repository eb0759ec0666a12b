package dialer

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
)

const longestReport = 2000

// threatened writes a report of retaliation down and puts it on a coordinator's list, due now. What is added later in the
// same talk is the same report.
func (b *Switchboard) threatened(ctx context.Context, tx *store.Tx, c phonebank.Conversation, e phonebank.Event, at time.Time) error {
	var d struct{ Words string }
	if err := json.Unmarshal(e.Data, &d); err != nil {
		return phonebank.Because(err, phonebank.Invalid, "This mark can't be read.")
	}
	words := strings.TrimSpace(d.Words)
	if len([]rune(words)) > longestReport {
		return phonebank.Fail(phonebank.Invalid, "That is too long to keep in one piece. Shorten it, and write the rest in your notes.")
	}
	open, err := tx.RetaliationIn(ctx, c.ID)
	if err == nil {
		return tx.SetRetaliationWords(ctx, open.ID, words)
	}
	if phonebank.KindOf(err) != phonebank.NotFound {
		return err
	}
	person, err := tx.Person(ctx, c.PersonID)
	if err != nil {
		return err
	}
	phone, err := tx.LockPhone(ctx, person.PhoneID)
	if err != nil {
		return err
	}
	zone := phonebank.FirstZone(person.Places(phone))
	loc, err := phonebank.Zone(zone)
	if err != nil {
		return err
	}
	// It waits for a person from the start and is nobody's: a volunteer who is ready for their next call never gets it.
	f := phonebank.FollowUp{ID: phonebank.NewID[phonebank.FollowUpID](at), CampaignID: c.CampaignID, PersonID: person.ID, PhoneID: phone.ID, Conversation: c.ID,
		Channel: phonebank.ByCall, Reason: phonebank.ReasonRetaliation, State: phonebank.FollowUpNeedsPerson, Local: at.In(loc).Format(phonebank.LocalForm), Zone: zone,
		DueAt: at, NotAfter: at.AddDate(0, 0, 90), CreatedAt: at}
	if err := tx.AddFollowUp(ctx, f, "", phone.Number); err != nil {
		return err
	}
	return tx.AddRetaliation(ctx, phonebank.Retaliation{ID: phonebank.RetaliationID(e.ID), PersonID: person.ID, Conversation: c.ID, UserID: c.UserID, FollowUpID: f.ID,
		Words: words, State: phonebank.RetaliationOpen, At: at})
}

var (
	places = regexp.MustCompile(`\{([a-z][a-z0-9_]*)(?:\|[^{}]*)?\}`)
	braces = strings.NewReplacer("{", "", "}", "")
)

// ownLine keeps a volunteer's own wording of a line for their next talk by this script. Only the places that the script's
// line has may stand in it: braces never reach a screen.
func ownLine(ctx context.Context, tx *store.Tx, c phonebank.Conversation, e phonebank.Event, at time.Time) error {
	var d store.OwnLine
	if err := json.Unmarshal(e.Data, &d); err != nil {
		return phonebank.Because(err, phonebank.Invalid, "This mark can't be read.")
	}
	doc, err := tx.Script(ctx, c.ScriptID, c.ScriptVersion)
	if err != nil {
		return err
	}
	s, err := script.Parse(doc)
	if err != nil {
		return err
	}
	line, ok := lineOf(s, d.Step, d.Line)
	if !ok {
		return phonebank.Fail(phonebank.Invalid, "This script has no such line any more.")
	}
	if d.Locale == "" {
		d.Locale = c.Locale
	}
	d.Words = strings.TrimSpace(d.Words)
	if len([]rune(d.Words)) > phonebank.LongestOwnLine {
		return phonebank.Fail(phonebank.Invalid, "That is longer than one breath. Shorten your line.")
	}
	known := map[string]bool{}
	for _, locale := range s.Locales {
		for _, m := range places.FindAllStringSubmatch(line.Text.In(locale), -1) {
			known[m[1]] = true
		}
	}
	rest := places.ReplaceAllStringFunc(d.Words, func(place string) string {
		if known[places.FindStringSubmatch(place)[1]] {
			return ""
		}
		return place
	})
	if braces.Replace(rest) != rest {
		return phonebank.Fail(phonebank.Invalid, "Your line has braces in it. Use only the words in brackets that were there.")
	}
	return tx.KeepOwnLine(ctx, c.UserID, c.ScriptID, d, at)
}

func lineOf(s *script.Script, step, id string) (script.Line, bool) {
	if st, ok := s.Step(step); ok {
		for _, l := range st.Say {
			if l.ID == id {
				return l, true
			}
		}
	}
	return script.Line{}, false
}
