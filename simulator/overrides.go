package simulator

import (
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// overrides are the connection settings that an address carries in its fragment: #ct=1000&rt=3000&rc=2&rp=all.
// Source: Twilio docs, "Webhooks connection overrides".
type overrides struct {
	connect time.Duration // ct: to connect, TLS included
	read    time.Duration // rt: until the answer is read
	total   time.Duration // tt: all attempts together
	retries int           // rc: 0 to 5
	policy  []string      // rp: which failures are tried again: ct, rt, 4xx, 5xx, all
}

// target is an address that a webhook may be sent to, without its fragment.
type target struct {
	url *url.URL
	overrides
}

// parseTarget takes the overrides off an address. Values that Twilio would not take are ignored.
func parseTarget(address string, longest time.Duration) (target, error) {
	u, err := url.Parse(address)
	if err != nil {
		return target{}, err
	}
	t := target{url: u, overrides: overrides{connect: 5 * time.Second, read: longest, total: longest, retries: 1, policy: []string{"ct"}}}
	set, _ := url.ParseQuery(u.EscapedFragment())
	u.Fragment, u.RawFragment = "", ""
	for key, into := range map[string]*time.Duration{"ct": &t.connect, "rt": &t.read, "tt": &t.total} {
		if ms, err := strconv.Atoi(set.Get(key)); err == nil && ms > 0 {
			*into = min(time.Duration(ms)*time.Millisecond, longest)
		}
	}
	if n, err := strconv.Atoi(set.Get("rc")); err == nil && n >= 0 && n <= 5 {
		t.retries = n
	}
	if set.Has("rp") {
		t.policy = strings.Split(set.Get("rp"), ",")
	}
	return t, nil
}

// retry says whether a failure of this kind (ct, rt, 4xx, 5xx) is tried again.
func (o overrides) retry(kind string) bool {
	return kind != "" && (slices.Contains(o.policy, kind) || slices.Contains(o.policy, "all"))
}

// allowed says whether webhooks may go to this address: loopback, or a host on the allow-list, and nothing that
// Twilio would refuse (another scheme, an underscore in the host).
func (s *Simulator) allowed(address string) bool {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || strings.Contains(u.Host, "_") {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback()) || slices.Contains(s.cfg.AllowHosts, host) || slices.Contains(s.cfg.AllowHosts, u.Host)
}
