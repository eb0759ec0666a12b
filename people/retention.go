package people

import (
	"context"
	"errors"
	"time"

	"phonebank"
	"phonebank/store"
)

// VoicemailDays is how long a voicemail is kept, here and at Twilio; who leaves one is told so.
const VoicemailDays = 30

// Recordings removes what lies at Twilio.
type Recordings interface {
	DeleteRecording(ctx context.Context, sid string) error
}

// Keeper forgets what need not be known any longer.
type Keeper struct {
	Store   *store.Store
	Twilio  Recordings // nil: recordings can't be removed, so whoever left one stays
	Now     func() time.Time
	Days    int // after so many days without contact and without a promise to come a person is forgotten; 0: nobody is
	Between time.Duration
}

// purgeBatch bounds one transaction of a purge: other work waits for its locks.
const purgeBatch = 200

// Tick purges when the last run is a day old. Any process may call it, as often as it likes.
func (k *Keeper) Tick(ctx context.Context) error {
	at := k.Now()
	id, begun, err := k.Store.BeginPurge(ctx, at.Add(-k.Between), at)
	if err != nil || !begun {
		return err
	}
	done, err := k.purge(ctx, at)
	return errors.Join(err, k.Store.EndPurge(ctx, id, done))
}

// Purge runs at once.
func (k *Keeper) Purge(ctx context.Context) (store.Purged, error) {
	at := k.Now()
	id, _, err := k.Store.BeginPurge(ctx, at, at)
	if err != nil {
		return store.Purged{}, err
	}
	done, err := k.purge(ctx, at)
	return done, errors.Join(err, k.Store.EndPurge(ctx, id, done))
}

func (k *Keeper) purge(ctx context.Context, at time.Time) (done store.Purged, err error) {
	if done.Voicemails, err = k.forgetVoicemails(ctx, at.AddDate(0, 0, -VoicemailDays), nil); err != nil || k.Days <= 0 {
		return done, err
	}
	before := at.AddDate(0, 0, -k.Days)
	if err = k.forgetPeople(ctx, before, &done); err != nil {
		return done, err
	}
	for gone := purgeBatch; gone > 0; done.Numbers += gone {
		if err := k.Store.InTx(ctx, func(tx *store.Tx) error {
			var err error
			gone, err = tx.ForgetStrangers(ctx, before, purgeBatch)
			return err
		}); err != nil {
			return done, err
		}
	}
	if err = k.Store.ForgetImports(ctx, before); err != nil {
		return done, err
	}
	volunteers, err := k.Store.ForgetVolunteers(ctx, before)
	done.Volunteers = int(volunteers)
	return done, err
}

func (k *Keeper) forgetPeople(ctx context.Context, before time.Time, done *store.Purged) error {
	after := phonebank.PersonID("")
	for {
		people, err := k.Store.Forgettable(ctx, before, after, purgeBatch)
		if err != nil || len(people) == 0 {
			return err
		}
		after = phonebank.PersonID(people[len(people)-1])
		n, err := k.forgetVoicemails(ctx, before, people)
		done.Voicemails += n
		if err != nil {
			return err
		}
		var gone, numbers int
		if err := k.Store.InTx(ctx, func(tx *store.Tx) error {
			var err error
			gone, numbers, err = tx.ForgetPeople(ctx, before, people)
			return err
		}); err != nil {
			return err
		}
		done.People += gone
		done.Numbers += numbers
	}
}

// forgetVoicemails removes recordings at Twilio first and then here: what Twilio could not remove stays on our list for the
// next run.
func (k *Keeper) forgetVoicemails(ctx context.Context, before time.Time, of []string) (n int, err error) {
	for {
		old, err := k.Store.OldVoicemails(ctx, before, of, purgeBatch)
		if err != nil || len(old) == 0 {
			return n, err
		}
		if k.Twilio == nil {
			return n, phonebank.Fail(phonebank.Unavailable, "Voicemails lie at Twilio and must be removed there first. Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN and try again.")
		}
		for _, v := range old {
			if err := k.Twilio.DeleteRecording(ctx, v.SID); err != nil {
				return n, phonebank.Because(err, phonebank.Unavailable, "Twilio did not remove a voicemail. It stays on our list; try again later.")
			}
			if err := k.Store.ForgetVoicemail(ctx, v, k.Now()); err != nil {
				return n, err
			}
			n++
		}
	}
}
