package simulator

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const rfc2822 = "Mon, 02 Jan 2006 15:04:05 -0700"

// date writes a time as the 2010 API does; a zero time is null.
func date(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return text(t.UTC().Format(rfc2822))
}

// text is a string that is null when empty.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// wholeSeconds counts a talk as Twilio does.
func wholeSeconds(d time.Duration) string {
	return strconv.Itoa(int(d.Round(time.Second) / time.Second))
}

// flag reads a boolean parameter; def is its value when absent.
func flag(form url.Values, name string, def bool) (bool, error) {
	switch strings.ToLower(form.Get(name)) {
	case "":
		return def, nil
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, bad(20001, "%s must be true or false", name)
}

// whole reads a whole-number parameter within bounds; def is its value when absent.
func whole(form url.Values, name string, def, least, most int) (int, error) {
	v := form.Get(name)
	if v == "" {
		return def, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		return 0, bad(20001, "%s must be %d to %d", name, least, most)
	}
	return n, nil
}

// pause waits for d of simulated time, or until ctx or the simulator ends.
func (s *Simulator) pause(ctx context.Context, d time.Duration) error {
	t := s.clock.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-s.ctx.Done():
		return context.Cause(s.ctx)
	}
}

// contextFor ends with the request, with the simulator, or after d of real time.
func contextFor(r *http.Request, also context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(r.Context(), d)
	stop := context.AfterFunc(also, cancel)
	return ctx, func() { stop(); cancel() }
}

// geography are the parameters by which Twilio says where two numbers are.
func geography(from, to string) url.Values {
	out := url.Values{}
	for side, n := range map[string]string{"From": from, "To": to} {
		country := ""
		if strings.HasPrefix(n, "+1") {
			country = "US"
		}
		out.Set(side+"Country", country)
		out.Set(side+"State", "")
		out.Set(side+"City", "")
		out.Set(side+"Zip", "")
	}
	return out
}

// brief shortens words for a caption.
func brief(words string, most int) string {
	if utf8.RuneCountInString(words) <= most {
		return words
	}
	return string([]rune(words)[:most]) + "…"
}
