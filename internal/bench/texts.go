package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"time"

	"phonebank/carrier"
	"phonebank/webhooks"
)

// loads are how many connections send at once, and how many texts a round of each has.
var loads = []struct{ conns, texts int }{{1, 600}, {16, 5000}, {64, 8000}}

// contestant is one way to answer the webhook.
type contestant struct {
	name, host, path string
	stored           string // counts the rows that it has written
}

// measureTexts sends the same kind of signed text to the product, to a handler that only verifies, and to one that verifies
// and commits a single row.
func measureTexts(ctx context.Context, w *world, r *report) error {
	if _, err := w.admin.ExecContext(ctx, `CREATE TABLE bare_inbox (key text PRIMARY KEY, sender text NOT NULL, body text NOT NULL, at timestamptz NOT NULL)`); err != nil {
		return err
	}
	host, err := w.serveBare(ctx)
	if err != nil {
		return err
	}
	all := []contestant{
		{"verify and answer", host, "/verify", ""},
		{"verify and commit one row", host, "/insert", `SELECT count(*) FROM bare_inbox`},
		{"product: everything committed", w.address, "/twilio/messages", `SELECT count(*) FROM messages WHERE direction = 'in'`},
	}
	results := map[[2]int][]sample{}
	lost := 0
	for round := range r.rounds {
		for l, load := range loads {
			for i := range all {
				c := (i + round) % len(all) // nobody always comes first
				before, err := w.rows(ctx, all[c])
				if err != nil {
					return err
				}
				s, accepted, err := w.fire(all[c], load.conns, inboundTexts(w, all[c], load.texts))
				if err != nil {
					return err
				}
				after, err := w.rows(ctx, all[c])
				if err != nil {
					return err
				}
				if all[c].stored != "" {
					lost += max(accepted-(after-before), 0)
				}
				if accepted != s.done {
					return fmt.Errorf("%s: %d of %d answered with 200", all[c].name, accepted, s.done)
				}
				results[[2]int{l, c}] = append(results[[2]int{l, c}], s)
			}
		}
		if err := w.tidy(ctx); err != nil {
			return err
		}
	}
	rows := [][]string{{"connections", "answering", "texts", "p50", "p99", "to one committed row"}}
	for l, load := range loads {
		base, _, _ := medians(results[[2]int{l, 1}])
		for c, one := range all {
			rate, p50, p99 := medians(results[[2]int{l, c}])
			rows = append(rows, []string{fmt.Sprint(load.conns), one.name, perSecond(rate), ms(p50), ms(p99), times(rate / base)})
			if c == 2 {
				r.hold(fmt.Sprintf("inbound text, %d connections, to one committed row", load.conns), times(rate/base), ">= 0.5", rate >= base/2)
			}
		}
	}
	table(rows)
	fmt.Println()
	r.must("texts answered with 200 and not stored", lost)
	return nil
}

func (w *world) rows(ctx context.Context, c contestant) (int, error) {
	if c.stored == "" {
		return 0, nil
	}
	return w.count(ctx, c.stored)
}

// serveBare starts the two handlers that the product is held against: net/http and nothing else.
func (w *world) serveBare(ctx context.Context) (host string, err error) {
	insert, err := w.bare.PrepareContext(ctx, `INSERT INTO bare_inbox (key, sender, body, at) VALUES ($1, $2, $3, $4)`)
	if err != nil {
		return "", err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	host = listener.Addr().String()
	empty := carrier.TwiML()
	verified := func(rw http.ResponseWriter, r *http.Request) url.Values {
		body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, webhooks.MaxBody))
		if err != nil {
			return nil
		}
		form, err := url.ParseQuery(string(body))
		if err != nil || !w.carrier.Verify(r.Header.Get("X-Twilio-Signature"), "http://"+host+r.RequestURI, form) {
			http.Error(rw, "not signed", http.StatusForbidden)
			return nil
		}
		return form
	}
	answer := func(rw http.ResponseWriter) {
		rw.Header().Set("Content-Type", "text/xml; charset=utf-8")
		_, _ = rw.Write(empty) // whoever hung up has nothing to hear
	}
	handler := http.NewServeMux()
	handler.HandleFunc("POST /verify", func(rw http.ResponseWriter, r *http.Request) {
		if verified(rw, r) != nil {
			answer(rw)
		}
	})
	handler.HandleFunc("POST /insert", func(rw http.ResponseWriter, r *http.Request) {
		form := verified(rw, r)
		if form == nil {
			return
		}
		if _, err := insert.ExecContext(r.Context(), form.Get("MessageSid"), form.Get("From"), form.Get("Body"), time.Now()); err != nil {
			http.Error(rw, "not stored", http.StatusServiceUnavailable)
			return
		}
		answer(rw)
	})
	w.serve(listener, handler)
	return host, nil
}

var sentences = []string{
	"Yes, I can come on Thursday.", "Who is this?", "I am at work until six, can you call me after that?",
	"My neighbor has no heat either. She is in 4B and would like to talk to you.", "ok", "Thursday works. Should I bring anything?",
	"¿Me puede llamar mañana por la tarde?", "Let me ask my sister first 🙂",
}

// inboundTexts writes signed requests with the twenty-odd parameters of a real one. One in twenty comes from a number that
// nobody knows.
func inboundTexts(w *world, c contestant, n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		from := string(number(mathrand.IntN(listed)))
		if i%20 == 0 {
			from = fmt.Sprintf("+1646%07d", 2_000_000+mathrand.IntN(7_000_000))
		}
		sid := "SM" + randomHex()
		out[i] = signed(c.host, c.path, url.Values{
			"MessageSid": {sid}, "SmsSid": {sid}, "SmsMessageSid": {sid}, "AccountSid": {account}, "From": {from}, "To": {ours},
			"Body": {sentences[mathrand.IntN(len(sentences))]}, "NumMedia": {"0"}, "NumSegments": {"1"}, "SmsStatus": {"received"}, "ApiVersion": {"2010-04-01"},
			"FromCity": {"NEW YORK"}, "FromState": {"NY"}, "FromZip": {"10001"}, "FromCountry": {"US"},
			"ToCity": {"NEW YORK"}, "ToState": {"NY"}, "ToZip": {"10001"}, "ToCountry": {"US"},
		})
	}
	return out
}

func randomHex() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// signed is a whole HTTP request, as Twilio sends it.
func signed(host, path string, form url.Values) []byte {
	body := form.Encode()
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\nContent-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"+
		"I-Twilio-Idempotency-Token: %s\r\nX-Twilio-Signature: %s\r\nContent-Length: %d\r\n\r\n%s",
		path, host, randomHex(), carrier.Signature(token, "http://"+host+path, form), len(body), body)
	return b.Bytes()
}

// fire sends requests over so many connections, one after another on each, and counts those that were answered with 200.
func (w *world) fire(c contestant, conns int, requests [][]byte) (s sample, accepted int, err error) {
	lines := make([]*line, conns)
	for i := range lines {
		conn, err := net.Dial("tcp", c.host)
		if err != nil {
			return s, 0, err
		}
		defer conn.Close()
		lines[i] = &line{conn: conn, reader: bufio.NewReader(conn)}
	}
	s, err = crowd(conns, len(requests), func(client, i int) (bool, error) {
		status, _, err := lines[client].send(requests[i])
		if status == http.StatusOK {
			lines[client].accepted++
		}
		return true, err
	})
	for _, l := range lines {
		accepted += l.accepted
	}
	return s, accepted, err
}

// line is one connection that is kept open.
type line struct {
	conn     net.Conn
	reader   *bufio.Reader
	accepted int
}

func (l *line) send(request []byte) (status int, body []byte, err error) {
	if err := l.conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return 0, nil, err
	}
	if _, err := l.conn.Write(request); err != nil {
		return 0, nil, err
	}
	res, err := http.ReadResponse(l.reader, nil)
	if err != nil {
		return 0, nil, err
	}
	body, err = io.ReadAll(res.Body)
	_ = res.Body.Close() // read to its end
	return res.StatusCode, body, err
}
