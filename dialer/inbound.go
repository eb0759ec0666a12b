package dialer

import (
	"context"
	"time"

	"phonebank"
	"phonebank/internal/crash"
	"phonebank/store"
	"phonebank/words"
)

// Step is what Twilio is to do next with a leg; carrier's TwiML says it in Twilio's words.
type Step string

const (
	AskForOne Step = "ask_for_one" // a volunteer's phone answered: press 1 to join
	Enter     Step = "enter"       // into the room
	TakeWords Step = "take_words"  // nobody is free: a voicemail
	Thanks    Step = "thanks"      // the voicemail is kept
	SayGood   Step = "say_good"    // a test call works
	Goodbye   Step = "goodbye"
	Sorry     Step = "sorry" // this step belongs to nothing we know
)

// Instruction answers a voice webhook.
type Instruction struct {
	Step       Step
	Token      string
	Conference string
	Label      string
	Name       string         // to be said aloud
	Volunteer  bool           // the leg is a volunteer's own
	Language   words.Language // of whoever listens; empty: nobody knows it yet
}

// Inbound is a call to one of our numbers.
type Inbound struct {
	SID      string
	From, To phonebank.Number
	Zones    string
}

// CallIn puts a caller through to whoever has their card open to call them back, else to the volunteer who knows them if
// ready, else to any ready one of the campaign; else they leave a message. What was promised to them for today is on that
// talk's card, and finished by it. Either way somebody calls back whom nobody could take. Twilio may ask twice; the answer is
// the same.
func (b *Switchboard) CallIn(ctx context.Context, in Inbound) (Instruction, error) {
	at := b.Now()
	var out Instruction
	var shift phonebank.Shift
	var person phonebank.Person
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		known, err := tx.CallBySID(ctx, in.SID)
		if err == nil {
			out, err = b.again(ctx, tx, known)
			return err
		}
		if phonebank.KindOf(err) != phonebank.NotFound {
			return err
		}
		phone, err := tx.KeepPhone(ctx, in.From, in.Zones, at)
		if err != nil {
			return err
		}
		if phone, err = tx.LockPhone(ctx, phone.ID); err != nil {
			return err
		}
		if err := tx.HeardFrom(ctx, phone.ID, at); err != nil {
			return err
		}
		if person, err = b.caller(ctx, tx, phone, at); err != nil {
			return err
		}
		crash.Here("call-in.before-commit")
		campaign, err := tx.CampaignOf(ctx, person.ID, in.To)
		if err != nil {
			return err
		}
		call := phonebank.Call{ID: phonebank.NewID[phonebank.CallID](at), Kind: phonebank.CallIn, State: phonebank.CallAnswered, SID: in.SID, Token: phonebank.NewToken(),
			CampaignID: campaign.ID, PersonID: person.ID, PhoneID: phone.ID, From: in.From, To: in.To, Tries: 1, CreatedAt: at, AnsweredAt: &at}
		out = Instruction{Step: TakeWords, Token: call.Token, Language: spokenBy(person)}
		shift, err = tx.ReadyShift(ctx, campaign.ID, person)
		if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
			if err := tx.AddCall(ctx, call, ""); err != nil {
				return err
			}
			return b.promiseReturn(ctx, tx, call, person, phone, at)
		}
		if err != nil {
			return err
		}
		shift.PersonID, shift.FollowUpID = person.ID, ""
		if err := attach(ctx, tx, &shift, phonebank.FollowUpStart, at); err != nil {
			return err
		}
		if err := tx.TakeNumber(ctx, phone.ID, shift.ID, at); err != nil {
			return err
		}
		conversation, err := b.begin(ctx, tx, shift, Choice{TheyCalled: true}, at)
		if err != nil {
			return err
		}
		shift.Conversation, call.Conversation, call.ShiftID, call.FollowUpID = conversation.ID, conversation.ID, shift.ID, shift.FollowUpID
		if err := tx.AddCall(ctx, call, ""); err != nil {
			return err
		}
		if err := move(ctx, tx, &shift, phonebank.ShiftDial, at); err != nil {
			return err
		}
		out = Instruction{Step: Enter, Token: call.Token, Conference: conference(shift.ID), Label: label(call.ID), Name: person.FirstName, Language: spokenBy(person)}
		return nil
	})
	if phonebank.KindOf(err) == phonebank.Conflict && err != nil {
		// Twilio asked twice at once, and the other request was faster: both get its answer.
		err = b.Store.InTx(ctx, func(tx *store.Tx) error {
			known, err := tx.CallBySID(ctx, in.SID)
			if err != nil {
				return err
			}
			out, err = b.again(ctx, tx, known)
			return err
		})
		return out, err
	}
	if err == nil {
		crash.Here("call-in.committed")
		b.tell(shift, "person:"+string(person.ID), "user:"+string(person.OwnerID))
	}
	return out, err
}

// again answers a request that Twilio repeats.
func (b *Switchboard) again(ctx context.Context, tx *store.Tx, call phonebank.Call) (Instruction, error) {
	person, err := tx.Person(ctx, call.PersonID)
	if call.ShiftID == "" {
		return Instruction{Step: TakeWords, Token: call.Token, Language: spokenBy(person)}, err
	}
	return Instruction{Step: Enter, Token: call.Token, Conference: conference(call.ShiftID), Label: label(call.ID), Name: person.FirstName, Language: spokenBy(person)}, err
}

// caller finds who rings, or writes an unknown number down: it is kept, and a volunteer sees its last four digits. Nobody is
// given a first name that they never told: it would be said aloud to them.
func (b *Switchboard) caller(ctx context.Context, tx *store.Tx, phone phonebank.Phone, at time.Time) (phonebank.Person, error) {
	person, err := tx.PersonOf(ctx, phone.ID)
	if err == nil || phonebank.KindOf(err) != phonebank.NotFound {
		return person, err
	}
	last := phone.Number
	if len(last) > 4 {
		last = last[len(last)-4:]
	}
	return tx.AddPerson(ctx, phonebank.Person{ID: phonebank.NewID[phonebank.PersonID](at), PhoneID: phone.ID, Name: phonebank.UnknownCaller + string(last), CreatedAt: at})
}

// promiseReturn keeps a call that nobody could take as a callback, from the first moment: they may hang up before the tone.
func (b *Switchboard) promiseReturn(ctx context.Context, tx *store.Tx, call phonebank.Call, person phonebank.Person, phone phonebank.Phone, at time.Time) error {
	if phone.OptedOutAt != nil {
		return nil // they rang us, and asked us not to ring: what they say is kept, and nobody calls back by itself
	}
	if owed, err := tx.OwesReturn(ctx, phone.ID); err != nil || owed {
		return err
	}
	zones := person.Places(phone)
	due := phonebank.NextContact(zones, at, 0)
	if due.IsZero() {
		due = at
	}
	zone := phonebank.FirstZone(zones)
	loc, err := phonebank.Zone(zone)
	if err != nil {
		return err
	}
	return tx.AddFollowUp(ctx, phonebank.FollowUp{ID: phonebank.NewID[phonebank.FollowUpID](at), CampaignID: call.CampaignID, PersonID: person.ID, PhoneID: phone.ID,
		OwnerID: person.OwnerID, Channel: phonebank.ByCall, Reason: phonebank.ReasonReturned, State: phonebank.FollowUpPlanned, Local: due.In(loc).Format(phonebank.LocalForm),
		Zone: zone, DueAt: due.UTC(), NotAfter: due.AddDate(0, 0, 14), CreatedAt: at}, call.To, phone.Number)
}

// Next answers the further steps of a leg: a volunteer's key, the end of a room, a voicemail that was left.
func (b *Switchboard) Next(ctx context.Context, step, token, digits string) (Instruction, error) {
	call, err := b.Store.CallByToken(ctx, token)
	if err != nil {
		return Instruction{Step: Sorry}, err
	}
	out, err := b.next(ctx, call, step, digits)
	out.Token, out.Language = call.Token, b.tongue(ctx, call)
	return out, err
}

// tongue is the language of whoever is on a leg. A voice does not wait for it: where it cannot be read, nobody knows it.
func (b *Switchboard) tongue(ctx context.Context, call phonebank.Call) words.Language {
	if call.PersonID != "" {
		person, err := b.Store.Person(ctx, call.PersonID)
		if err != nil {
			return ""
		}
		return spokenBy(person)
	}
	shift, err := b.Store.Shift(ctx, call.ShiftID)
	if err != nil {
		return ""
	}
	user, err := b.Store.User(ctx, shift.UserID)
	switch {
	case err != nil:
		return ""
	case user.Locale != "":
		return words.Known(user.Locale)
	}
	return words.Spoken(user.Languages)
}

// spokenBy is the language of a person, as far as somebody has written it down.
func spokenBy(person phonebank.Person) words.Language {
	if person.Languages == "" {
		return ""
	}
	return words.Spoken(person.Languages)
}

func (b *Switchboard) next(ctx context.Context, call phonebank.Call, step, digits string) (Instruction, error) {
	switch {
	case step == "join" && call.Kind == phonebank.CallVolunteer:
		return Instruction{Step: AskForOne, Name: b.Org}, nil
	case step == "pressed" && call.Kind == phonebank.CallVolunteer:
		if digits != "1" {
			return Instruction{Step: Goodbye}, nil
		}
		return Instruction{Step: Enter, Conference: conference(call.ShiftID), Label: volunteerLabel, Volunteer: true}, nil
	case step == "left":
		if call.Kind == phonebank.CallIn && call.ShiftID != "" {
			return Instruction{Step: Goodbye}, b.end(ctx, call.ID, ending{status: "completed"})
		}
		return Instruction{Step: Goodbye}, nil
	case step == "test" && call.Kind == phonebank.CallTest:
		return Instruction{Step: SayGood}, nil
	case step == "recorded" && call.Kind == phonebank.CallIn:
		return Instruction{Step: Thanks}, b.end(ctx, call.ID, ending{status: "completed"})
	}
	return Instruction{Step: Sorry}, phonebank.Fail(phonebank.NotFound, "There is no such step for this call.")
}

// Recorded keeps where a voicemail can be heard.
func (b *Switchboard) Recorded(ctx context.Context, token, recordingSID string, seconds int) error {
	at := b.Now()
	var call phonebank.Call
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if call, err = tx.CallByToken(ctx, token); err != nil {
			return err
		}
		if call.Kind != phonebank.CallIn {
			return phonebank.Fail(phonebank.NotFound, "There is no voicemail on this call.")
		}
		if err := tx.SetRecording(ctx, call.ID, recordingSID, seconds); err != nil {
			return err
		}
		crash.Here("voicemail.before-commit")
		return tx.Note(ctx, at, "call", string(call.ID), "voicemail", store.By{})
	})
	if err != nil {
		return err
	}
	crash.Here("voicemail.committed")
	topics := []string{"room", "person:" + string(call.PersonID)}
	if p, err := b.Store.Person(ctx, call.PersonID); err == nil && p.OwnerID != "" {
		topics = append(topics, "user:"+string(p.OwnerID))
	}
	b.Live.Publish(topics...)
	return nil
}
