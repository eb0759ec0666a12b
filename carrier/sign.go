package carrier

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Twilio's signature is HMAC-SHA1
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
)

// Signature computes X-Twilio-Signature (docs: Webhooks security): the address, then every key with its values, sorted by
// key, each value once; base64 of HMAC-SHA1 under the account's auth token.
func Signature(token, address string, form url.Values) string {
	address, _, _ = strings.Cut(address, "#")
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(address))
	keys := make([]string, 0, len(form))
	for k := range form {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		values := form[k]
		if len(values) > 1 {
			values = slices.Clone(values)
			slices.Sort(values)
			values = slices.Compact(values)
		}
		for _, v := range values {
			mac.Write([]byte(k))
			mac.Write([]byte(v))
		}
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Verify tells whether a request was signed for an address by a token of ours. Twilio signs with or without the port, as its
// own validators allow, so both forms are tried. The comparison takes the same time wherever two signatures differ.
func (c *Client) Verify(signature, address string, form url.Values) bool {
	if signature == "" {
		return false
	}
	ok := false
	for _, token := range []string{c.account.AuthToken, c.account.PreviousToken} {
		if token == "" {
			continue
		}
		for _, form1 := range portForms(address) {
			if hmac.Equal([]byte(Signature(token, form1, form)), []byte(signature)) {
				ok = true
			}
		}
	}
	return ok
}

// portForms lists an address as it is, without its port, and with the standard port of its scheme.
func portForms(address string) []string {
	u, err := url.Parse(address)
	if err != nil {
		return []string{address}
	}
	scheme, rest, _ := strings.Cut(address, "://")
	authority, path := rest, ""
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	bare := authority
	if u.Port() != "" {
		bare = strings.TrimSuffix(authority, ":"+u.Port())
	}
	standard := map[string]string{"https": ":443", "http": ":80"}[u.Scheme]
	return []string{address, scheme + "://" + bare + path, scheme + "://" + bare + standard + path}
}
