package simulator

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestFault_ThatKeepsARequestFromBeingProcessed(t *testing.T) {
	for _, row := range []struct {
		do     string
		status int
		code   float64 // 0: an HTML page
	}{
		{DoTooMany, 429, 20429}, {DoServerError, 500, 0}, {DoUnavailable, 503, 0}, {DoRevoked, 401, 20003}, {"21614", 400, 21614},
	} {
		t.Run(row.do, func(t *testing.T) {
			w := newWorld(t)
			w.Fault(Rule{Side: SideAPI, Op: "messages.create", Do: row.do, Count: 1})
			status, body := w.ask(http.MethodPost, "/Messages.json", "From", us, "To", ana, "Body", "x")
			if status != row.status || (row.code != 0 && body["code"] != row.code) || (row.code == 0 && len(body) > 0) {
				t.Errorf("answered %d %v", status, body)
			}
			if _, list := w.ask(http.MethodGet, "/Messages.json"); len(list["messages"].([]any)) != 0 {
				t.Error("it was processed")
			}
			w.text(ana, "the rule is used up")
		})
	}
}

func TestFault_ProcessedButTheAnswerIsLost(t *testing.T) {
	for _, do := range []string{DoAcceptTimeout, DoAcceptReset, DoAcceptError, DoAcceptHalf, DoReset} {
		t.Run(do, func(t *testing.T) {
			w := newWorld(t)
			w.Fault(Rule{Side: SideAPI, Op: "messages", Do: do, Count: 1})
			client := &http.Client{Timeout: 200 * time.Millisecond, Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			req, _ := http.NewRequest(http.MethodPost, w.api.URL+"/_host/api.twilio.com/2010-04-01/Accounts/"+testAccount+"/Messages.json",
				strings.NewReader("From=%2B12125550100&To=%2B12125550110&Body=x"))
			req.SetBasicAuth(testAccount, testToken)
			res, err := client.Do(req)
			if err == nil {
				_, err = io.ReadAll(res.Body)
				res.Body.Close()
			}
			if (err == nil) != (do == DoAcceptError) {
				t.Errorf("the client saw %v", err)
			}
			want := 1
			if do == DoReset {
				want = 0
			}
			if _, list := w.ask(http.MethodGet, "/Messages.json"); len(list["messages"].([]any)) != want {
				t.Errorf("%d messages are listed, want %d", len(list["messages"].([]any)), want)
			}
		})
	}
}

func TestFault_TheCallbackComesBeforeThe201(t *testing.T) {
	w := newWorld(t)
	w.Fault(Rule{Side: SideAPI, Op: "messages.create", Do: DoCallbackFirst})
	sid := w.text(ana, "x")
	if len(w.hooks(opMessageStatus, "MessageSid", sid)) == 0 {
		t.Error("the 201 came first")
	}
}

func TestFault_TheCarrierRefuses(t *testing.T) {
	w := newWorld(t)
	for _, code := range []string{"30003", "30004", "30005", "30006", "30007", "30008", "30034"} {
		w.ClearFaults()
		w.Fault(Rule{Side: SideAPI, To: ana, Do: code})
		sid := w.text(ana, "x")
		w.hook(opMessageStatus, "MessageSid", sid, "MessageStatus", "undelivered", "ErrorCode", code)
	}
}

func TestFault_CallbacksLostDuplicatedLateReordered(t *testing.T) {
	sent := func(w *world, sid string) []string { return statuses(w.hooks(opMessageStatus, "MessageSid", sid)) }
	for _, row := range []struct {
		rule Rule
		want string
	}{
		{Rule{Do: DoLost}, "delivered"},
		{Rule{Do: DoDuplicate}, "sent sent delivered"},
		{Rule{Do: DoReorder}, "delivered sent"},
		{Rule{Do: DoLate, Delay: time.Hour}, "delivered sent"},
	} {
		t.Run(row.rule.Do, func(t *testing.T) {
			w := newWorld(t)
			row.rule.Side, row.rule.Op, row.rule.Count = SideWebhook, opMessageStatus, 1
			w.Fault(row.rule)
			sid := w.text(ana, "x")
			w.hook(opMessageStatus, "MessageSid", sid, "MessageStatus", "delivered")
			if row.rule.Do == DoLate {
				w.Clock().Advance(time.Hour)
			}
			if strings.Contains(row.want, "sent") {
				w.hook(opMessageStatus, "MessageSid", sid, "MessageStatus", "sent")
			}
			if got := strings.Join(sent(w, sid), " "); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}

func TestFault_AReorderedCallbackWithoutANextOneStillGoes(t *testing.T) {
	w := newWorld(t)
	w.Fault(Rule{Side: SideWebhook, Op: opMessageStatus, After: 1, Do: DoReorder})
	sid := w.text(ana, "x")
	w.see("held back", func(e Entry) bool { return e.SID == sid && e.Fault == DoReorder })
	w.Clock().Advance(reorderPatience)
	w.hook(opMessageStatus, "MessageStatus", "delivered")
}

func TestFault_WhatAWebhookCarries(t *testing.T) {
	for _, row := range []struct {
		do       string
		unsigned bool // for an official validator
		key      string
		values   int
	}{
		{DoBadSignature, true, "Body", 1}, {DoOldToken, true, "Body", 1}, {DoExtra, false, "SomethingTwilioAddsLater", 1}, {DoRepeatedKey, true, "Repeated", 2},
	} {
		t.Run(row.do, func(t *testing.T) {
			w := newWorld(t)
			w.Fault(Rule{Side: SideWebhook, Op: opInboundMessage, Do: row.do, Token: "theOldOne"})
			sid, _ := w.Text(ana, us, "hi")
			e := w.hook(opInboundMessage, "MessageSid", sid)
			if len(e.Params[row.key]) != row.values || e.Fault != row.do {
				t.Errorf("%s: %v", row.key, e.Params[row.key])
			}
			if got := len(w.unsigned()) > 0; got != row.unsigned {
				t.Errorf("refused by the validator: %v", got)
			}
		})
	}
}

func TestFault_ChanceIsSeeded(t *testing.T) {
	pattern := func() string {
		w := newWorld(t)
		w.Fault(Rule{Side: SideAPI, Op: "messages.create", Do: DoTooMany, P: 0.5})
		out := ""
		for range 12 {
			status, _ := w.ask(http.MethodPost, "/Messages.json", "From", us, "To", ana, "Body", "x")
			out += fmt.Sprint(status == 429, " ")
		}
		return out
	}
	first, second := pattern(), pattern()
	if first != second || !strings.Contains(first, "true") || !strings.Contains(first, "false") {
		t.Errorf("the same seed gave %s and %s", first, second)
	}
}

func TestFault_RulesThatAreNoneAreRefused(t *testing.T) {
	for _, r := range []Rule{{}, {Side: SideAPI, Do: DoLost}, {Side: SideWebhook, Do: "30003"}, {Side: SideAPI, Do: "429", P: 2}} {
		if r.check() == nil {
			t.Errorf("%+v was taken", r)
		}
	}
}
