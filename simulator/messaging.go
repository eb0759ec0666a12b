package simulator

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/gorilla/mux"
)

const messagingHost = "messaging.twilio.com"

// mountMessaging serves what a product asks of its Messaging Service: that it exists, and which numbers it sends from.
// Every well-formed SID is a service of this account with all of its numbers.
// Source: Twilio docs, "Messaging Services: Service resource" and "PhoneNumber resource".
func (s *Simulator) mountMessaging(root *mux.Router) {
	at := root.Host(messagingHost).Methods(http.MethodGet).Subrouter()
	at.HandleFunc("/v1/Services/{Sid:MG[0-9a-fA-F]{32}}", s.answerOther("services.fetch", s.service))
	at.HandleFunc("/v1/Services/{Sid:MG[0-9a-fA-F]{32}}/PhoneNumbers", s.answerOther("services.numbers", s.serviceNumbers))
}

// answerOther serves a read of one of Twilio's other hosts: credentials, JSON, transcript.
func (s *Simulator) answerOther(op string, read func(*http.Request) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status, body := http.StatusOK, any(unauthorized())
		if s.authentic(r) {
			body = read(r)
		} else {
			status = http.StatusUnauthorized
		}
		raw, _ := json.Marshal(body)
		s.transcript.add(Entry{At: s.clock.Now(), Kind: KindAPI, Op: op, Method: r.Method, URL: r.URL.RequestURI(), Status: status, Answer: string(raw)})
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		w.Write(raw)
	}
}

func (s *Simulator) service(r *http.Request) any {
	sid := mux.Vars(r)["Sid"]
	address := "https://" + messagingHost + "/v1/Services/" + sid
	created := s.created.Format(time.RFC3339)
	return map[string]any{
		"sid": sid, "account_sid": s.cfg.AccountSID, "friendly_name": "Simulated service", "date_created": created, "date_updated": created,
		"inbound_request_url": nil, "inbound_method": "POST", "fallback_url": nil, "fallback_method": "POST", "status_callback": nil,
		"sticky_sender": true, "mms_converter": true, "smart_encoding": false, "scan_message_content": "inherit", "fallback_to_long_code": false,
		"area_code_geomatch": true, "synchronous_validation": false, "validity_period": 36000, "usecase": "undeclared",
		"us_app_to_person_registered": true, "use_inbound_webhook_on_number": true, "url": address,
		"links": map[string]string{"phone_numbers": address + "/PhoneNumbers"},
	}
}

func (s *Simulator) serviceNumbers(r *http.Request) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	sid := mux.Vars(r)["Sid"]
	address := "https://" + messagingHost + "/v1/Services/" + sid + "/PhoneNumbers"
	numbers := []any{}
	for _, n := range s.numbers {
		created := n.created.Format(time.RFC3339)
		numbers = append(numbers, map[string]any{
			"sid": n.sid, "account_sid": s.cfg.AccountSID, "service_sid": sid, "date_created": created, "date_updated": created,
			"phone_number": n.number, "country_code": "US", "capabilities": []string{"SMS", "MMS", "Voice"}, "url": address + "/" + n.sid,
		})
	}
	return map[string]any{"phone_numbers": numbers, "meta": map[string]any{"page": 0, "page_size": 50, "key": "phone_numbers",
		"first_page_url": address + "?PageSize=50&Page=0", "previous_page_url": nil, "next_page_url": nil, "url": address + "?PageSize=50&Page=0"}}
}
