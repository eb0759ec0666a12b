package simulator

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"
)

type accountJSON struct {
	AuthToken       string            `json:"auth_token"`
	DateCreated     *string           `json:"date_created"`
	DateUpdated     *string           `json:"date_updated"`
	FriendlyName    string            `json:"friendly_name"`
	OwnerAccountSid string            `json:"owner_account_sid"`
	Sid             string            `json:"sid"`
	Status          string            `json:"status"`
	SubresourceURIs map[string]string `json:"subresource_uris"`
	Type            string            `json:"type"`
	URI             string            `json:"uri"`
}

func (s *Simulator) accountEndpoints() []endpoint {
	return []endpoint{{http.MethodGet, "/{Sid}.json", "account.fetch", nil, 200, s.fetchAccount}}
}

func (s *Simulator) fetchAccount(a *ask) (any, error) {
	if a.vars["Sid"] != s.cfg.AccountSID {
		return nil, notFound(a.path)
	}
	at := s.accountPath()
	return accountJSON{
		AuthToken: s.cfg.AuthToken, DateCreated: date(s.created), DateUpdated: date(s.created), FriendlyName: "Simulated account",
		OwnerAccountSid: s.cfg.AccountSID, Sid: s.cfg.AccountSID, Status: "active", Type: "Full", URI: at + ".json",
		SubresourceURIs: map[string]string{
			"messages": at + "/Messages.json", "calls": at + "/Calls.json", "conferences": at + "/Conferences.json",
			"recordings": at + "/Recordings.json", "incoming_phone_numbers": at + "/IncomingPhoneNumbers.json"},
	}, nil
}

// lookup is Lookup v2 for one number: valid, a mobile, never reassigned.
// Source: Twilio docs, "Lookup v2 API".
func (s *Simulator) lookup(r *http.Request) any {
	number := strings.Replace(mux.Vars(r)["Number"], "%2B", "+", 1)
	body := map[string]any{
		"calling_country_code": "1", "country_code": "US", "phone_number": number, "national_format": strings.TrimPrefix(number, "+1"),
		"valid": e164.MatchString(number), "validation_errors": []string{}, "caller_name": nil, "sim_swap": nil, "call_forwarding": nil,
		"line_status": nil, "line_type_intelligence": nil, "identity_match": nil, "reassigned_number": nil, "sms_pumping_risk": nil,
		"phone_number_quality_score": nil, "pre_fill": nil, "url": "https://" + lookupsHost + "/v2/PhoneNumbers/" + number,
	}
	for field := range strings.SplitSeq(r.URL.Query().Get("Fields"), ",") {
		switch field {
		case "line_type_intelligence":
			body[field] = map[string]any{"type": "mobile", "carrier_name": "Simulated Wireless", "mobile_country_code": "310", "mobile_network_code": "000", "error_code": nil}
		case "reassigned_number":
			body[field] = map[string]any{"last_verified_date": r.URL.Query().Get("LastVerifiedDate"), "is_number_reassigned": "no", "error_code": nil}
		}
	}
	return body
}
