package simulator

import (
	"net/http"
	"strings"
	"time"
)

// number is one that the account owns, with its webhooks.
type number struct {
	sid, number, name                string
	created, updated                 time.Time
	smsURL, smsMethod                string
	smsFallbackURL, smsFallback      string
	voiceURL, voiceMethod            string
	voiceFallbackURL, voiceFallback  string
	statusCallback, statusMethod     string
	smsApplication, voiceApplication string
	callerIDLookup                   bool
}

func newNumber(n string, cfg Config, at time.Time) *number {
	return &number{
		sid: newSID("PN"), number: n, name: n, created: at, updated: at,
		smsURL: cfg.SMSURL, smsMethod: http.MethodPost, smsFallbackURL: cfg.SMSFallbackURL, smsFallback: http.MethodPost,
		voiceURL: cfg.VoiceURL, voiceMethod: http.MethodPost, voiceFallbackURL: cfg.VoiceFallbackURL, voiceFallback: http.MethodPost,
		statusMethod: http.MethodPost,
	}
}

type numberJSON struct {
	AccountSid             string          `json:"account_sid"`
	AddressSid             *string         `json:"address_sid"`
	AddressRequirements    string          `json:"address_requirements"`
	APIVersion             string          `json:"api_version"`
	Beta                   bool            `json:"beta"`
	Capabilities           map[string]bool `json:"capabilities"`
	DateCreated            *string         `json:"date_created"`
	DateUpdated            *string         `json:"date_updated"`
	FriendlyName           string          `json:"friendly_name"`
	IdentitySid            *string         `json:"identity_sid"`
	PhoneNumber            string          `json:"phone_number"`
	Origin                 string          `json:"origin"`
	Sid                    string          `json:"sid"`
	SmsApplicationSid      string          `json:"sms_application_sid"`
	SmsFallbackMethod      string          `json:"sms_fallback_method"`
	SmsFallbackURL         string          `json:"sms_fallback_url"`
	SmsMethod              string          `json:"sms_method"`
	SmsURL                 string          `json:"sms_url"`
	StatusCallback         string          `json:"status_callback"`
	StatusCallbackMethod   string          `json:"status_callback_method"`
	TrunkSid               *string         `json:"trunk_sid"`
	URI                    string          `json:"uri"`
	VoiceReceiveMode       string          `json:"voice_receive_mode"`
	VoiceApplicationSid    string          `json:"voice_application_sid"`
	VoiceCallerIDLookup    bool            `json:"voice_caller_id_lookup"`
	VoiceFallbackMethod    string          `json:"voice_fallback_method"`
	VoiceFallbackURL       string          `json:"voice_fallback_url"`
	VoiceMethod            string          `json:"voice_method"`
	VoiceURL               string          `json:"voice_url"`
	EmergencyStatus        string          `json:"emergency_status"`
	EmergencyAddressSid    *string         `json:"emergency_address_sid"`
	EmergencyAddressStatus string          `json:"emergency_address_status"`
	BundleSid              *string         `json:"bundle_sid"`
	Status                 string          `json:"status"`
	Type                   string          `json:"type"`
}

func (s *Simulator) renderNumber(n *number) any {
	return numberJSON{
		AccountSid: s.cfg.AccountSID, AddressRequirements: "none", APIVersion: "2010-04-01",
		Capabilities: map[string]bool{"mms": true, "sms": true, "voice": true, "fax": false},
		DateCreated:  date(n.created), DateUpdated: date(n.updated), FriendlyName: n.name, PhoneNumber: n.number, Origin: "twilio", Sid: n.sid,
		SmsApplicationSid: n.smsApplication, SmsFallbackMethod: n.smsFallback, SmsFallbackURL: n.smsFallbackURL, SmsMethod: n.smsMethod, SmsURL: n.smsURL,
		StatusCallback: n.statusCallback, StatusCallbackMethod: n.statusMethod, URI: s.accountPath() + "/IncomingPhoneNumbers/" + n.sid + ".json",
		VoiceReceiveMode: "voice", VoiceApplicationSid: n.voiceApplication, VoiceCallerIDLookup: n.callerIDLookup,
		VoiceFallbackMethod: n.voiceFallback, VoiceFallbackURL: n.voiceFallbackURL, VoiceMethod: n.voiceMethod, VoiceURL: n.voiceURL,
		EmergencyStatus: "Inactive", EmergencyAddressStatus: "unregistered", Status: "in-use", Type: "local",
	}
}

func (s *Simulator) numberEndpoints() []endpoint {
	one := "/{AccountSid}/IncomingPhoneNumbers/{Sid}.json"
	return []endpoint{
		{http.MethodGet, "/{AccountSid}/IncomingPhoneNumbers.json", "numbers.list", listFields("PhoneNumber", "FriendlyName", "Beta", "Origin"), 200, s.listNumbers},
		{http.MethodGet, one, "numbers.fetch", nil, 200, s.fetchNumber},
		{http.MethodPost, one, "numbers.update", []string{"FriendlyName", "SmsUrl", "SmsMethod", "SmsFallbackUrl", "SmsFallbackMethod",
			"SmsApplicationSid", "VoiceUrl", "VoiceMethod", "VoiceFallbackUrl", "VoiceFallbackMethod", "VoiceApplicationSid",
			"StatusCallback", "StatusCallbackMethod", "VoiceCallerIdLookup"}, 200, s.updateNumber},
	}
}

func (s *Simulator) listNumbers(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := []*number{}
	for _, n := range s.numbers { // the first configured stays the first listed
		if strings.Contains(n.number, a.form.Get("PhoneNumber")) && is(a.form, "FriendlyName", n.name) {
			kept = append(kept, n)
		}
	}
	return page(a, "incoming_phone_numbers", kept, func(n *number) string { return n.sid }, s.renderNumber)
}

func (s *Simulator) fetchNumber(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.numberBySID(a)
	if err != nil {
		return nil, err
	}
	return s.renderNumber(n), nil
}

func (s *Simulator) updateNumber(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.numberBySID(a)
	if err != nil {
		return nil, err
	}
	for field := range a.form {
		value := a.form.Get(field)
		if value != "" && (strings.HasSuffix(field, "Url") || field == "StatusCallback") && !s.allowed(value) {
			return nil, s.badURL(21502, field)
		}
		if strings.HasSuffix(field, "Method") && value != http.MethodGet && value != http.MethodPost {
			return nil, bad(20001, "%s must be GET or POST", field)
		}
	}
	for field, into := range map[string]*string{
		"FriendlyName": &n.name, "SmsUrl": &n.smsURL, "SmsMethod": &n.smsMethod, "SmsFallbackUrl": &n.smsFallbackURL, "SmsFallbackMethod": &n.smsFallback,
		"VoiceUrl": &n.voiceURL, "VoiceMethod": &n.voiceMethod, "VoiceFallbackUrl": &n.voiceFallbackURL, "VoiceFallbackMethod": &n.voiceFallback,
		"StatusCallback": &n.statusCallback, "StatusCallbackMethod": &n.statusMethod,
		"SmsApplicationSid": &n.smsApplication, "VoiceApplicationSid": &n.voiceApplication,
	} {
		if a.form.Has(field) {
			*into = a.form.Get(field)
		}
	}
	if n.callerIDLookup, err = flag(a.form, "VoiceCallerIdLookup", n.callerIDLookup); err != nil {
		return nil, err
	}
	n.updated = s.clock.Now()
	return s.renderNumber(n), nil
}

func (s *Simulator) numberBySID(a *ask) (*number, error) {
	for _, n := range s.numbers {
		if n.sid == a.vars["Sid"] {
			a.sid = n.sid
			return n, nil
		}
	}
	return nil, notFound(a.path)
}

// ours finds one of the account's numbers; nil when it is none.
func (s *Simulator) ours(e164 string) *number {
	for _, n := range s.numbers {
		if n.number == e164 {
			return n
		}
	}
	return nil
}

// badURL refuses an address, with the simulator's own rule in words.
func (s *Simulator) badURL(code int, field string) *apiError {
	return bad(code, "%s is not a valid URL (the simulator calls http and https on loopback or an allowed host, no underscore in the host)", field)
}
