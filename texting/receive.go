package texting

import (
	"context"
	"time"

	"phonebank"
	"phonebank/internal/crash"
	"phonebank/live"
	"phonebank/store"
	"phonebank/words"
)

// In is one inbound text, as the webhook read it.
type In struct {
	SID        string
	From, To   phonebank.Number
	Body       string
	Media      int
	OptOutType string    // Twilio's Advanced Opt-Out has read and answered the text already
	Zones      string    // where the number may be, should it be new
	At         time.Time // when they wrote it, where that was before now: it was fetched from Twilio's list
}

// Receive stores an inbound text with all its effects and answers after the commit. A repeat changes nothing. STOP blocks
// in the transaction that stores it; what may have been a no holds the number until a person has ruled.
func (d *Desk) Receive(ctx context.Context, in In) error {
	meaning, byTwilio, err := d.read(ctx, in)
	if err != nil {
		return err
	}
	at := d.Now()
	row := store.Inbound{SID: in.SID, From: in.From, To: in.To, Body: in.Body, Media: in.Media, Zones: in.Zones, At: at}
	if !in.At.IsZero() && in.At.Before(at) {
		row.At = in.At
	}
	if meaning == phonebank.Ordinary {
		got, err := d.together(ctx, row)
		if err == nil && got.Fresh {
			d.tell(got)
			d.weighSoon()
		}
		return err
	}
	return d.receiveKeyword(ctx, row, meaning, byTwilio || in.OptOutType != "", at)
}

// read applies the one rule; Twilio's own reading wins where it gives one.
func (d *Desk) read(ctx context.Context, in In) (phonebank.Meaning, bool, error) {
	switch in.OptOutType {
	case "STOP":
		return phonebank.SaysStop, true, nil
	case "START":
		return phonebank.SaysStart, true, nil
	case "HELP":
		return phonebank.SaysHelp, true, nil
	}
	open := false
	if phonebank.Fold(in.Body) == "yes" {
		var err error
		if open, err = d.Store.QuestionOpen(ctx, in.From); err != nil {
			return "", false, err
		}
	}
	meaning, byTwilio := phonebank.Read(in.Body, open)
	return meaning, byTwilio, nil
}

func (d *Desk) receiveKeyword(ctx context.Context, row store.Inbound, meaning phonebank.Meaning, answered bool, at time.Time) error {
	var got store.Received
	var stopped store.Stopped // or held: who is touched
	var reply phonebank.OutboxID
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		rows, err := tx.ReceiveTexts(ctx, []store.Inbound{row})
		if err != nil {
			return err
		}
		if got = rows[row.SID]; !got.Fresh {
			return nil
		}
		switch meaning {
		case phonebank.SaysStop:
			stopped, err = tx.OptOut(ctx, got.PhoneID, "text", row.Body, store.By{Said: row.At}, at)
		case phonebank.SaysStart:
			err = tx.OptIn(ctx, got.PhoneID, "text", row.Body, store.By{Said: row.At}, at)
		case phonebank.Refusal:
			stopped, err = tx.HoldPhone(ctx, got.PhoneID, row.Body, at)
		}
		crash.Here("keyword.before-commit")
		if err != nil || answered || meaning != phonebank.SaysStop && meaning != phonebank.SaysHelp || meaning == phonebank.SaysStop && !stopped.Fresh {
			return err
		}
		if at.Sub(row.At) >= answerKeywordWithin {
			return nil // its time has passed: what they asked for is done, and nothing may be sent to say so
		}
		if n, err := tx.LegalToday(ctx, got.PhoneID, at); err != nil || n >= phonebank.TextsPerDay {
			return err // two machines must not answer each other for ever
		}
		reply = phonebank.NewID[phonebank.OutboxID](at)
		return tx.AddOutbox(ctx, phonebank.Outbox{ID: reply, State: phonebank.OutboxReady, CampaignID: got.Campaign, PersonID: got.PersonID, PhoneID: got.PhoneID,
			From: row.To, To: row.From, Body: d.legalReply(meaning, row.Body, row.To), Legal: true, NotBefore: at, NotAfter: row.At.Add(answerKeywordWithin), CreatedAt: at})
	})
	if err != nil || !got.Fresh {
		return err
	}
	crash.Here("keyword.committed")
	d.tell(got)
	if len(stopped.People) > 0 {
		d.tellAll(stopped)
	}
	if reply != "" {
		// The answer must not make Twilio wait for Twilio; should it fail, the sweeper finds the row.
		go func() {
			if err := d.Deliver(context.WithoutCancel(ctx), reply, 0); err != nil {
				d.Log.Warn("legal reply not sent", "outbox", reply, "error", err)
			}
		}()
	}
	return nil
}

// answerKeywordWithin is how long after a keyword its one answer may leave.
const answerKeywordWithin = 5 * time.Minute

// legalReply is the one text that may follow a STOP (47 CFR 64.1200(a)(12): one confirmation within five minutes), in the
// language of the keyword.
func (d *Desk) legalReply(m phonebank.Meaning, keyword string, ours phonebank.Number) string {
	l := words.English
	if phonebank.InSpanish(keyword) {
		l = words.Spanish
	}
	if m == phonebank.SaysStop {
		return l.Say("%s: you're off our list. We won't text or call you again. Reply START if you change your mind.", d.Org)
	}
	return l.Say("%s: we call and text neighbors about our campaign. Reply here or call %s. Reply STOP and we stop.", d.Org, ours.Pretty())
}

func (d *Desk) tell(got store.Received) {
	topics := []string{live.Room, live.Inbox}
	if got.PersonID != "" {
		topics = append(topics, "person:"+string(got.PersonID))
	}
	if got.OwnerID != "" {
		topics = append(topics, "user:"+string(got.OwnerID))
	}
	if got.Conversation != "" {
		topics = append(topics, "conversation:"+string(got.Conversation))
	}
	d.Live.Publish(topics...)
}

// waiting is one request whose text waits for the next commit.
type waiting struct {
	row    store.Inbound
	answer chan answer
}

type answer struct {
	got store.Received
	err error
}

// together hands a text to the gathering loop: texts that arrive while a commit is under way share the next one, so the disk
// is waited for once for many. Each request is answered only after its commit.
func (d *Desk) together(ctx context.Context, row store.Inbound) (store.Received, error) {
	w := waiting{row: row, answer: make(chan answer, 1)}
	select {
	case d.inbound <- w:
	case <-d.done:
		return store.Received{}, phonebank.Fail(phonebank.Unavailable, "We are closing down. Please try again.")
	case <-ctx.Done():
		return store.Received{}, phonebank.Because(ctx.Err(), phonebank.Unavailable, "We are too busy right now. Please try again.")
	}
	a := <-w.answer // the loop answers everything it takes, within the deadline of the database
	return a.got, a.err
}

func (d *Desk) receiveBatch(batch []waiting) {
	ctx := context.Background() // the requests are many; the database's own deadline bounds this
	unique := map[string]bool{}
	var rows []store.Inbound
	for _, w := range batch {
		if !unique[w.row.SID] {
			unique[w.row.SID] = true
			rows = append(rows, w.row)
		}
	}
	crash.Here("inbound.before-commit")
	got, err := d.Store.ReceiveTexts(ctx, rows)
	crash.Here("inbound.committed")
	if err != nil && len(rows) > 1 && phonebank.KindOf(err) != phonebank.Unavailable {
		// One text that cannot be stored must not take the others with it.
		for _, w := range batch {
			one, err := d.Store.ReceiveTexts(ctx, []store.Inbound{w.row})
			w.answer <- answer{got: one[w.row.SID], err: err}
		}
		return
	}
	for _, w := range batch {
		w.answer <- answer{got: got[w.row.SID], err: err}
	}
}
