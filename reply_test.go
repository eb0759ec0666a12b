package phonebank

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// monday is Nov 23 2026, two in the afternoon in New York.
var monday = time.Date(2026, 11, 23, 19, 0, 0, 0, time.UTC)

const newYork = "America/New_York"

var (
	afterCheckIn  = ReplyAbout{Asked: ReasonAfter, Promised: true, Due: true}
	afterReminder = ReplyAbout{Asked: ReasonBefore, Promised: true}
	justTexting   = ReplyAbout{Promised: true}
	callPlanned   = ReplyAbout{CallAt: time.Date(2026, 11, 23, 23, 0, 0, 0, time.UTC)} // today at six
	callOnFriday  = ReplyAbout{CallAt: time.Date(2026, 11, 27, 23, 0, 0, 0, time.UTC)}
)

// keyOf is the sentence of the catalog that somebody is asked with, before hours were put into it; empty: none of ours.
func keyOf(ask string) string {
	for _, key := range Asks {
		if start, _, _ := strings.Cut(key, "%s"); ask == key || start != key && strings.HasPrefix(ask, start) && !strings.Contains(ask, "%") {
			return key
		}
	}
	return ""
}

func TestReadReply_WhatATextSeemsToSay(t *testing.T) {
	settle := func(e CommitmentEvent) Reading { return Reading{Kind: SuggestSettle, Event: e} }
	at := func(local string) Reading { return Reading{Kind: SuggestTime, Local: local} }
	ask := func(what string) Reading { return Reading{Kind: SuggestAsk, Ask: what} }
	nothing := Reading{}
	for _, c := range []struct {
		about ReplyAbout
		body  string
		want  Reading
	}{
		// Kept.
		{afterCheckIn, "Yes", settle(SettleKept)},
		{afterCheckIn, "yes!!", settle(SettleKept)},
		{afterCheckIn, "Yep", settle(SettleKept)},
		{afterCheckIn, "did it", settle(SettleKept)},
		{afterCheckIn, "Done.", settle(SettleKept)},
		{afterCheckIn, "I went, it was packed", settle(SettleKept)},
		{afterCheckIn, "Yes I did, thank you for asking", settle(SettleKept)},
		{afterCheckIn, "It went great!", settle(SettleKept)},
		{afterCheckIn, "sí", settle(SettleKept)},
		{afterCheckIn, "Sí!", settle(SettleKept)},
		{afterCheckIn, "Lo hice", settle(SettleKept)},
		{afterCheckIn, "ya fui", settle(SettleKept)},
		{afterCheckIn, "Ya fui, estuvo muy bien", settle(SettleKept)},
		{afterCheckIn, "¡Listo!", settle(SettleKept)},
		{afterCheckIn, "ya está", settle(SettleKept)},
		{afterCheckIn, "sí, fuimos los dos", settle(SettleKept)},
		{justTexting, "I signed it already, ya firmé", settle(SettleKept)},
		{justTexting, "It's done", settle(SettleKept)},
		// A yes that answers something else, or is early.
		{afterReminder, "Yes", nothing},
		{afterReminder, "sí, ahí estaré", nothing},
		{afterReminder, "See you at 6:30", nothing},
		{afterReminder, "I'll be there Thursday at 6:30", nothing},
		{justTexting, "yes", nothing},
		{justTexting, "ok thanks", nothing},
		{afterCheckIn, "ok", nothing},
		{afterCheckIn, "thanks for everything", nothing},
		{afterCheckIn, "gracias", nothing},
		{ReplyAbout{}, "yes", nothing},
		{ReplyAbout{}, "call me Friday at 6", nothing},
		{callPlanned, "yes", nothing},
		{callPlanned, "I already called them at 10", nothing},
		{callPlanned, "I have 2 boys and 1 blanket", nothing},
		// In part, and not.
		{afterCheckIn, "I did part of it", settle(SettlePartly)},
		{afterCheckIn, "almost, got half of it", settle(SettlePartly)},
		{afterCheckIn, "a medias", settle(SettlePartly)},
		{afterCheckIn, "casi, hablé con uno", settle(SettlePartly)},
		{afterCheckIn, "couldn't make it", settle(SettleMissed)},
		{afterCheckIn, "Sorry I forgot", settle(SettleMissed)},
		{afterCheckIn, "I didn't go", settle(SettleMissed)},
		{afterCheckIn, "can't", settle(SettleMissed)},
		{afterCheckIn, "no pude", settle(SettleMissed)},
		{afterCheckIn, "Se me olvidó, perdón", settle(SettleMissed)},
		{afterCheckIn, "no fui", settle(SettleMissed)},
		{afterCheckIn, "I changed my mind about it", settle(SettleLetGo)},
		{afterReminder, "cambié de opinión", settle(SettleLetGo)},
		// A person asks.
		{afterCheckIn, "not yet", ask(AskNotYet)},
		{afterCheckIn, "Not yet, I'll do it tomorrow", ask(AskNotYet)},
		{afterCheckIn, "haven't done it", ask(AskNotYet)},
		{afterCheckIn, "todavía no", ask(AskNotYet)},
		{afterCheckIn, "Aún no", ask(AskNotYet)},
		{afterReminder, "can't", ask(AskCant)},
		{afterReminder, "Sorry something came up", ask(AskCant)},
		{afterReminder, "No puedo", ask(AskCant)},
		{afterReminder, "no voy a poder", ask(AskCant)},
		{afterCheckIn, "no", ask(AskNo)},
		{afterCheckIn, "Nope", ask(AskNo)},
		{afterCheckIn, "yes but I couldn't stay", ask(AskMixed)},
		{afterCheckIn, "did it happen?", ask(AskMixed)},
		{ReplyAbout{Asked: ReasonAfter, Promised: true, Due: true, Several: true}, "did it", ask(AskPromise)},
		// One time.
		{afterReminder, "can't, call me Friday at 6", at("2026-11-27T18:00")},
		{afterReminder, "Can’t make it. Call me Friday at 6pm?", at("2026-11-27T18:00")},
		{afterCheckIn, "call me Friday at 6", at("2026-11-27T18:00")},
		{callPlanned, "can you call at 7 instead?", at("2026-11-23T19:00")},
		{callPlanned, "7 works better", at("2026-11-23T19:00")},
		{callOnFriday, "can you call at 7 instead?", at("2026-11-27T19:00")},
		{callPlanned, "mejor mañana a las 7", at("2026-11-24T19:00")},
		{callPlanned, "Mejor mañana a las siete y media", at("2026-11-24T19:30")},
		{callPlanned, "llámame el viernes a las 6", at("2026-11-27T18:00")},
		{callPlanned, "¿Me puedes llamar el jueves a las 11?", at("2026-11-26T11:00")},
		{callPlanned, "no puedo, llámame el sábado a las 10 de la mañana", at("2026-11-28T10:00")},
		{callPlanned, "tomorrow at 9", at("2026-11-24T09:00")},
		{callPlanned, "tomorrow at 10 works", at("2026-11-24T10:00")},
		{callPlanned, "call me tomorrow at noon", at("2026-11-24T12:00")},
		{callPlanned, "Tomorrow evening at 7 please", at("2026-11-24T19:00")},
		{callPlanned, "ring me at half past five", at("2026-11-23T17:30")},
		{callPlanned, "call me tonight at 7", at("2026-11-23T19:00")},
		{callPlanned, "hoy a las 5 de la tarde", at("2026-11-23T17:00")},
		{callPlanned, "call me Dec 4 at 6:30 pm", at("2026-12-04T18:30")},
		{callPlanned, "el 4 de diciembre a las 6", at("2026-12-04T18:00")},
		{callPlanned, "can we do 12/24 at 10", at("2026-12-24T10:00")},
		{callPlanned, "Friday Dec 4 at 6 works better", at("2026-12-04T18:00")},
		{callPlanned, "call me in an hour", at("2026-11-23T15:00")},
		{callPlanned, "llámame en media hora", at("2026-11-23T14:30")},
		{callPlanned, "call me at 630", at("2026-11-23T18:30")},
		{callPlanned, "Friday 6p", at("2026-11-27T18:00")},
		{callPlanned, "not today, call me tomorrow at 5", at("2026-11-24T17:00")},
		{callPlanned, "no problem call me at 6", at("2026-11-23T18:00")},
		{callPlanned, "friday 18h", at("2026-11-27T18:00")},
		// No one time.
		{callPlanned, "can you call later?", ask(AskWhen)},
		{callPlanned, "más tarde", ask(AskWhen)},
		{callPlanned, "another time please", ask(AskWhen)},
		{callPlanned, "I'm busy", ask(AskWhen)},
		{callPlanned, "call me next week", ask(AskWhen)},
		{callPlanned, "next friday at 6 is better", ask(AskWhen)},
		{callPlanned, "tomorrow evening", ask(AskClock)},
		{callPlanned, "call me friday", ask(AskClock)},
		{callPlanned, "mejor el viernes por la tarde", ask(AskClock)},
		{callPlanned, "después de las 5", ask(AskRange)},
		{callPlanned, "call me after 5", ask(AskRange)},
		{callPlanned, "call between 5 and 6", ask(AskRange)},
		{callPlanned, "entre las 5 y las 6", ask(AskRange)},
		{callPlanned, "6 or 7", ask(AskOne)},
		{callPlanned, "call me friday or saturday at 10", ask(AskOne)},
		{callPlanned, "call me tomorrow at 8", ask(AskHours)},
		{callPlanned, "call me at 10", ask(AskPast)},
		{callPlanned, "llámame mañana a las 8", ask(AskHours)},
		{callPlanned, "call me tomorrow at 9pm", ask(AskHours)},
		{callPlanned, "mañana a las 7 de la mañana mejor", ask(AskHours)},
		{callPlanned, "call me today at 11am", ask(AskPast)},
		{callPlanned, "call me monday at 6", ask(AskWeek)},
		{callOnFriday, "can you call at 7?", ask(AskPlanned)},
		{callPlanned, "maybe call me friday at 6", ask(AskSure)},
		{callPlanned, "tal vez el viernes a las 6", ask(AskSure)},
		{callPlanned, "call me at 6 Pacific", ask(AskZone)},
		{callPlanned, "can't call friday at 6", ask(AskNotThen)},
		{callPlanned, "don't think friday at 6 works", ask(AskNotThen)},
		{callPlanned, "call me 4/12 at 6", ask(AskClock)},
	} {
		got := ReadReply(c.body, monday, newYork, c.about)
		if got.Kind != c.want.Kind || got.Event != c.want.Event || got.Local != c.want.Local || keyOf(got.Ask) != c.want.Ask {
			t.Errorf("%q about %+v:\n got %s %s %s %q\nwant %s %s %s %q", c.body, c.about, got.Kind, got.Event, got.Local, got.Ask, c.want.Kind, c.want.Event, c.want.Local, c.want.Ask)
		}
		if got.Kind == SuggestAsk && (got.Reply == "" || keyOf(got.Ask) == "" || strings.Contains(got.Reply, "%")) {
			t.Errorf("%q asks without words", c.body)
		}
	}
}

func TestReadReply_ARefusalIsNeverReadHere(t *testing.T) {
	for _, body := range []string{"STOP", "stop calling me at 6", "No más", "please don't call friday at 6", "wrong number, done", "not interested, did it", "ALTO", "no me llames el viernes a las 6", "HELP", "remove me"} {
		for _, about := range []ReplyAbout{afterCheckIn, afterReminder, callPlanned} {
			if got := ReadReply(body, monday, newYork, about); got != (Reading{}) {
				t.Errorf("%q is read as %+v", body, got)
			}
		}
	}
}

func TestReadReply_SaysWhatFallsAndWhatMustWait(t *testing.T) {
	got := ReadReply("can't, call me Friday at 6", monday, newYork, afterReminder)
	if !got.Falls || !got.Holds || got.Reply != "Fri Nov 27, 6 pm it is. I'll call you then!" {
		t.Errorf("%+v", got)
	}
	got = ReadReply("No puedo. Llámame el viernes a las 6", monday, newYork, afterReminder)
	if !got.Falls || got.Reply != "vie 27 nov, 18:00: quedamos así. ¡Te llamo entonces!" {
		t.Errorf("%+v", got)
	}
	if got = ReadReply("todavía no", monday, newYork, afterCheckIn); got.Falls || !got.Holds || got.Reply != askBack[AskNotYet].es {
		t.Errorf("%+v", got)
	}
	if got = ReadReply("Yes", monday, newYork, afterCheckIn); !got.Plain || got.Holds {
		t.Errorf("%+v", got)
	}
	if got = ReadReply("yes, we did it together with my sister", monday, newYork, afterCheckIn); got.Plain {
		t.Errorf("more than a plain yes: %+v", got)
	}
}

func TestReadReply_ANumberThatCouldBeAnywhereIsCalledOnlyWhereEveryZoneIsOpen(t *testing.T) {
	// Nine in New York is six in Los Angeles.
	if got := ReadReply("call me tomorrow at 9", monday, UnknownZones, callPlanned); keyOf(got.Ask) != AskHours || got.Reply != "I can call between 12 pm and 8 pm your time. What time suits you?" {
		t.Errorf("%+v", got)
	}
	if got := ReadReply("call me tomorrow at 6", monday, UnknownZones, callPlanned); got.Local != "2026-11-24T18:00" {
		t.Errorf("%+v", got)
	}
}

func TestReadReply_TheHoursThatItNamesAreThoseWhereTheyAre(t *testing.T) {
	for _, c := range []struct{ zones, body, ask, reply string }{
		{"America/New_York", "call me tomorrow at 9pm", "between 9 am and 8 pm, their time.", "I can call between 9 am and 8 pm your time. What time suits you?"},
		{ZonesOf("America/New_York", "RI", ""), "call me tomorrow at 7pm", "between 9 am and 6 pm, their time.", "I can call between 9 am and 6 pm your time. What time suits you?"},
		{ZonesOf("America/Kentucky/Louisville", "KY", ""), "llámame mañana a las 9 de la mañana", "between 10 am and 8 pm, their time.", "Puedo llamarte entre las 10 de la mañana y las 8 de la noche, tu hora. ¿A qué hora te queda bien?"},
		{ZonesOf("America/Chicago", "TX", ""), "call me sunday at 10am", "They name a Sunday, and the hours there are shorter then. Ask for a time between 12 pm and 8 pm, their time.", "On a Sunday I can call between 12 pm and 8 pm your time. What time suits you?"},
		{ZonesOf("America/Chicago", "TX", ""), "el domingo a las 10 de la mañana mejor", "between 12 pm and 8 pm", "Los domingos puedo llamarte entre las 12 del día y las 8 de la noche, tu hora. ¿A qué hora te queda bien?"},
		{ZonesOf("America/Chicago", "LA", ""), "call me sunday at 3pm", AskClosed, "I can't call on that day. Which other day and time suit you?"},
		{ZonesOf("America/Chicago", "LA", ""), "llámame el domingo a las 3", AskClosed, "Ese día no puedo llamarte. ¿Qué otro día y a qué hora te queda bien?"},
		{ZonesOf("America/New_York", "RI", ""), "in 5 hours works, call me", "between 9 am and 6 pm", "I can call between 9 am and 6 pm your time. What time suits you?"},
	} {
		got := ReadReply(c.body, monday, c.zones, callPlanned)
		if got.Kind != SuggestAsk || !strings.Contains(got.Ask, c.ask) || got.Reply != c.reply {
			t.Errorf("%q in %s:\n got %q, %q\nwant %q, %q", c.body, c.zones, got.Ask, got.Reply, c.ask, c.reply)
		}
	}
}

func FuzzReadReply(f *testing.F) {
	for _, body := range []string{"yes", "can't, call me Friday at 6", "mejor mañana a las 7", "después de las 5", "call 12/24 at 10", "in 20 minutes", "el 31 a las 6", "stop", "at 6:99 pm", "99h", "call me 0/0 at 0", "@6p", "feb 30 at 5", "a las 24:00"} {
		f.Add(body, int64(0), uint8(0))
	}
	zones := []string{newYork, UnknownZones, "America/Phoenix", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Madrid", "Pacific/Apia", "no zone"}
	abouts := []ReplyAbout{afterCheckIn, afterReminder, justTexting, callPlanned, callOnFriday}
	f.Fuzz(func(t *testing.T, body string, minutes int64, n uint8) {
		now := monday.Add(time.Duration(minutes%(4*365*24*60)) * time.Minute)
		zone := zones[int(n)%len(zones)]
		for _, about := range abouts {
			got := ReadReply(body, now, zone, about)
			if meaning, _ := Read(body, true); meaning != Ordinary && got != (Reading{}) {
				t.Fatalf("a refusal was read: %q as %+v", body, got)
			}
			switch got.Kind {
			case SuggestTime:
				at, err := Instant(got.Local, FirstZone(zone))
				if err != nil || !at.After(now.Add(-time.Minute)) || !MayContact(zone, at, 0) {
					t.Fatalf("%q at %s in %s suggests %s (%v)", body, now, zone, got.Local, err)
				}
			case SuggestSettle:
				if !slices.Contains(Settlements, got.Event) {
					t.Fatalf("%q settles as %q", body, got.Event)
				}
			case SuggestAsk:
				if keyOf(got.Ask) == "" || got.Reply == "" || strings.Contains(got.Reply, "%") {
					t.Fatalf("%q asks %q", body, got.Ask)
				}
			}
		}
	})
}
