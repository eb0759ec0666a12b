package simulator

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/url"
	"slices"
	"sort"
	"strings"
)

// sign makes X-Twilio-Signature: base64(HMAC-SHA1(token, address + every parameter's key and value, keys sorted
// by byte)). The address has no fragment. A repeated key counts with each of its different values, sorted.
// A GET request is signed with no parameters: they are in its address.
// Source: Twilio docs, "Webhooks security"; the rule for repeated keys is that of the official Node library.
func sign(token, address string, params url.Values) string {
	address, _, _ = strings.Cut(address, "#")
	var data strings.Builder
	data.WriteString(address)
	keys := make([]string, 0, len(params))
	for key := range params {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		values := slices.Clone(params[key])
		slices.Sort(values)
		for _, value := range slices.Compact(values) {
			data.WriteString(key)
			data.WriteString(value)
		}
	}
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(data.String()))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
