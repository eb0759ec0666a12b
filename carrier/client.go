// Package carrier is the only door to Twilio: it places, sends, finds, verifies signatures and writes TwiML. It decides
// nothing and stores nothing, and it never sends a request twice: Twilio has no idempotency key on Messages or Calls.
package carrier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"

	"phonebank/internal/crash"
)

// SimulatorAccount is how every account of a local Twilio begins. Such credentials and the real base URL refuse each other.
const SimulatorAccount = "AC5151515151515151"

// Account holds the credentials of one Twilio account and, for a local one, where it is. They travel as one bundle.
type Account struct {
	SID            string
	AuthToken      string
	PreviousToken  string // accepted on webhooks while the token is rotated
	APIKey         string // optional: REST then uses the key, which can be revoked alone
	APISecret      string
	BaseURL        string // a local Twilio only
	MessagingSID   string // optional: texts go through a Messaging Service
	RequestTimeout time.Duration
}

// Check refuses credentials that could reach the wrong Twilio: a simulator's account without a base URL, and a real one
// with it.
func (a Account) Check() error {
	local := strings.HasPrefix(a.SID, SimulatorAccount)
	switch {
	case a.SID == "" || a.AuthToken == "":
		return errors.New("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are needed")
	case local && a.BaseURL == "":
		return errors.New("TWILIO_ACCOUNT_SID is a simulator's account, so TWILIO_API_BASE_URL must say where the simulator is")
	case !local && a.BaseURL != "":
		return errors.New("TWILIO_API_BASE_URL is for a simulator only, and TWILIO_ACCOUNT_SID is not a simulator's account: take the base URL away")
	}
	return nil
}

// Client speaks to one account.
type Client struct {
	account Account
	http    *http.Client
}

// New makes a client. Its pool keeps 32 idle connections: Go's default of two would open one for nearly every request.
func New(a Account) (*Client, error) {
	if err := a.Check(); err != nil {
		return nil, err
	}
	if a.RequestTimeout == 0 {
		a.RequestTimeout = 10 * time.Second
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 32
	t.Proxy = nil
	var base *url.URL
	if a.BaseURL != "" {
		var err error
		if base, err = url.Parse(a.BaseURL); err != nil || base.Host == "" {
			return nil, fmt.Errorf("TWILIO_API_BASE_URL %q is no address", a.BaseURL)
		}
	}
	return &Client{account: a, http: &http.Client{
		Transport: &transport{next: t, base: base},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}}, nil
}

// Account answers with the SID that webhooks must carry.
func (c *Client) Account() string { return c.account.SID }

// request is one use of twilio-go, which knows no context: it gets a client of its own that carries ours and notes whether
// anything was written.
type request struct {
	*api.ApiService
	cancel context.CancelFunc
	wrote  atomic.Bool
}

func (c *Client) request(ctx context.Context) *request {
	return c.requestWithin(ctx, c.account.RequestTimeout)
}

func (c *Client) requestWithin(ctx context.Context, most time.Duration) *request {
	r := &request{}
	ctx, r.cancel = context.WithTimeout(ctx, most)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:      func(httptrace.GotConnInfo) { r.wrote.Store(true) },
		WroteRequest: func(httptrace.WroteRequestInfo) { crash.Here("request.written") },
	})
	user, secret := c.account.SID, c.account.AuthToken
	if c.account.APIKey != "" {
		user, secret = c.account.APIKey, c.account.APISecret
	}
	twilio := &client.Client{
		Credentials: client.NewCredentials(user, secret),
		HTTPClient:  &http.Client{Transport: withContext{ctx, c.http.Transport}, CheckRedirect: c.http.CheckRedirect},
	}
	twilio.SetAccountSid(c.account.SID)
	r.ApiService = api.NewApiServiceWithClient(twilio)
	return r
}

type withContext struct {
	ctx  context.Context
	next http.RoundTripper
}

func (t withContext) RoundTrip(req *http.Request) (*http.Response, error) {
	return t.next.RoundTrip(req.WithContext(t.ctx))
}

// transport leads requests to a local Twilio where there is one, keeps the wanted host in the Host header, and reads every
// body to its end: twilio-go leaves bodies of errors open, and cannot read one that is no JSON.
type transport struct {
	next http.RoundTripper
	base *url.URL
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.base != nil {
		req = req.Clone(req.Context())
		req.Host = req.URL.Host
		req.URL.Scheme, req.URL.Host = t.base.Scheme, t.base.Host
	}
	res, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	_ = res.Body.Close() // the body is read; an error of closing tells nothing more
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= 400 && !strings.HasPrefix(strings.TrimSpace(string(body)), "{") {
		body = fmt.Appendf(nil, `{"code":0,"message":"an answer without JSON","status":%d}`, res.StatusCode)
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

// Recording answers with the sound of a voicemail. The caller closes it.
func (c *Client) Recording(ctx context.Context, sid string) (io.ReadCloser, string, error) {
	where := "https://api.twilio.com/2010-04-01/Accounts/" + url.PathEscape(c.account.SID) + "/Recordings/" + url.PathEscape(sid) + ".wav"
	ctx, cancel := context.WithTimeout(ctx, c.account.RequestTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, where, nil)
	if err != nil {
		return nil, "", err
	}
	req.SetBasicAuth(c.account.SID, c.account.AuthToken)
	res, err := c.http.Do(req)
	if err != nil {
		return nil, "", lost(err)
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return nil, "", &Failure{Status: res.StatusCode, Doing: Refused, cause: errors.New("the recording is not there")}
	}
	return res.Body, res.Header.Get("Content-Type"), nil
}

// Reachable tells whether Twilio knows the account.
func (c *Client) Reachable(ctx context.Context) error {
	r := c.request(ctx)
	defer r.cancel()
	_, err := r.FetchAccount(c.account.SID)
	return r.failure(err)
}
