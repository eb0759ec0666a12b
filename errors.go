package phonebank

import (
	"errors"
	"fmt"
	"log/slog"
)

// Kind says what a caller may do about an error. Three places map it to the outside: panel, webhooks and worker.
type Kind string

const (
	Invalid     Kind = "invalid"     // what was given cannot be used: mend it and try again
	NotFound    Kind = "not_found"   // there is no such thing, or not for you
	Forbidden   Kind = "forbidden"   // it is there, and not yours to do
	Conflict    Kind = "conflict"    // somebody or something else was faster
	Stale       Kind = "stale"       // what you look at has changed: look again
	Unavailable Kind = "unavailable" // our fault, and it passes: try again
)

// Error is the one error type that crosses a package border: a kind, a sentence that a volunteer may read, and the cause.
type Error struct {
	Kind     Kind
	Sentence string
	Format   string // the sentence before its words were put in, by which it is found in another language
	Args     []any
	Cause    error
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %s: %v", e.Kind, e.Sentence, e.Cause)
	}
	return string(e.Kind) + ": " + e.Sentence
}

// LogValue is what a log keeps of an error: the sentence before its words were put in, since they may be somebody's name.
func (e *Error) LogValue() slog.Value {
	if e.Cause != nil {
		return slog.StringValue(fmt.Sprintf("%s: %s: %v", e.Kind, e.Format, e.Cause))
	}
	return slog.StringValue(string(e.Kind) + ": " + e.Format)
}

func (e *Error) Unwrap() error { return e.Cause }

// Fail makes an Error whose sentence is formatted like fmt.Sprintf.
func Fail(kind Kind, sentence string, args ...any) error {
	return Because(nil, kind, sentence, args...)
}

// Because is Fail with the error that led to it.
func Because(cause error, kind Kind, sentence string, args ...any) error {
	return &Error{Kind: kind, Sentence: fmt.Sprintf(sentence, args...), Format: sentence, Args: args, Cause: cause}
}

// KindOf answers with the kind of an error, and Unavailable for one that nobody has named: our fault until shown otherwise.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Unavailable
}

// SentenceOf answers with what a person may read about an error.
func SentenceOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Sentence
	}
	return OurFault
}

// OurFault is what a person reads about an error that nobody has named.
const OurFault = "Something went wrong on our side. Nothing you typed is lost. Please try again."

// SentenceBy is SentenceOf in the words of a speaker, who knows the sentence in another language.
func SentenceBy(say func(sentence string, args ...any) string, err error) string {
	var e *Error
	if errors.As(err, &e) && e.Format != "" {
		return say(e.Format, e.Args...)
	}
	return say(SentenceOf(err))
}
