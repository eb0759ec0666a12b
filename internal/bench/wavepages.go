package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/dialer"
	"phonebank/panel"
	"phonebank/people"
	"phonebank/store"
)

const (
	pageReads = 60 // how often every page is read at least, so that its p95 means something
	pagesBar  = 500 * time.Millisecond
	// Waves of 20,000 are filled one after another until every page was read that often: no more than so many, and none begins after so long.
	waveRounds = 6
	waveTime   = 100 * time.Second
)

// wavePages are the pages of waves in a coordinator's browser, over HTTP and through the panel's own doors.
type wavePages struct {
	address string
	http    *http.Client
	secret  string

	mu   sync.Mutex
	each map[string]*sample
}

// openPages serves the panel and signs the coordinator in.
func (w *world) openPages(ctx context.Context) (*wavePages, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &wavePages{address: "http://" + listener.Addr().String(), secret: phonebank.NewToken(), each: map[string]*sample{},
		http: &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	at := w.clock.Now()
	if err := w.store.AddSecret(ctx, store.LoginSecret, p.secret, w.coordinator.ID, "bench", at, at.Add(24*time.Hour)); err != nil {
		return nil, err
	}
	pages, err := panel.New(panel.Parts{Store: w.store, Carrier: w.carrier, Live: w.live, Desk: w.desk, Diary: w.diary, Roster: people.New(w.store, w.clock.Now), Log: w.log,
		Switchboard: dialer.New(dialer.Parts{Store: w.store, Carrier: w.carrier, Live: w.live, Bell: w.bell, Log: w.log, Now: w.clock.Now, PublicURL: p.address, Org: org}),
		Now:         w.clock.Now, PublicURL: p.address, Org: org})
	if err != nil {
		return nil, err
	}
	w.later(pages.Close)
	router := mux.NewRouter()
	pages.Routes(router)
	w.serve(listener, router)
	return p, nil
}

// read opens one page and reads it to its end; anything but a page is an error.
func (p *wavePages) read(ctx context.Context, name, path string, form url.Values) error {
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, p.address+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.AddCookie(&http.Cookie{Name: "phonebank", Value: p.secret})
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	began := time.Now()
	res, err := p.http.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // it was read to its end
	page, err := io.ReadAll(res.Body)
	took := time.Since(began)
	if err != nil || res.StatusCode != http.StatusOK || len(page) == 0 {
		return errors.Join(err, fmt.Errorf("%s answered %s", path, res.Status))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.each[name] == nil {
		p.each[name] = &sample{}
	}
	p.each[name].each = append(p.each[name].each, took)
	return nil
}

// wavePage is one page and what is sent to it.
type wavePage struct {
	name, path string
	form       url.Values
}

// pagesOf lists every page of waves while one wave runs. Its session is open; another wave is planned and has not begun.
func (w *world) pagesOf(live, planned phonebank.Wave) []wavePage {
	look := func(light, channel string) url.Values {
		return url.Values{"nonce": {phonebank.NewID[string](w.clock.Now())}, "campaign": {string(w.campaign.ID)}, "do": {"look"}, "name": {"Another"}, "channel": {channel},
			"body": {"Hi {first_name}"}, "light": {light}}
	}
	of := func(v phonebank.Wave, rest string) string { return "/waves/" + string(v.ID) + rest }
	return []wavePage{
		{"the list, /waves", "/waves", nil}, {"a new one, /waves/new", "/waves/new", nil},
		{"its preview: texts to 30,000", "/waves", look("not_now", "text")}, {"its preview: calls to everybody, 100,000", "/waves", look("", "call")},
		{"the wave that is being written", of(live, ""), nil}, {"its people", of(live, "/people"), nil}, {"its report", of(live, "/report"), nil},
		{"the end of it, before it is pressed", of(live, "/finish"), nil},
		{"callers of a planned one", of(planned, "/callers"), nil}, {"a planned one", of(planned, ""), nil}, {"its launch, before it is pressed", of(planned, "/launch"), nil},
		{"the board, /follow-ups", "/follow-ups", nil}, {"everything on the board", "/follow-ups?tab=all", nil}, {"the room, its session open", "/room", nil},
	}
}

// readWhileFilling lets two coordinators read every page of waves, one after another, while two workers write the rows of a wave of 20,000;
// wave after wave, until every page was read often enough.
func (w *world) readWhileFilling(ctx context.Context, r *report) error {
	pages, err := w.openPages(ctx)
	if err != nil {
		return err
	}
	planned, err := w.diary.DraftWave(ctx, phonebank.Wave{CampaignID: w.campaign.ID, Name: "Planned", Channel: phonebank.ByCall, Filter: phonebank.WaveFilter{Light: "not_now"}, CreatedBy: w.coordinator.ID})
	if err != nil {
		return err
	}
	session := phonebank.Session{ID: phonebank.NewID[phonebank.SessionID](w.clock.Now()), CampaignID: w.campaign.ID, Name: "Tuesday", State: phonebank.SessionPlanned, AskID: "none",
		AutoAdmit: true, CreatedBy: w.coordinator.ID, CreatedAt: w.clock.Now()}
	if err := w.store.AddSession(ctx, session, phonebank.NewToken()); err != nil {
		return err
	}
	if err := w.store.OpenSession(ctx, session.ID, w.clock.Now()); err != nil {
		return err
	}
	began, missing, twice := time.Now(), 0, 0
	var launched, written []time.Duration
	for round := range waveRounds {
		wave := phonebank.Wave{CampaignID: w.campaign.ID, Name: fmt.Sprint("Twenty thousand, ", round), Channel: phonebank.ByText, Body: "Hi {first_name}, how did it go?",
			Filter: phonebank.WaveFilter{Light: "yellow"}, CreatedBy: w.coordinator.ID}
		if round%2 == 0 {
			wave.Channel, wave.SessionID, wave.Body = phonebank.ByCall, session.ID, ""
		}
		if wave, err = w.diary.DraftWave(ctx, wave); err != nil {
			return err
		}
		found, took, err := w.fillUnderEyes(ctx, pages, wave, planned)
		if err != nil {
			return err
		}
		launched, written = append(launched, found), append(written, took)
		lost, doubles, err := w.countWave(wave.ID)
		if err != nil {
			return err
		}
		missing, twice = missing+lost, twice+doubles
		if pages.fewest() >= pageReads || time.Since(began) > waveTime {
			break
		}
		if err := w.diary.FinishWave(ctx, wave.ID, w.coordinator.ID); err != nil {
			return err
		}
	}
	pages.print(r)
	fmt.Printf("\n%d waves of 20,000: found and fixed in %s, written by two workers in %s (medians).\n", len(launched), median(launched).Round(time.Millisecond), median(written).Round(time.Millisecond))
	if n := pages.fewest(); n < pageReads {
		fmt.Printf("Time was over before every page was read %d times: one was read %d times.\n", pageReads, n)
	}
	r.must("rows of these waves that are missing", missing)
	r.must("people with two rows of one wave", twice)
	return nil
}

// fillUnderEyes launches a wave and writes its rows while its pages are read.
func (w *world) fillUnderEyes(ctx context.Context, pages *wavePages, wave, planned phonebank.Wave) (found, written time.Duration, err error) {
	over := make(chan struct{})
	list := w.pagesOf(wave, planned)
	var readers sync.WaitGroup
	errs := make([]error, 2)
	for reader := range errs {
		readers.Go(func() {
			for i := reader * len(list) / len(errs); ; i++ {
				select {
				case <-over:
					return
				default:
				}
				page := list[i%len(list)]
				if errs[reader] = pages.read(ctx, page.name, page.path, page.form); errs[reader] != nil {
					return
				}
			}
		})
	}
	work := func() error {
		began := time.Now()
		if err := w.diary.LaunchWave(ctx, wave.ID, w.coordinator.ID); err != nil {
			return err
		}
		found = time.Since(began)
		began = time.Now()
		var workers sync.WaitGroup
		ticks := make([]error, 2)
		for i := range ticks {
			workers.Go(func() { ticks[i] = w.diary.TickWaves(ctx) })
		}
		workers.Wait()
		written = time.Since(began)
		return errors.Join(ticks...)
	}
	err = work()
	close(over)
	readers.Wait()
	return found, written, errors.Join(append(errs, err)...)
}

// countWave counts what may never be of a wave that was written.
func (w *world) countWave(id phonebank.WaveID) (missing, doubles int, err error) {
	var n int
	if err := w.admin.Get(&n, `SELECT count(*) FROM follow_ups WHERE wave_id = $1`, id); err != nil {
		return 0, 0, err
	}
	err = w.admin.Get(&doubles, `SELECT count(*) FROM (SELECT 1 FROM follow_ups WHERE wave_id = $1 GROUP BY person_id HAVING count(*) > 1) x`, id)
	return waveLoaded - n, doubles, err
}

func (p *wavePages) fewest() int {
	least := pageReads * 1000
	for _, s := range p.each {
		least = min(least, len(s.each))
	}
	return least
}

func (p *wavePages) print(r *report) {
	names := make([]string, 0, len(p.each))
	for name := range p.each {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(p.each[b].percentile(0.95), p.each[a].percentile(0.95)) })
	fmt.Println()
	rows := [][]string{{"page, while 20,000 rows are written", "reads", "p50", "p95", "worst"}}
	for _, name := range names {
		s := p.each[name]
		p95 := s.percentile(0.95)
		rows = append(rows, []string{name, fmt.Sprint(len(s.each)), ms(s.percentile(0.5)), ms(p95), ms(slices.Max(s.each))})
		r.hold("waves: "+name+", p95 while 20,000 are written", ms(p95), "< 500 ms", p95 < pagesBar)
	}
	table(rows)
}
