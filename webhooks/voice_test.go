package webhooks_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"phonebank"
	"phonebank/internal/testbank"
)

// heard is what somebody on the line hears, with the language of each voice.
func heard(t *testing.T, twiml string) (lines []string) {
	t.Helper()
	type say struct {
		Language string `xml:"language,attr"`
		Words    string `xml:",chardata"`
	}
	var answer struct {
		Say    []say `xml:"Say"`
		Gather []struct {
			Say []say `xml:"Say"`
		}
	}
	ok(t, xml.Unmarshal([]byte(twiml), &answer))
	for _, g := range answer.Gather {
		answer.Say = append(answer.Say, g.Say...)
	}
	for _, s := range answer.Say {
		lines = append(lines, s.Language+" "+s.Words)
	}
	return lines
}

func TestVoice_SpeaksTheLanguageOfThePerson(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	for number, languages := range map[string]string{"+12125550123": "Spanish, English", "+12125550124": "English", "+12125550125": "Mandarin", "+12125550126": ""} {
		p := b.Neighbor("Neighbor "+number, number)
		b.Store.DB().MustExec(`UPDATE people SET languages = $2 WHERE id = $1`, p.ID, languages)
	}
	const english, spanish = "en-US Thank you for calling", "es-MX Gracias por llamar"
	n := 0
	for number, want := range map[string][]string{
		"+12125550123": {spanish}, "+12125550124": {english}, "+12125550125": {english},
		"+12125550126": {english, spanish}, // nobody has written down what they speak
		"+14155550142": {english, spanish}, // nobody knows them
		"+266696687":   {english, spanish}, // a hidden number
	} {
		n++
		status, body := (request{path: "/twilio/voice", form: call(n, number)}).send(t, b)
		lines := heard(t, body)
		if status != 200 || len(lines) != len(want) {
			t.Errorf("%s hears %q, want %q", number, lines, want)
			continue
		}
		for i, w := range want {
			if !strings.HasPrefix(lines[i], w) {
				t.Errorf("%s hears %q, want %q", number, lines[i], w)
			}
		}
	}
	var token string
	ok(t, b.Store.DB().Get(&token, `SELECT c.token FROM calls c JOIN people p ON p.id = c.person_id WHERE p.languages = 'Spanish, English'`))
	recorded := call(1, "+12125550123")
	recorded.Set("RecordingUrl", "https://api.twilio.com/recording")
	if _, body := (request{path: "/twilio/voice/recorded/" + token, form: recorded}).send(t, b); !strings.Contains(body, "Te devolvemos la llamada") || strings.Contains(body, "Thank you") {
		t.Errorf("after their message they hear %s", body)
	}
}

func TestVoice_SpeaksTheLanguageOfTheVolunteer(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	for i, c := range []struct{ locale, languages, want string }{
		{"es", "English", "es-MX Este es el banco telefónico"}, // what they chose for their pages comes first
		{"", "Spanish", "es-MX Este es el banco telefónico"},
		{"", "", "en-US This is the"},
	} {
		u, shift := b.Volunteer("Dana", "+1212555019"+string(rune('0'+i)))
		b.Store.DB().MustExec(`UPDATE users SET locale = $2, languages = $3 WHERE id = $1`, u.ID, c.locale, c.languages)
		leg := phonebank.Call{ID: phonebank.NewID[phonebank.CallID](b.Clock.Now()), Kind: phonebank.CallVolunteer, State: phonebank.CallAnswered, Token: phonebank.NewToken(),
			CampaignID: b.Campaign.ID, ShiftID: shift.ID, From: testbank.Ours, To: u.Phone, Tries: 1, CreatedAt: b.Clock.Now()}
		ok(t, b.Store.AddCall(t.Context(), leg, ""))
		_, body := (request{path: "/twilio/voice/join/" + leg.Token, form: call(10+i, testbank.Ours)}).send(t, b)
		if lines := heard(t, body); len(lines) == 0 || !strings.HasPrefix(lines[len(lines)-1], c.want) {
			t.Errorf("locale %q, languages %q: they hear %q, want %q", c.locale, c.languages, lines, c.want)
		}
	}
}
