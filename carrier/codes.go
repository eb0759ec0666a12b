package carrier

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/twilio/twilio-go/client"
)

// Doing says what may be done after a request that did not succeed.
type Doing string

const (
	NotSent Doing = "not_sent" // nothing was written, or Twilio refused before looking (429): it may be asked again
	Refused Doing = "refused"  // Twilio said no: asking again changes nothing
	Lost    Doing = "lost"     // nobody knows whether it took place: never ask again by itself
)

// Failure is a request that did not succeed.
type Failure struct {
	Code   int // Twilio's error number, 0 where there is none
	Status int
	Doing  Doing
	cause  error
}

func (f *Failure) Error() string {
	if f.Code != 0 {
		return fmt.Sprintf("twilio error %d (status %d, %s)", f.Code, f.Status, f.Doing)
	}
	return fmt.Sprintf("twilio request (status %d, %s): %v", f.Status, f.Doing, f.cause)
}

func (f *Failure) Unwrap() error { return f.cause }

func lost(err error) error { return &Failure{Doing: Lost, cause: err} }

// failure reads what twilio-go answered. The message is dropped on purpose: Twilio writes numbers into it.
func (r *request) failure(err error) error {
	if err == nil {
		return nil
	}
	var rest *client.TwilioRestError
	if errors.As(err, &rest) {
		f := &Failure{Code: rest.Code, Status: rest.Status, Doing: Lost, cause: errors.New("refused")}
		switch {
		case rest.Status == http.StatusTooManyRequests || rest.Code == 20429:
			f.Doing = NotSent // "never processed and always safe to retry" (docs: error 20429)
		case rest.Status >= 400 && rest.Status < 500:
			f.Doing = Refused
		}
		return f
	}
	if !r.wrote.Load() && !errors.Is(err, context.Canceled) {
		return &Failure{Doing: NotSent, cause: errors.New("no connection")}
	}
	return lost(errors.New("the answer did not arrive"))
}

// FailureOf reads the Failure in an error, and Lost for any other: what is not known to have been refused may have taken place.
func FailureOf(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	return &Failure{Doing: Lost, cause: err}
}

// Meaning is what one of Twilio's error numbers asks us to do.
type Meaning string

const (
	OptedOut   Meaning = "opted_out"  // they said STOP to Twilio: we must not write again
	BadNumber  Meaning = "bad_number" // nobody can be reached there
	NoTexts    Meaning = "no_texts"   // a landline, say: calls may work
	OurSetup   Meaning = "our_setup"  // account, sender or registration: a coordinator must look
	TooMany    Meaning = "too_many"
	Filtered   Meaning = "filtered" // a carrier took it for spam
	Passing    Meaning = "passing"  // switched off or unreachable for now
	Unnamed    Meaning = "unnamed"
	AlreadyEnd Meaning = "already_ended"
)

// meanings is the only list of Twilio's error numbers in the program (docs: Error and Warning Dictionary).
var meanings = map[int]Meaning{
	20003: OurSetup, 20404: OurSetup, 20429: TooMany,
	21211: BadNumber, 21214: BadNumber, 21217: BadNumber, 13224: BadNumber,
	21220: AlreadyEnd,
	21408: OurSetup, 21606: OurSetup, 21212: OurSetup, 21210: OurSetup,
	21610: OptedOut,
	21611: TooMany, 22005: TooMany,
	21612: NoTexts, 21614: NoTexts, 21635: NoTexts,
	30001: TooMany,
	30003: Passing, 30004: OptedOut, 30005: BadNumber, 30006: NoTexts, 30007: Filtered, 30008: Passing, 30034: OurSetup,
}

// MeaningOf reads one of Twilio's error numbers; what we do not know is Unnamed, and the number is kept beside it.
func MeaningOf(code int) Meaning {
	if m, ok := meanings[code]; ok {
		return m
	}
	return Unnamed
}

// Sentence says to a coordinator what an error number means.
func (m Meaning) Sentence() string {
	switch m {
	case OptedOut:
		return "They have told the carrier to stop our texts."
	case BadNumber:
		return "This number can't be reached."
	case NoTexts:
		return "This number takes no texts. It may be a landline."
	case OurSetup:
		return "Something in our Twilio account isn't set up for this. Run 'phonebank doctor'."
	case TooMany:
		return "We are sending faster than our account allows."
	case Filtered:
		return "A carrier took this text for spam."
	case Passing:
		return "Their phone was off or out of reach."
	}
	return "Twilio could not do it."
}
