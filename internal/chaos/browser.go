package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"phonebank"
	"phonebank/simulator"
	"phonebank/store"
)

// browser is one person's browser, without scripts: it keeps asking while the service is away, as a person does.
type browser struct {
	w      *world
	client *http.Client
	cookie string // of a login
	token  string // of the API, instead
}

// signIn gives somebody a browser.
func (w *world) signIn(ctx context.Context, user phonebank.UserID, kind store.SecretKind) (*browser, error) {
	secret, at := phonebank.NewToken(), w.clock.Now()
	if err := w.store.AddSecret(ctx, kind, secret, user, "chaos", at, at.AddDate(0, 0, 30)); err != nil {
		return nil, err
	}
	b := &browser{w: w, client: &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if kind == store.TokenSecret {
		b.token = secret
	} else {
		b.cookie = secret
	}
	return b, nil
}

// ask sends one request; what comes back is a page, the JSON of a script, or where to go instead.
func (b *browser) ask(ctx context.Context, method, path string, body any) (status int, page, location string) {
	var reader io.Reader
	kind := ""
	switch body := body.(type) {
	case nil:
	case url.Values:
		reader, kind = strings.NewReader(body.Encode()), "application/x-www-form-urlencoded"
	default:
		raw, err := json.Marshal(body)
		if err != nil {
			panic(err) // these bodies are maps of strings
		}
		reader, kind = bytes.NewReader(raw), "application/json"
	}
	req, err := http.NewRequestWithContext(ctx, method, b.w.public()+path, reader)
	if err != nil {
		return 0, "", ""
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if b.token != "" {
		req.Header.Set("Authorization", "Bearer "+b.token)
	} else {
		req.AddCookie(&http.Cookie{Name: "phonebank", Value: b.cookie})
	}
	res, err := b.client.Do(req)
	if err != nil {
		return 0, "", ""
	}
	defer func() { _ = res.Body.Close() }() // it is read, or worth nothing
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, "", ""
	}
	return res.StatusCode, string(text), res.Header.Get("Location")
}

// volunteer is one who holds talks all day: whatever the page offers is pressed.
type volunteer struct {
	*browser
	k      *work
	user   phonebank.UserID
	join   string
	number string
	tab    string
	wraps  map[string]string // the id of each talk's wrap-up, the same at every try
	since  map[string]time.Time
}

// pressesOne presses 1 until the line is asked for it.
func pressesOne() (list []simulator.Press) {
	for i := range 30 {
		list = append(list, simulator.Press{After: time.Duration(1+2*i) * time.Second, Digits: "1"})
	}
	return list
}

// volunteers is how many hold talks at once.
const volunteers = 9

// staff lets people work by their browsers: volunteers hold talks, a coordinator presses Send twice, somebody else's program
// promises through the API.
func (k *work) staff(ctx context.Context) error {
	at := k.clock.Now()
	for i := range volunteers {
		u := phonebank.User{ID: phonebank.NewID[phonebank.UserID](at), Name: fmt.Sprintf("Volunteer %d", i+1), Role: phonebank.Volunteer,
			Phone: phonebank.Number(fmt.Sprintf("+121255502%02d", i)), CreatedAt: at}
		if err := k.store.AddUser(ctx, u); err != nil {
			return err
		}
		b, err := k.signIn(ctx, u.ID, store.LoginSecret)
		if err != nil {
			return err
		}
		k.sim.Person(string(u.Phone), simulator.Behaviour{Presses: pressesOne()})
		v := &volunteer{browser: b, k: k, user: u.ID, join: "/j/" + k.join, number: string(u.Phone), tab: phonebank.NewID[string](at), wraps: map[string]string{}, since: map[string]time.Time{}}
		k.every(ctx, 3, v.turn)
	}
	desk, err := k.signIn(ctx, k.coordinator.ID, store.LoginSecret)
	if err != nil {
		return err
	}
	k.every(ctx, 1.5, func(ctx context.Context) { k.pressTwice(ctx, desk) })
	program, err := k.signIn(ctx, k.coordinator.ID, store.TokenSecret)
	if err != nil {
		return err
	}
	k.every(ctx, 2, func(ctx context.Context) { k.promiseByAPI(ctx, program) })
	return nil
}

var (
	nonceOf = regexp.MustCompile(`name="nonce" value="([0-9A-Z]{26})"`)
	talkOf  = regexp.MustCompile(`^/talk/([0-9A-Z]{26})`)
)

// turn looks at the shift and does the next thing.
func (v *volunteer) turn(ctx context.Context) {
	status, page, location := v.ask(ctx, http.MethodGet, "/shift", nil)
	if talk := talkOf.FindStringSubmatch(location); talk != nil {
		v.talk(ctx, talk[1])
		return
	}
	if status != http.StatusOK {
		return
	}
	nonce := nonceOf.FindStringSubmatch(page)
	switch {
	case strings.Contains(page, `action="/shift/call"`) && nonce != nil:
		if v.k.chance(4) {
			v.k.all.Go(func() { v.stopsAsItRings(ctx) })
		}
		v.ask(ctx, http.MethodPost, "/shift/call", url.Values{"nonce": {nonce[1]}})
	case strings.Contains(page, `action="/shift/ready"`):
		v.ask(ctx, http.MethodPost, "/shift/ready", url.Values{})
	case strings.Contains(page, `action="/shift/ring"`):
		if v.first("ring", 2*time.Second) {
			v.ask(ctx, http.MethodPost, "/shift/ring", url.Values{})
		}
	case !strings.Contains(page, `action="/shift/`):
		v.ask(ctx, http.MethodPost, v.join, url.Values{"name": {"Volunteer"}, "phone": {v.number}})
	}
}

// stopsAsItRings lets whoever's card is open say stop at the moment of the call.
func (v *volunteer) stopsAsItRings(ctx context.Context) {
	var number string
	if err := v.w.sql.GetContext(ctx, &number, `SELECT p.number FROM shifts s JOIN people pe ON pe.id = s.person_id JOIN phones p ON p.id = pe.phone_id
		WHERE s.user_id = $1 AND s.state = 'reserved'`, v.user); err != nil {
		return // the card was taken back, or the records are away
	}
	pause(ctx, v.k.pick(120))
	if _, err := v.w.sim.Text(number, ours, stops[v.k.pick(len(stops))]); err == nil {
		v.k.ringing.Add(1)
	}
}

// first tells whether something was not done for a while, and takes it as done.
func (v *volunteer) first(what string, within time.Duration) bool {
	if time.Since(v.since[what]) < within {
		return false
	}
	v.since[what] = time.Now()
	return true
}

// talk holds one talk: some words, the end of the line, and a wrap-up that promises a text.
func (v *volunteer) talk(ctx context.Context, id string) {
	path := "/talk/" + id
	v.ask(ctx, http.MethodPost, path+"/hold", map[string]any{"tab": v.tab, "take": true})
	_, page, _ := v.ask(ctx, http.MethodGet, path+"/state?tab="+v.tab, nil)
	var state struct {
		Conversation struct{ State string } `json:"conversation"`
		Call         struct{ State string } `json:"call"`
	}
	if json.Unmarshal([]byte(page), &state) != nil {
		return
	}
	if state.Conversation.State != "ended" {
		if _, known := v.since[id]; !known {
			v.since[id] = time.Now()
		}
		if state.Call.State == "bridged" || time.Since(v.since[id]) > 3*time.Second {
			v.ask(ctx, http.MethodPost, path+"/hangup", map[string]any{})
		}
		if time.Since(v.since[id]) < 6*time.Second {
			return
		}
	}
	if v.wraps[id] == "" {
		v.wraps[id] = phonebank.NewID[string](v.w.clock.Now())
	}
	v.k.promised.Add(1)
	status, _, _ := v.ask(ctx, http.MethodPost, path+"/wrap", map[string]any{"id": v.wraps[id], "outcome": "commitment", "text_ok": map[string]any{"words": "May I text you?"},
		"follow_ups": []any{map[string]any{"channel": "text", "reason": "scheduled_call", "in_minutes": 2, "body": fmt.Sprintf("I'll ring you at six. (%d)", v.k.serial.Add(1))}}, "then": "next"})
	if status != http.StatusOK {
		v.k.promised.Add(-1)
		return
	}
	v.k.wrapped.Add(1)
	v.w.ledger.wrap(v.wraps[id], id)
}

// pressTwice is one form, sent twice at once: a double click, or a second try after an answer that never came.
func (k *work) pressTwice(ctx context.Context, b *browser) {
	p := k.someone()
	form := url.Values{"nonce": {phonebank.NewID[string](k.clock.Now())}, "body": {fmt.Sprintf("Can you come? (h%d)", k.pressed.Add(1))}}
	second := make(chan struct{})
	go func() {
		b.ask(ctx, http.MethodPost, "/people/"+string(p.ID)+"/text", form)
		close(second)
	}()
	b.ask(ctx, http.MethodPost, "/people/"+string(p.ID)+"/text", form)
	<-second
}

// promiseByAPI is a promise that another program makes. One that was answered with 201 must be there.
func (k *work) promiseByAPI(ctx context.Context, b *browser) {
	p := k.someone()
	k.promised.Add(1)
	status, page, _ := b.ask(ctx, http.MethodPost, "/api/v1/follow-ups", map[string]any{"person_id": p.ID, "kind": "text", "reason": "before_commitment",
		"due_at": k.clock.Now().Add(2 * time.Minute).Format(time.RFC3339), "body": fmt.Sprintf("See you on Friday. (%d)", k.serial.Add(1))})
	var made struct {
		ID string `json:"id"`
	}
	if status != http.StatusCreated || json.Unmarshal([]byte(page), &made) != nil {
		k.promised.Add(-1)
		return
	}
	k.ledger.made(made.ID)
}
