package panel

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/mux"
	"github.com/redis/go-redis/v9"

	"phonebank"
	"phonebank/carrier"
	"phonebank/dialer"
	"phonebank/followup"
	"phonebank/internal/testdb"
	"phonebank/live"
	"phonebank/people"
	"phonebank/script"
	"phonebank/store"
	"phonebank/texting"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// midday is a moment at which everybody in the United States may be called.
var midday = time.Date(2026, 11, 23, 19, 0, 0, 0, time.UTC)

// silent is a bell that nobody hears.
type silent struct{}

func (silent) Soon(context.Context, string, string, int, time.Duration) {}

// house is a whole panel on a real Postgres and a real Redis, with a Twilio that cannot be reached.
type house struct {
	*Panel
	t        *testing.T
	server   *httptest.Server
	db       *testdb.DB
	campaign phonebank.Campaign
	boss     phonebank.User

	mu sync.Mutex
	at time.Time
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, db: testdb.New(t), at: midday}
	records, err := store.Open(h.db.URL, store.Options{Wall: time.Now})
	h.must(err)
	t.Cleanup(func() { _ = records.Close() })
	options, err := redis.ParseURL(testdb.Redis(t))
	h.must(err)
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	log := slog.New(slog.DiscardHandler)
	topics := live.Start(client, log)
	t.Cleanup(topics.Close)
	twilio, err := carrier.New(carrier.Account{SID: "AC51515151515151510000000000000001", AuthToken: "secret", BaseURL: "http://127.0.0.1:1", RequestTimeout: time.Second})
	h.must(err)
	desk := texting.New(texting.Parts{Store: records, Carrier: twilio, Live: topics, Log: log, Now: h.now, Wall: time.Now, PublicURL: "http://127.0.0.1", Org: "Alder Tenants"})
	t.Cleanup(desk.Close)
	router := mux.NewRouter()
	h.server = httptest.NewServer(router)
	t.Cleanup(h.server.Close)
	h.Panel, err = New(Parts{Store: records, Carrier: twilio, Live: topics, Log: log, Now: h.now, PublicURL: h.server.URL, Org: "Alder Tenants", Desk: desk,
		Switchboard: dialer.New(dialer.Parts{Store: records, Carrier: twilio, Live: topics, Bell: silent{}, Log: log, Now: h.now, PublicURL: h.server.URL, Org: "Alder Tenants"}),
		Diary:       followup.New(followup.Parts{Store: records, Live: topics, Bell: silent{}, Log: log, Now: h.now}),
		Roster:      people.New(records, h.now)})
	h.must(err)
	h.Routes(router)
	t.Cleanup(h.Close) // before the server: it waits for its streams
	h.furnish()
	return h
}

// furnish writes a script, a campaign and a coordinator down.
func (h *house) furnish() {
	h.t.Helper()
	doc, err := script.Starter("heat-recruitment")
	h.must(err)
	raw, err := doc.JSON()
	h.must(err)
	ctx := h.t.Context()
	// Nobody serves webhooks in this house and its clock is turned by hand: nothing waits here for what came in to be fetched.
	_, err = h.Store.DB().Exec(`UPDATE watermark SET fetched_through = '9999-01-01', alive_at = '9999-01-01'`)
	h.must(err)
	h.must(h.Store.AddScript(ctx, doc.ID, doc.Version, "live", doc.Title.In("en"), raw, midday))
	h.campaign = phonebank.Campaign{ID: phonebank.NewID[phonebank.CampaignID](midday), Name: "Heat by December", Number: "+12125550100", ScriptID: doc.ID, Zone: "America/New_York", CreatedAt: midday}
	h.must(h.Store.AddCampaign(ctx, h.campaign))
	h.boss = h.user("Rosa", phonebank.Coordinator)
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) user(name string, role phonebank.Role) phonebank.User {
	h.t.Helper()
	u := phonebank.User{ID: phonebank.NewID[phonebank.UserID](midday), Name: name, Role: role, Phone: "+12125550199", CreatedAt: midday}
	h.must(h.Store.AddUser(h.t.Context(), u))
	return u
}

func (h *house) person(name, number string) phonebank.Person {
	h.t.Helper()
	p, err := h.Roster.AddByHand(h.t.Context(), people.One{Name: name, Phone: number, Campaign: h.campaign.ID, By: h.boss.ID, Zone: "America/New_York", TextConsent: "said so at the block party"})
	h.must(err)
	return p
}

// session writes a session down and answers with its join token.
func (h *house) session(state string, admit bool) (phonebank.Session, string) {
	h.t.Helper()
	s := phonebank.Session{ID: phonebank.NewID[phonebank.SessionID](midday), CampaignID: h.campaign.ID, Name: "Tuesday heat calls", State: state, AskID: "meeting", AutoAdmit: admit, CreatedBy: h.boss.ID, CreatedAt: midday}
	token := phonebank.NewToken()
	h.must(h.Store.AddSession(h.t.Context(), s, token))
	return s, token
}

// talk puts a volunteer into a talk with a person, as the dialer would.
func (h *house) talk(u phonebank.User, p phonebank.Person) phonebank.Conversation {
	h.t.Helper()
	s, _ := h.session(phonebank.SessionOpen, true)
	shift, err := h.Store.KeepShift(h.t.Context(), s.ID, u.ID, true, midday)
	h.must(err)
	c := phonebank.Conversation{ID: phonebank.NewID[phonebank.ConversationID](midday), CampaignID: h.campaign.ID, SessionID: s.ID, ShiftID: shift.ID, PersonID: p.ID, UserID: u.ID,
		Channel: "call", Kind: "recruitment", AskID: "meeting", State: phonebank.ConversationOpen, ScriptID: h.campaign.ScriptID, ScriptVersion: 1, Locale: "en", StartedAt: midday}
	h.must(h.Store.AddConversation(h.t.Context(), c))
	h.must(h.Store.AddCall(h.t.Context(), phonebank.Call{ID: phonebank.NewID[phonebank.CallID](midday), Kind: phonebank.CallOut, State: phonebank.CallBridged, Token: phonebank.NewToken(),
		CampaignID: h.campaign.ID, ShiftID: shift.ID, PersonID: p.ID, PhoneID: p.PhoneID, Conversation: c.ID, From: h.campaign.Number, To: "+12125550111", Tries: 1, CreatedAt: midday, AnsweredAt: &midday}, ""))
	h.db.SQL().MustExec(`UPDATE shifts SET state = 'on_call', person_id = $2, conversation_id = $3, leg_joined = true WHERE id = $1`, shift.ID, p.ID, c.ID)
	return c
}

// browser is one browser of one somebody.
type browser struct {
	t    *testing.T
	base string
	http *http.Client
}

// browser opens one, signed in where a user is given.
func (h *house) browser(u phonebank.User) *browser {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	h.must(err)
	b := &browser{t: h.t, base: h.server.URL, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if u.ID != "" {
		secret := phonebank.NewToken()
		h.must(h.Store.AddSecret(h.t.Context(), store.LoginSecret, secret, u.ID, "", midday, midday.Add(stay)))
		home, err := url.Parse(h.server.URL)
		h.must(err)
		jar.SetCookies(home, []*http.Cookie{{Name: "phonebank", Value: secret, Path: "/"}})
	}
	return b
}

// reply is an answer, read to its end.
type reply struct {
	t      *testing.T
	Status int
	Header http.Header
	Body   string
}

func (b *browser) do(r *http.Request) reply {
	b.t.Helper()
	res, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return reply{b.t, res.StatusCode, res.Header, string(body)}
}

func (b *browser) request(method, path, kind string, body io.Reader) *http.Request {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if method == http.MethodPost {
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return r
}

func (b *browser) get(path string) reply {
	b.t.Helper()
	return b.do(b.request(http.MethodGet, path, "", nil))
}

func (b *browser) post(path string, pairs ...string) reply {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.do(b.request(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode())))
}

func (b *browser) send(path string, v any) reply {
	b.t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(b.request(http.MethodPost, path, "application/json", bytes.NewReader(body)))
}

// says fails where the page does not say every one of these.
func (r reply) says(words ...string) reply {
	r.t.Helper()
	for _, w := range words {
		if !strings.Contains(r.Body, w) && !strings.Contains(html.UnescapeString(r.Body), w) {
			r.t.Errorf("status %d; the page does not say %q:\n%s", r.Status, w, visible(r.Body))
		}
	}
	return r
}

// hides fails where the page says one of these.
func (r reply) hides(words ...string) reply {
	r.t.Helper()
	for _, w := range words {
		if strings.Contains(r.Body, w) {
			r.t.Errorf("the page says %q:\n%s", w, visible(r.Body))
		}
	}
	return r
}

func (r reply) is(status int) reply {
	r.t.Helper()
	if r.Status != status {
		r.t.Errorf("status %d, want %d:\n%s", r.Status, status, visible(r.Body))
	}
	return r
}

// to fails where the answer does not lead there.
func (r reply) to(path string) reply {
	r.t.Helper()
	if r.Status != http.StatusSeeOther || r.Header.Get("Location") != path {
		r.t.Errorf("status %d to %q, want 303 to %q:\n%s", r.Status, r.Header.Get("Location"), path, visible(r.Body))
	}
	return r
}

var (
	tags    = regexp.MustCompile(`(?s)<svg.*?</svg>|<[^>]+>`)
	blanks  = regexp.MustCompile(`\s+`)
	nonceIn = regexp.MustCompile(`name="nonce" value="([0-9A-Z]{26})"`)
)

// visible is roughly what a person reads on a page.
func visible(body string) string {
	body = blanks.ReplaceAllString(tags.ReplaceAllString(body, " "), " ")
	if len(body) > 1500 {
		body = body[:1500]
	}
	return body
}

// nonce finds the first nonce on a page.
func (r reply) nonce() string {
	r.t.Helper()
	m := nonceIn.FindStringSubmatch(r.Body)
	if m == nil {
		r.t.Fatalf("no nonce on the page:\n%s", visible(r.Body))
	}
	return m[1]
}

func (h *house) count(query string, args ...any) int {
	h.t.Helper()
	var n int
	if err := h.db.SQL().Get(&n, query, args...); err != nil {
		h.t.Fatal(fmt.Errorf("count %q: %w", query, err))
	}
	return n
}
