package texting

import (
	"context"
	"time"

	"phonebank"
	"phonebank/store"
	"phonebank/words"
)

// In is one inbound text, as the webhook read it.
type In struct {
	SID        string
	From, To   phonebank.Number
	Body       string
	Media      int
	OptOutType string // Twilio's Advanced Opt-Out has read and answered the text already
	Zones      string // where the number may be, should it be new
}

// Receive stores an inbound text with all its effects and answers after the commit. A repeat changes nothing. STOP blocks
// in the transaction that stores it; what may have been a no holds the number until a person has ruled.
func (d *Desk) Receive(ctx context.Context, in In) error {
	meaning, byTwilio, err := d.read(ctx, in)
	if err != nil {
		return err
	}
	row := store.Inbound{SID: in.SID, From: in.From, To: in.To, Body: in.Body, Media: in.Media, Zones: in.Zones, At: d.Now()}
	if meaning == phonebank.Ordinary {
		got, err := d.together(ctx, row)
		if err == nil && got.Fresh {
			d.tell(got)
		}
		return err
	}
	return d.receiveKeyword(ctx, row, meaning, byTwilio || in.OptOutType != "")
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

func (d *Desk) receiveKeyword(ctx context.Context, row store.Inbound, meaning phonebank.Meaning, answered bool) error {
	var got store.Received
	var stopped store.Stopped
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
			stopped, err = tx.OptOut(ctx, got.PhoneID, "text", row.Body, store.By{}, row.At)
		case phonebank.SaysStart:
			err = tx.OptIn(ctx, got.PhoneID, "text", row.Body, store.By{}, row.At)
		case phonebank.Refusal:
			err = tx.HoldPhone(ctx, got.PhoneID, row.Body, row.At)
		}
		if err != nil || answered || meaning != phonebank.SaysStop && meaning != phonebank.SaysHelp || meaning == phonebank.SaysStop && !stopped.Fresh {
			return err
		}
		if n, err := tx.LegalToday(ctx, got.PhoneID, row.At); err != nil || n >= phonebank.TextsPerDay {
			return err // two machines must not answer each other for ever
		}
		reply = phonebank.NewID[phonebank.OutboxID](row.At)
		return tx.AddOutbox(ctx, phonebank.Outbox{ID: reply, State: phonebank.OutboxReady, CampaignID: got.Campaign, PersonID: got.PersonID, PhoneID: got.PhoneID,
			From: row.To, To: row.From, Body: d.legalReply(meaning, row.Body, row.To), Legal: true, NotBefore: row.At, NotAfter: row.At.Add(5 * time.Minute), CreatedAt: row.At})
	})
	if err != nil || !got.Fresh {
		return err
	}
	d.tell(got)
	for _, p := range stopped.People {
		d.Live.Publish("person:" + string(p))
	}
	for _, u := range stopped.Owners {
		d.Live.Publish("user:" + string(u))
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
	topics := []string{"room"}
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
	case d.gather <- w:
	case <-d.done:
		return store.Received{}, phonebank.Fail(phonebank.Unavailable, "We are closing down. Please try again.")
	case <-ctx.Done():
		return store.Received{}, phonebank.Because(ctx.Err(), phonebank.Unavailable, "We are too busy right now. Please try again.")
	}
	a := <-w.answer // the loop answers everything it takes, within the deadline of the database
	return a.got, a.err
}

// gatherMost bounds one commit: its latency is everybody's.
const gatherMost = 64

func (d *Desk) gatherLoop() {
	for {
		var first waiting
		select {
		case <-d.done:
			return
		case first = <-d.gather:
		}
		batch := []waiting{first}
	fill:
		for len(batch) < gatherMost {
			select {
			case w := <-d.gather:
				batch = append(batch, w)
			default:
				break fill
			}
		}
		d.receiveBatch(batch)
	}
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
	got, err := d.Store.ReceiveTexts(ctx, rows)
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
