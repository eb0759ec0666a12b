package worker

import (
	"context"
	"slices"
	"time"

	"phonebank"
	"phonebank/live"
	"phonebank/people"
	"phonebank/store"
)

// fetchLoop keeps what came in complete: every few minutes, and at once when nothing may be sent before.
func (w *Worker) fetchLoop(ctx context.Context) {
	tick := time.NewTicker(w.LookEvery)
	defer tick.Stop()
	for {
		if err := w.FetchWhenDue(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn("what came in not fetched", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// FetchWhenDue asks Twilio where the last round is some minutes old or an outage has ended since. While one is going on nothing
// would help: webhooks are still being lost.
func (w *Worker) FetchWhenDue(ctx context.Context) error {
	at := w.Desk.Now()
	mark, err := w.Desk.Store.Watermark(ctx, at)
	if err != nil {
		return err
	}
	if at.Sub(mark.FetchedThrough) < phonebank.FetchEvery && !mark.FetchedThrough.Before(mark.OutageUntil) {
		return nil
	}
	_, err = w.Desk.Store.Alone(ctx, store.FetchWork, w.Fetch)
	return err
}

// Fetch asks Twilio for every text, call and voicemail since the watermark and brings in what no webhook has brought, then moves
// the watermark to when it began. What is there already changes nothing, so it may run at any time and anywhere.
func (w *Worker) Fetch(ctx context.Context) error {
	began := w.Desk.Now()
	mark, err := w.Desk.Store.Watermark(ctx, began)
	if err != nil {
		return err
	}
	texts, calls, voicemails, err := w.fetchSince(ctx, mark.FetchedThrough.Add(-phonebank.FetchOverlap))
	if texts+calls+voicemails > 0 {
		w.Log.Warn("brought in what no webhook had brought", "texts", texts, "calls", calls, "voicemails", voicemails)
	}
	if err != nil {
		if ctx.Err() == nil {
			// While Twilio can't be reached it may not reach us either, and nothing is sent before it is asked again.
			if noted := w.Desk.Store.Outage(context.WithoutCancel(ctx), began); noted != nil {
				w.Log.Warn("outage not noted", "error", noted)
			}
		}
		return err
	}
	if err := w.Desk.Store.Fetched(ctx, began); err != nil {
		return err
	}
	if !mark.Fresh {
		w.Desk.Live.Publish(live.Room, live.Calls, live.Due) // what waited goes on now, and screens stop saying that it waits
	}
	return nil
}

// callsBack is how far back a call that never reached us is looked for. Nobody expects to be called back after that, and whose call was
// forgotten on purpose does not come back. A text is looked for however old it is: it may be a stop.
const callsBack = 30 * 24 * time.Hour

func (w *Worker) fetchSince(ctx context.Context, since time.Time) (texts, calls, voicemails int, err error) {
	numbers, err := w.Desk.Store.OurNumbers(ctx)
	if err != nil {
		return 0, 0, 0, err
	}
	for _, n := range w.Numbers {
		if !slices.Contains(numbers, phonebank.Number(n)) {
			numbers = append(numbers, phonebank.Number(n))
		}
	}
	lately := w.Desk.Now().Add(-callsBack)
	if since.After(lately) {
		lately = since
	}
	for _, ours := range numbers {
		n, err := w.Desk.Fetch(ctx, ours, since, people.ZonesOf)
		texts += n
		if err != nil {
			return texts, calls, 0, err
		}
		if n, err = w.Board.Fetch(ctx, ours, lately, people.ZonesOf); err != nil {
			return texts, calls + n, 0, err
		}
		calls += n
	}
	// A recording belongs to a call, so calls come first.
	voicemails, err = w.Board.FetchVoicemails(ctx, lately)
	return texts, calls, voicemails, err
}
