package dialer

import (
	"context"
	"time"

	"phonebank"
	"phonebank/carrier"
	"phonebank/store"
)

// stillComing is how long a call may be on its way to us by webhook before it counts as one that never reached us.
const stillComing = time.Minute

// Fetch asks Twilio for the calls to a number of ours since a moment. One that never reached us was met by a dead line or by an
// apology: it is kept as missed, and somebody calls back.
func (b *Switchboard) Fetch(ctx context.Context, ours phonebank.Number, since time.Time, zones func(phonebank.Number) string) (missed int, err error) {
	list, err := b.Carrier.CallsIn(ctx, string(ours), since)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	sids := make([]string, len(list))
	for i, c := range list {
		sids[i] = c.SID
	}
	unknown, err := b.Store.NotAnswered(ctx, sids)
	if err != nil {
		return 0, err
	}
	wanted := map[string]bool{}
	for _, sid := range unknown {
		wanted[sid] = true
	}
	for _, c := range list {
		from := phonebank.Number(c.From)
		if !wanted[c.SID] || !from.Valid() || !over(c.Status) && b.Now().Sub(c.At) < stillComing {
			continue // a withheld number can be neither known nor called back
		}
		err := b.missed(ctx, c, zones(from))
		switch phonebank.KindOf(err) {
		case phonebank.Conflict: // its webhook was only slow, and has just been answered
		case phonebank.Invalid: // one call that can't be kept must not keep all others from being made
			b.Log.Error("a call that was found can't be kept", "sid", c.SID, "error", err)
			continue
		default:
			if err != nil {
				return missed, err
			}
		}
		missed++
	}
	return missed, nil
}

// missed keeps one call that nobody of us heard of while it rang.
func (b *Switchboard) missed(ctx context.Context, c carrier.CameIn, zones string) error {
	at := b.Now()
	var person phonebank.Person
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		phone, err := tx.KeepPhone(ctx, phonebank.Number(c.From), zones, c.At)
		if err != nil {
			return err
		}
		if phone, err = tx.LockPhone(ctx, phone.ID); err != nil {
			return err
		}
		if err := tx.HeardFrom(ctx, phone.ID, c.At); err != nil {
			return err
		}
		if person, err = b.caller(ctx, tx, phone, at); err != nil {
			return err
		}
		campaign, err := tx.CampaignOf(ctx, person.ID, phonebank.Number(c.To))
		if err != nil {
			return err
		}
		call := phonebank.Call{ID: phonebank.NewID[phonebank.CallID](at), Kind: phonebank.CallIn, State: phonebank.CallAnswered, SID: c.SID, Token: phonebank.NewToken(),
			CampaignID: campaign.ID, PersonID: person.ID, PhoneID: phone.ID, From: phonebank.Number(c.From), To: phonebank.Number(c.To), Tries: 1, CreatedAt: c.At, AnsweredAt: &c.At}
		if err := tx.AddCall(ctx, call, ""); err != nil {
			return err
		}
		call.Result = phonebank.ResultNoAnswer
		change, err := call.Apply(phonebank.CallEnd, at)
		if err != nil {
			return err
		}
		if err := tx.SaveCall(ctx, call, change, store.By{Note: "never reached us; found in Twilio's list"}); err != nil {
			return err
		}
		if since, err := tx.HeardSince(ctx, phone.ID, c.At); err != nil || since {
			return err // they have talked with one of us in the meantime
		}
		return b.promiseReturn(ctx, tx, call, person, phone, at)
	})
	if err == nil {
		b.Live.Publish("room", "due", "person:"+string(person.ID), "user:"+string(person.OwnerID))
	}
	return err
}

// FetchVoicemails asks Twilio for the recordings since a moment and keeps those of calls to us whose report was lost.
func (b *Switchboard) FetchVoicemails(ctx context.Context, since time.Time) (missed int, err error) {
	list, err := b.Carrier.Voicemails(ctx, since)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	of := map[string]carrier.Voicemail{}
	var sids []string
	for _, v := range list {
		of[v.CallSID] = v
		sids = append(sids, v.CallSID)
	}
	calls, err := b.Store.NotRecorded(ctx, sids)
	if err != nil {
		return 0, err
	}
	for _, call := range calls {
		v := of[call.SID]
		if err := b.Recorded(ctx, call.Token, v.SID, v.Seconds); err != nil {
			return missed, err
		}
		missed++
	}
	return missed, nil
}
