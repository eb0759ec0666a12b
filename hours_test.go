package phonebank

import (
	"testing"
	"time"
)

func utc(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestMayContact_OnlyWhereEveryCandidateZoneIsOpen(t *testing.T) {
	for _, c := range []struct {
		zones, at string
		want      bool
		why       string
	}{
		{"America/New_York", "2026-11-24 14:00", true, "9:00 in New York"},
		{"America/New_York", "2026-11-24 13:59", false, "one minute early"},
		{"America/New_York", "2026-11-25 00:59", true, "19:59 in New York"},
		{"America/New_York", "2026-11-25 01:00", false, "20:00 sharp"},
		{"America/New_York,America/Los_Angeles", "2026-11-24 14:00", false, "6:00 in Los Angeles"},
		{"", "2026-11-24 16:59", false, "an unknown zone opens at noon Eastern"},
		{"", "2026-11-24 17:00", true, "noon Eastern is 9:00 Pacific"},
		{"Pacific/Honolulu", "2026-11-24 19:00", true, "9:00 in Honolulu"},
		{"Asia/Kathmandu", "2026-11-24 03:15", true, "9:00 at +5:45"},
		{"Australia/Lord_Howe", "2026-11-23 22:00", true, "9:00 at +11"},
		{"America/New_York", "2026-03-08 13:00", true, "9:00 on the morning of the spring change"},
		{"America/New_York", "2026-11-01 13:30", false, "8:30 on the morning of the autumn change"},
		{"No/Such_Zone", "2026-11-24 17:00", false, "a zone nobody knows is closed"},
	} {
		if got := MayContact(c.zones, utc(c.at), 0); got != c.want {
			t.Errorf("%s: %v", c.why, got)
		}
	}
	if MayContact("America/New_York", utc("2026-11-25 00:55"), SendMargin) {
		t.Error("a text must not start ten minutes before closing")
	}
}

func TestNextContact_IsTheNextOpening(t *testing.T) {
	got := NextContact("America/New_York", utc("2026-11-25 03:12"), 0)
	if want := utc("2026-11-25 14:00"); !got.Equal(want) {
		t.Errorf("after closing: %v, want %v", got, want)
	}
	if got := NextContact("Asia/Tokyo,America/New_York,Europe/London", utc("2026-11-25 03:00"), 0); !got.IsZero() {
		t.Errorf("zones without a common hour have no opening: %v", got)
	}
}

func TestInstant_KeepsTheLocalWish(t *testing.T) {
	at, err := Instant("2026-12-03T18:30", "America/New_York")
	if err != nil || !at.Equal(utc("2026-12-03 23:30")) {
		t.Errorf("%v %v", at, err)
	}
	if _, err := Instant("tomorrow", "America/New_York"); KindOf(err) != Invalid {
		t.Errorf("words are no time: %v", err)
	}
	if _, err := Instant("2026-12-03T18:30", "Mars/Base"); KindOf(err) != Invalid {
		t.Errorf("an unknown zone: %v", err)
	}
}

func TestRead_OneRuleForStopStartAndHelp(t *testing.T) {
	for _, c := range []struct {
		body     string
		open     bool
		want     Meaning
		byTwilio bool
	}{
		{"STOP", false, SaysStop, true},
		{" Stop. ", false, SaysStop, true},
		{"stop\u200b", false, SaysStop, true},
		{"opt out", false, SaysStop, false},
		{"Opt-out!", false, SaysStop, false},
		{"¡No más!", false, SaysStop, false},
		{"no ma\u0301s", false, SaysStop, false},
		{"Take me off", false, SaysStop, false},
		{"alto", false, SaysStop, false},
		{"please stop by at 5", false, Refusal, false},
		{"Don't call me again", false, Refusal, false},
		{"do not text this number", false, Refusal, false},
		{"no me llamen", false, Refusal, false},
		{"Dejen de escribirme", false, Refusal, false},
		{"start", false, SaysStart, true},
		{"YES", false, SaysStart, true},
		{"YES", true, Ordinary, true},
		{"yes I can come", false, Ordinary, false},
		{"help", false, SaysHelp, true},
		{"AYUDA", false, SaysHelp, false},
		{"¡Alto!", false, SaysStop, false},
		{"BASTA.", false, SaysStop, false},
		{"Cancelar", false, SaysStop, false},
		{"baja", false, SaysStop, false},
		{"Darme de baja", false, SaysStop, false},
		{"cancelar la cita del jueves", false, Ordinary, false},
		{"bájale al volumen", false, Ordinary, false},
		{"Inicio", false, SaysStart, false},
		{"¿a qué hora es el inicio?", false, Ordinary, false},
		{"the heat stopped working", false, Ordinary, false},
		{"", false, Ordinary, false},
		{"para", false, SaysStop, false},
		{"para mañana está bien", false, Ordinary, false},
	} {
		got, by := Read(c.body, c.open)
		if got != c.want || by != c.byTwilio && c.want != Ordinary {
			t.Errorf("%q: %q by Twilio %v, want %q %v", c.body, got, by, c.want, c.byTwilio)
		}
	}
}

func TestNumber_MaskedShowsFourDigits(t *testing.T) {
	if got := Number("+12125550123").Masked(); got != "(•••) •••-0123" {
		t.Error(got)
	}
	for _, bad := range []Number{"", "+", "2125550123", "+0125550123", "+1212555012a", "+12345678901234567"} {
		if bad.Valid() {
			t.Errorf("%q passes", bad)
		}
	}
}
