package dialer

import (
	"context"
	"time"

	"phonebank"
	"phonebank/carrier"
	"phonebank/internal/crash"
	"phonebank/live"
	"phonebank/store"
)

// FinishWithin bounds how long the end of Run waits for what is under way.
const FinishWithin = 5 * time.Second

// Run places the calls that are written down, hangs up what must end, and hands waiting volunteers their next person, until
// ctx ends. Any number of processes may run it: each row is claimed by one. A topic wakes it; the tick is only a net, since a
// ringing phone must never wait for a queue that is polled.
func (b *Switchboard) Run(ctx context.Context) {
	heard := b.Live.Listen(live.Calls, live.Due)
	defer heard.Close()
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	defer b.finish()
	for n := 0; ; n++ {
		if err := b.round(ctx, n%8 == 0); err != nil && ctx.Err() == nil {
			b.Log.Warn("dialer round", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-heard.Changed():
			heard.Take()
			n = 7 // a callback may have come due: look at who waits as well
		case <-tick.C:
		}
	}
}

func (b *Switchboard) round(ctx context.Context, offers bool) error {
	for {
		call, err := b.Store.ClaimCall(ctx, b.Now())
		if err != nil {
			if phonebank.KindOf(err) == phonebank.NotFound {
				break
			}
			return err
		}
		if call.State == phonebank.CallEnded {
			if err := b.refused(ctx, call); err != nil {
				return err
			}
			continue
		}
		// One slow answer of Twilio must not keep another phone from ringing.
		b.underWay.Go(func() { b.place(context.WithoutCancel(ctx), call) })
	}
	ending, err := b.Store.ToHangUp(ctx, b.Now())
	if err != nil {
		return err
	}
	for _, call := range ending {
		b.underWay.Go(func() { b.hangUp(context.WithoutCancel(ctx), call) })
	}
	if err := b.closeCards(ctx); err != nil || !offers {
		return err
	}
	return b.offerAll(ctx)
}

// finish waits for the requests to Twilio that are under way: their answers are kept rather than looked up later. A Twilio that
// doesn't answer keeps nobody from ending.
func (b *Switchboard) finish() {
	done := make(chan struct{})
	go func() { b.underWay.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(FinishWithin):
		b.Log.Warn("ended before every call was answered for")
	}
}

// offerAll hands everybody who waits their next person.
func (b *Switchboard) offerAll(ctx context.Context) error {
	waiting, err := b.Store.WaitingShifts(ctx)
	if err != nil {
		return err
	}
	for _, s := range waiting {
		err := b.Offer(ctx, s)
		if kind := phonebank.KindOf(err); err != nil && kind != phonebank.NotFound && kind != phonebank.Stale {
			return err
		}
	}
	return nil
}

// place hands one claimed call to Twilio, once. A lost answer leaves it unknown: its callbacks resolve it, or its deadline.
func (b *Switchboard) place(ctx context.Context, call phonebank.Call) {
	crash.Here("dial.claimed")
	sid, room, err := b.request(ctx, call)
	crash.Here("dial.answered")
	keep, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err == nil {
		if err := b.Store.SetCallSID(keep, call.ID, sid); err != nil {
			b.Log.Error("call placed and its name not kept", "call", call.ID, "error", err)
		}
		crash.Here("dial.kept")
		if room != "" && call.ShiftID != "" {
			b.Live.Publish("shift:" + string(call.ShiftID))
		}
		return
	}
	f := carrier.FailureOf(err)
	b.Log.Warn("call not accepted", "call", call.ID, "code", f.Code, "status", f.Status, "doing", f.Doing)
	if f.Doing == carrier.Lost {
		if err := b.Store.SetUnknown(keep, call.ID); err != nil {
			b.Log.Error("unknown call not noted", "call", call.ID, "error", err)
		}
		return
	}
	meaning := carrier.MeaningOf(f.Code)
	end := ending{result: phonebank.ResultFailed, ourFault: meaning != carrier.BadNumber, bad: meaning == carrier.BadNumber}
	if err := b.end(keep, call.ID, end); err != nil {
		b.Log.Error("failed call not ended", "call", call.ID, "error", err)
	}
}

func (b *Switchboard) request(ctx context.Context, call phonebank.Call) (sid, room string, err error) {
	status := b.PublicURL + "/twilio/voice/status/" + call.Token
	switch call.Kind {
	case phonebank.CallOut:
		return b.Carrier.Bridge(ctx, carrier.Bridge{Conference: conference(call.ShiftID), Label: label(call.ID), From: string(call.From), To: string(call.To),
			StatusURL: status, Seconds: phonebank.RingSeconds, Limit: phonebank.CallLimitSeconds})
	case phonebank.CallTest:
		sid, err = b.Carrier.Ring(ctx, carrier.Ring{From: string(call.From), To: string(call.To), AnswerURL: b.PublicURL + "/twilio/voice/test/" + call.Token,
			StatusURL: status, Seconds: phonebank.RingSeconds})
	default:
		sid, err = b.Carrier.Ring(ctx, carrier.Ring{From: string(call.From), To: string(call.To), AnswerURL: b.PublicURL + "/twilio/voice/join/" + call.Token,
			StatusURL: status, Seconds: phonebank.RingSeconds})
	}
	return sid, "", err
}

// hangUp ends one line at Twilio; its end is then reported like any other.
func (b *Switchboard) hangUp(ctx context.Context, call phonebank.Call) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	if call.State == phonebank.CallReserved {
		if err := b.end(ctx, call.ID, ending{result: phonebank.ResultCanceled}); err != nil {
			b.Log.Warn("call not cancelled", "call", call.ID, "error", err)
		}
		return
	}
	if call.SID == "" {
		return // its name is on the way; the next round tries again
	}
	if err := b.Carrier.HangUp(ctx, call.SID); err != nil {
		b.Log.Warn("line not hung up", "call", call.ID, "code", carrier.FailureOf(err).Code)
		return
	}
	// Where the report of the end is lost, looking it up finds it; where the call had ended, there is no further report.
	if report, err := b.Carrier.FindCall(ctx, call.SID); err == nil && over(report.Status) {
		if err := b.end(ctx, call.ID, ending{status: report.Status}); err != nil {
			b.Log.Warn("ended call not kept", "call", call.ID, "error", err)
		}
	}
}

// refused tells the volunteer why the person on their card was not rung after all.
func (b *Switchboard) refused(ctx context.Context, call phonebank.Call) error {
	at := b.Now()
	var shift phonebank.Shift
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if call, err = b.lockCall(ctx, tx, call.Token); err != nil {
			return err
		}
		if call.ShiftID != "" {
			if shift, err = tx.Shift(ctx, call.ShiftID); err != nil {
				return err
			}
		}
		if call.OurFault {
			return b.afterFault(ctx, tx, call, at)
		}
		talked, err := b.talked(ctx, tx, call)
		if err != nil {
			return err
		}
		if talked {
			return b.startWrapUp(ctx, tx, call, at)
		}
		if err := b.noTalk(ctx, tx, call, at); err != nil {
			return err
		}
		return b.freeShift(ctx, tx, call, at)
	})
	if err == nil {
		b.tell(shift, "conversation:"+string(call.Conversation))
	}
	return err
}

// over tells whether a status of Twilio's is final.
func over(status string) bool {
	switch status {
	case "completed", "busy", "no-answer", "failed", "canceled":
		return true
	}
	return false
}
