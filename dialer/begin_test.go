package dialer_test

import (
	"testing"

	"phonebank"
	"phonebank/dialer"
	"phonebank/script"
	"phonebank/words"
)

func TestUsualLocale_IsALanguageOfBoth(t *testing.T) {
	both, onlyEnglish := &script.Script{Locales: []string{"en", "es"}}, &script.Script{Locales: []string{"en"}}
	for _, row := range []struct {
		why          string
		s            *script.Script
		theirs, mine string
		reads        words.Language
		want         string
	}{
		{"the first of theirs that the volunteer speaks", both, "Spanish, English", "English, Spanish", words.English, "es"},
		{"the volunteer speaks only their second", both, "Spanish, English", "English", words.English, "en"},
		{"the volunteer hasn't told, and reads in English", both, "Spanish, English", "", words.English, "en"},
		{"the volunteer hasn't told, and reads in Spanish", both, "English, Spanish", "", words.Spanish, "es"},
		{"they speak only Spanish", both, "Spanish", "English", words.English, "es"},
		{"nobody knows what they speak", both, "", "español", words.English, "es"},
		{"nobody knows anything", both, "", "", words.English, "en"},
		{"the script speaks no Spanish", onlyEnglish, "Spanish", "Spanish", words.Spanish, "en"},
	} {
		if got := dialer.UsualLocale(row.s, row.theirs, row.mine, row.reads); got != row.want {
			t.Errorf("%s: %s, want %s", row.why, got, row.want)
		}
	}
}

func TestUsualAsk_IsTheSessionsWhereTheScriptHasIt(t *testing.T) {
	own := "role"
	recruitment := &script.Script{Kind: phonebank.KindRecruitment, Asks: []script.Ask{{ID: "meeting"}, {ID: "sign"}}, Steps: []script.Step{{Type: "ask", Ask: ptr("meeting")}}}
	stepUp := &script.Script{Kind: phonebank.KindEscalation, Asks: []script.Ask{{ID: own}}, Steps: []script.Step{{Type: "ask", Ask: &own}}}
	catchUp := &script.Script{Kind: phonebank.KindMaintenance}
	for _, row := range []struct {
		why     string
		s       *script.Script
		session string
		want    string
	}{
		{"the session's", recruitment, "sign", "sign"},
		{"the host asks for nothing", recruitment, script.NoAsk, script.NoAsk},
		{"no session", recruitment, "", "meeting"},
		{"the session's ask is another script's", stepUp, "meeting", own},
		{"a step up asks, whatever the evening asks newcomers", stepUp, script.NoAsk, own},
		{"a catch-up asks for nothing", catchUp, "meeting", script.NoAsk},
	} {
		if got := dialer.UsualAsk(row.s, row.session); got != row.want {
			t.Errorf("%s: %s, want %s", row.why, got, row.want)
		}
	}
}

func ptr(s string) *string { return &s }

func TestGateOf_AStepUpAlwaysHasOne(t *testing.T) {
	if g := dialer.GateOf(&script.Script{Kind: phonebank.KindEscalation}); g != phonebank.StepUpGate {
		t.Errorf("a step up without a gate of its own has %v", g)
	}
	if g := dialer.GateOf(&script.Script{Kind: phonebank.KindEscalation, Eligible: &script.Eligible{MinKeptCommitments: 3, Needs: "coordinator_ok"}}); g != (phonebank.Gate{Kept: 3, OK: true}) {
		t.Errorf("its own gate is read as %v", g)
	}
	if g := dialer.GateOf(&script.Script{Kind: phonebank.KindRecruitment, Eligible: &script.Eligible{MinKeptCommitments: 3}}); g != (phonebank.Gate{}) {
		t.Errorf("a first talk has a gate: %v", g)
	}
}
