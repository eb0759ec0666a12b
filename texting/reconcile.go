package texting

import (
	"context"
	"strings"
	"time"

	"phonebank"
)

// Fetch asks Twilio for the texts to a number of ours since a moment and receives those that never reached us, the oldest
// first: each comes in as if its webhook had. Where somebody may be is read from their number by zones.
func (d *Desk) Fetch(ctx context.Context, ours phonebank.Number, since time.Time, zones func(phonebank.Number) string) (missed int, err error) {
	list, err := d.Carrier.TextsIn(ctx, string(ours), since)
	if err != nil {
		return 0, err
	}
	for len(list) > 0 {
		part := list[:min(len(list), fetchBatch)]
		list = list[len(part):]
		sids := make([]string, len(part))
		for i, m := range part {
			sids[i] = m.SID
		}
		unknown, err := d.Store.NotReceived(ctx, sids)
		if err != nil {
			return missed, err
		}
		wanted := map[string]bool{}
		for _, sid := range unknown {
			wanted[sid] = true
		}
		for _, m := range part {
			from := phonebank.Number(m.From)
			if !wanted[m.SID] || !from.Valid() {
				continue // we have it, or it is from a short code, which we do not take by webhook either
			}
			in := In{SID: m.SID, From: from, To: phonebank.Number(m.To), Body: Stored(m.Body), Media: m.Media, Zones: zones(from), At: m.At}
			err := d.Receive(ctx, in)
			if phonebank.KindOf(err) == phonebank.Invalid && err != nil {
				d.Log.Error("a text that came in can't be stored", "sid", m.SID) // one text must not keep all others from leaving
				continue
			}
			if err != nil {
				return missed, err
			}
			missed++
		}
	}
	return missed, nil
}

// fetchBatch is how many of Twilio's names of texts are looked for in one question.
const fetchBatch = 500

// Stored takes out of a text what Postgres cannot hold: a null byte, and bytes that are no UTF-8. Everything else stays letter by letter.
func Stored(body string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(body, "�"), "\x00", "")
}
