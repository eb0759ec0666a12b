package simulator

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func statuses(entries []Entry) (out []string) {
	for _, e := range entries {
		out = append(out, e.Params.Get("MessageStatus"))
	}
	return out
}

func TestMessage_SentThenDeliveredAndNoCallbackForQueued(t *testing.T) {
	w := newWorld(t)
	sid := w.text(ana, "Hello")
	last := w.hook(opMessageStatus, "MessageSid", sid, "MessageStatus", "delivered")
	if diff := cmp.Diff([]string{"sent", "delivered"}, statuses(w.hooks(opMessageStatus, "MessageSid", sid))); diff != "" {
		t.Error(diff)
	}
	if last.Params.Get("RawDlrDoneDate") == "" {
		t.Error("delivered carries RawDlrDoneDate")
	}
	if _, m := w.ask(http.MethodGet, "/Messages/"+sid+".json"); m["status"] != "delivered" || m["price"] != "-0.00830" || m["date_sent"] == nil {
		t.Errorf("GET says %v", m)
	}
	if bad := w.unsigned(); len(bad) > 0 {
		t.Errorf("the official validator refuses %v", bad)
	}
}

func TestMessage_ThroughAServiceIsAcceptedThenQueued(t *testing.T) {
	w := newWorld(t)
	sid := w.made("/Messages.json", "To", ana, "Body", "x", "MessagingServiceSid", "MG"+strings.Repeat("a", 32), "StatusCallback", w.app.URL+"/status")
	w.hook(opMessageStatus, "MessageSid", sid, "MessageStatus", "delivered")
	if diff := cmp.Diff([]string{"queued", "sent", "delivered"}, statuses(w.hooks(opMessageStatus, "MessageSid", sid))); diff != "" {
		t.Error(diff)
	}
}

func TestMessage_Refusals(t *testing.T) {
	w := newWorld(t)
	for _, row := range []struct {
		why  string
		code float64
		form []string
	}{
		{"no receiver", 21604, []string{"From", us, "Body", "x"}},
		{"a receiver that is no number", 21211, []string{"From", us, "To", "nobody", "Body", "x"}},
		{"no sender", 21603, []string{"To", ana, "Body", "x"}},
		{"a sender that the account does not own", 21606, []string{"From", ben, "To", ana, "Body", "x"}},
		{"to itself", 21266, []string{"From", us, "To", us, "Body", "x"}},
		{"no words", 21602, []string{"From", us, "To", ana, "Body", ""}},
		{"1601 letters", 21617, []string{"From", us, "To", ana, "Body", strings.Repeat("é", 1601)}},
		{"a callback outside the allow-list", 21609, []string{"From", us, "To", ana, "Body", "x", "StatusCallback", "https://example.com/"}},
		{"a callback host with an underscore", 21609, []string{"From", us, "To", ana, "Body", "x", "StatusCallback", "http://local_host/"}},
		{"a parameter that nobody knows", 20001, []string{"From", us, "To", ana, "Body", "x", "Statuscallback", "http://127.0.0.1/"}},
		{"a validity out of bounds", 20001, []string{"From", us, "To", ana, "Body", "x", "ValidityPeriod", "36001"}},
		{"scheduled without a service", 35118, []string{"From", us, "To", ana, "Body", "x", "ScheduleType", "fixed", "SendAt", "2099-01-01T00:00:00Z"}},
	} {
		status, body := w.ask(http.MethodPost, "/Messages.json", row.form...)
		if status != http.StatusBadRequest || body["code"] != row.code || body["status"] != 400.0 || body["message"] == "" ||
			body["more_info"] != "https://www.twilio.com/docs/errors/"+strconv.Itoa(int(row.code)) {
			t.Errorf("%s: %d %v, want %v", row.why, status, body, row.code)
		}
	}
	if !w.complained(20001) {
		t.Error("an unknown parameter is on the debugger's list")
	}
}

func TestMessage_ListIsPagedStablyNewestFirst(t *testing.T) {
	w := newWorld(t)
	var want []string
	for range 5 {
		want = append([]string{w.text(ana, "x")}, want...)
	}
	w.text(ben, "another person's")
	var got []string
	next := "/Messages.json?PageSize=2&To=%2B12125550110"
	for next != "" {
		_, body := w.ask(http.MethodGet, next)
		for _, m := range body["messages"].([]any) {
			got = append(got, m.(map[string]any)["sid"].(string))
		}
		if len(got) == 2 {
			w.text(ana, "one that came in between")
		}
		uri, _ := body["next_page_uri"].(string)
		next = strings.TrimPrefix(uri, "/2010-04-01/Accounts/"+testAccount)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMessage_DateFilters(t *testing.T) {
	w := newWorld(t)
	sid := w.text(ana, "today")
	w.hook(opMessageStatus, "MessageSid", sid, "MessageStatus", "delivered")
	now := w.Clock().Now()
	today, tomorrow := now.Format(time.DateOnly), now.AddDate(0, 0, 1).Format(time.DateOnly)
	for _, row := range []struct {
		why, key, value string
		want            int
	}{
		{"its own day", "DateSent", today, 1},
		{"another day", "DateSent", tomorrow, 0},
		{"from today on", "DateSent>", today, 1},
		{"from tomorrow on", "DateSent>", tomorrow, 0},
		{"up to an hour from now", "DateSent<", now.Add(time.Hour).Format(time.RFC3339), 1},
		{"up to an hour ago", "DateSent<", now.Add(-time.Hour).Format(time.RFC3339), 0},
	} {
		_, body := w.ask(http.MethodGet, "/Messages.json", row.key, row.value)
		if got := len(body["messages"].([]any)); got != row.want {
			t.Errorf("%s: %d, want %d", row.why, got, row.want)
		}
	}
}

func TestMessage_RedactDeleteCancel(t *testing.T) {
	w := newWorld(t)
	sid := w.text(ana, "secret")
	w.hook(opMessageStatus, "MessageSid", sid, "MessageStatus", "delivered")
	if _, m := w.ask(http.MethodPost, "/Messages/"+sid+".json", "Body", ""); m["body"] != "" {
		t.Errorf("redacted: %v", m["body"])
	}
	if status, _ := w.ask(http.MethodDelete, "/Messages/"+sid+".json"); status != http.StatusNoContent {
		t.Errorf("DELETE answered %d", status)
	}
	if status, body := w.ask(http.MethodGet, "/Messages/"+sid+".json"); status != 404 || body["code"] != 20404.0 {
		t.Errorf("a deleted message: %d %v", status, body)
	}
	service := "MG" + strings.Repeat("a", 32)
	at := w.Clock().Now().Add(time.Hour).Format(time.RFC3339)
	planned := w.made("/Messages.json", "To", ana, "Body", "x", "MessagingServiceSid", service, "ScheduleType", "fixed", "SendAt", at)
	if _, m := w.ask(http.MethodPost, "/Messages/"+planned+".json", "Status", "canceled"); m["status"] != "canceled" {
		t.Errorf("canceled: %v", m["status"])
	}
	again := w.made("/Messages.json", "To", ana, "Body", "x", "MessagingServiceSid", service, "ScheduleType", "fixed", "SendAt", at, "StatusCallback", w.app.URL+"/status")
	w.Clock().Advance(time.Hour)
	w.hook(opMessageStatus, "MessageSid", again, "MessageStatus", "delivered")
	if len(w.hooks(opMessageStatus, "MessageSid", planned)) > 0 {
		t.Error("a canceled message was sent")
	}
}

func TestKeywords_StopBlocksAndStartUnblocks(t *testing.T) {
	w := newWorld(t)
	for _, row := range []struct {
		why, body string
		blocked   bool
		replies   int // Twilio's own, so far
	}{
		{"a keyword in a sentence is none", "stop please", false, 0},
		{"HELP is answered", "help", false, 1},
		{"STOP blocks, in any case", " Stop ", true, 2},
		{"a second STOP is not answered", "QUIT", true, 2},
		{"HELP is not answered to the blocked", "INFO", true, 2},
		{"START unblocks", "start", false, 3},
		{"YES of one who is not blocked is a plain answer", "Yes", false, 3},
	} {
		sid, err := w.Text(ana, us, row.body)
		if err != nil {
			t.Fatal(err)
		}
		w.hook(opInboundMessage, "MessageSid", sid, "Body", row.body)
		status, body := w.ask(http.MethodPost, "/Messages.json", "From", us, "To", ana, "Body", "x")
		if row.blocked != (status == 400 && body["code"] == 21610.0) {
			t.Errorf("%s: sending answers %d %v", row.why, status, body["code"])
		}
		replies := 0
		for _, m := range w.phone(ana).Texts {
			if m.Auto {
				replies++
			}
		}
		if replies != row.replies {
			t.Errorf("%s: %d replies, want %d", row.why, replies, row.replies)
		}
	}
	w.Text(ana, us, "STOP")
	w.made("/Messages.json", "From", "+12125550101", "To", ana, "Body", "the block is of one number")
}

func TestInbound_FallbackAndReplyByTwiML(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.SMSFallbackURL = strings.TrimSuffix(c.SMSURL, "/sms") + "/fallback" })
	w.fails("/sms", http.StatusInternalServerError)
	w.says("/fallback", "<Response><Message>We <Body>got it</Body></Message></Response>")
	sid, _ := w.Text(ana, us, "hi", "http://127.0.0.1/cat.jpg")
	w.hook(opInboundMessage, "MessageSid", sid, "ErrorCode", "11200", "ErrorUrl", w.app.URL+"/sms", "NumMedia", "1")
	w.see("the reply", func(e Entry) bool { return e.Kind == KindText && e.Who == "you" && e.Words == "We got it" })
	_, body := w.ask(http.MethodGet, "/Messages.json", "To", ana)
	if got := body["messages"].([]any)[0].(map[string]any)["direction"]; got != "outbound-reply" {
		t.Errorf("direction %v", got)
	}
}

func TestPeople_ReplyOnceAndSayStop(t *testing.T) {
	w := newWorld(t)
	w.Person(ana, Behaviour{Replies: []Reply{{Contains: "saturday", Say: "I'm in"}, {Any: true, Say: "Who is this?"}}})
	w.Person(ben, Behaviour{SaysStop: true})
	w.text(ana, "Can you come on Saturday?")
	w.hook(opInboundMessage, "From", ana, "Body", "I'm in")
	w.text(ana, "Great, see you Saturday")
	w.hook(opInboundMessage, "From", ana, "Body", "Who is this?")
	w.text(ben, "Hello")
	w.hook(opInboundMessage, "From", ben, "Body", "STOP")
	if status, body := w.ask(http.MethodPost, "/Messages.json", "From", us, "To", ben, "Body", "x"); body["code"] != 21610.0 {
		t.Errorf("after STOP: %d %v", status, body)
	}
}
