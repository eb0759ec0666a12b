package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"phonebank"
	"phonebank/script"
	"phonebank/simulator"
	"phonebank/store"
)

// Demo data is plainly demo data: made-up people on 555-01xx numbers, which no phone has.

const demoVolunteerPhone = phonebank.Number("+12125550190")

type neighbor struct {
	number           phonebank.Number
	name, say        string
	place, languages string
	priority         int
	behaviour        simulator.Behaviour
	heard, quote     string // what somebody heard from them before
	stake            string
	promises         []promise
}

// promise is something that a neighbor of the demo said they would do, by so many days before the demo begins.
type promise struct {
	what    string
	daysAgo int
	kept    bool
}

// demoNeighbors are who the demo's list holds. The first is played by whoever tries the demo, on the simulated phone.
var demoNeighbors = []neighbor{
	{number: "+12125550120", name: "Xiomara Quiñones", say: "see-oh-MAH-rah kee-NYO-ness", place: "Apt 3C", languages: "Spanish, English", priority: 0,
		behaviour: simulator.Behaviour{Takes: simulator.Manual}, heard: "the radiators", quote: "every winter the same story"},
	{number: "+12125550121", name: "Marcus Tolliver", place: "Apt 5B", languages: "English", priority: 1,
		behaviour: simulator.Behaviour{Talks: []string{"Hello?", "Oh, hi. Yes, it has been freezing in here.", "My grandmother sleeps in her coat. She is eighty-one.", "Crestline. They could fix it tomorrow if they wanted to.", "Yeah, I could come. What time is it?"}}},
	{number: "+12125550122", name: "Ofelia Reyes", say: "oh-FEH-lyah RAY-ess", place: "Apt 2A", languages: "Spanish", priority: 1,
		behaviour: simulator.Behaviour{Talks: []string{"¿Bueno?", "Perdón, ¿habla español?"}}},
	{number: "+12125550123", name: "Walt Brandt", place: "Apt 6D", languages: "English", priority: 1,
		behaviour: simulator.Behaviour{Talks: []string{"Yes?", "I don't do meetings. But you can check in with me in the spring."}}},
	{number: "+12125550124", name: "Renée Duval", say: "ruh-NAY doo-VAL", place: "Apt 2B", languages: "English, French", priority: 1,
		behaviour: simulator.Behaviour{Takes: simulator.Voicemail, Greeting: "Hi, this is Renée. Leave me a message."}},
	{number: "+12125550125", name: "Andre Boateng", say: "AHN-dray bwah-TENG", place: "Apt 5A", languages: "English", priority: 2,
		behaviour: simulator.Behaviour{Talks: []string{"Hey.", "Yeah, sounds good, text me."}, Replies: []simulator.Reply{{Any: true, Say: "ok thanks", After: 3 * time.Second}}}},
	{number: "+12125550126", name: "Dolores Petrakis", say: "doh-LOR-ess peh-TRAH-kiss", place: "Apt 1C", languages: "English, Greek", priority: 2,
		behaviour: simulator.Behaviour{Takes: simulator.NoAnswer}},
	{number: "+12125550127", name: "Bea Lindqvist", say: "BAY-ah LIND-kvist", place: "Apt 4D", languages: "English", priority: 2,
		behaviour: simulator.Behaviour{Takes: simulator.Busy}},
	{number: "+12125550128", name: "Tomás Ibarra", say: "toh-MAHS ee-BAR-rah", place: "Apt 3A", languages: "Spanish, English", priority: 2,
		behaviour: simulator.Behaviour{SaysStop: true}},
	{number: "+12125550129", name: "Priya Raman", say: "PREE-yah RAH-man", place: "Apt 4B", languages: "English", priority: 3},
	{number: "+12125550130", name: "Sam Okafor", say: "oh-KAH-for", place: "Apt 1A", languages: "English", priority: 3},
	{number: "+12125550131", name: "Lucía Ferrer", say: "loo-SEE-ah feh-RAIR", place: "Apt 6A", languages: "Spanish, English", priority: 3},
	{number: "+12125550131", name: "Hugo Ferrer", say: "OO-go feh-RAIR", place: "Apt 6A", languages: "Spanish, English", priority: 3},
	{number: "+12125550132", name: "Nia Castellanos", say: "NEE-ah kass-teh-YAH-nohs", place: "Apt 5D", languages: "English", priority: 3},
	{number: "+12125550133", name: "Grace Adeyemi", say: "ah-deh-YEH-mee", place: "Apt 4A", languages: "English", priority: 3,
		heard: "the boiler", stake: "her father's hands shake when it gets cold", promises: []promise{{"come to the tenants' meeting", 40, true}, {"knock on three doors on the fourth floor", 20, true}}},
	{number: "+12125550134", name: "Joon Park", say: "joon", place: "Apt 2D", languages: "English", priority: 3,
		heard: "the windows", stake: "his baby sleeps in the kitchen", promises: []promise{{"bring a neighbor to the meeting", 2, false}}},
}

// liveNeighbors tells the local Twilio how the demo's people act.
func liveNeighbors(sim *simulator.Simulator) {
	for _, n := range demoNeighbors {
		n.behaviour.Name = n.name
		sim.Person(string(n.number), n.behaviour)
	}
	sim.Person(string(demoVolunteerPhone), simulator.Behaviour{Name: "Volunteer", Takes: simulator.Manual})
}

// seeded is what the demo's links lead to.
type seeded struct {
	coordinator phonebank.UserID
}

const (
	demoCoordinator = "Demo coordinator"
	demoCampaign    = "Heat by December (demo)"
	demoScript      = "heat-recruitment"
)

// seed writes the demo's campaign once; a second start finds it.
func (a *app) seed(ctx context.Context, join string) (seeded, error) {
	at := a.now()
	boss, err := a.store.UserByName(ctx, demoCoordinator, phonebank.Coordinator)
	if err == nil {
		return seeded{boss.ID}, a.tokenFor(ctx, boss.ID, at)
	}
	if phonebank.KindOf(err) != phonebank.NotFound {
		return seeded{}, err
	}
	if err := addStarters(ctx, a.store, at, meetAhead(at)); err != nil {
		return seeded{}, err
	}
	boss = phonebank.User{ID: phonebank.NewID[phonebank.UserID](at), Name: demoCoordinator, Role: phonebank.Coordinator, Phone: "+12125550191", CreatedAt: at}
	luis := phonebank.User{ID: phonebank.NewID[phonebank.UserID](at), Name: "Luis (demo)", Role: phonebank.Volunteer, Phone: "+12125550192", CreatedAt: at}
	campaign := phonebank.Campaign{ID: phonebank.NewID[phonebank.CampaignID](at), Name: demoCampaign, Number: phonebank.Number(a.Numbers[0]), ScriptID: demoScript,
		Zone: "America/New_York", CreatedAt: at}
	session := phonebank.Session{ID: phonebank.NewID[phonebank.SessionID](at), CampaignID: campaign.ID, Name: "Tonight's heat calls (demo)", State: phonebank.SessionOpen,
		AskID: "meeting", When: "Tonight, until 8 pm", Goal: "Hear from three homes that nobody has talked with yet.", Roles: "Host: the demo coordinator\nAnswers texts: Luis", Briefing: "We want every home in 418 Alder to decide together what to do about the heat. Listen more than you talk. A no is fine.",
		AutoAdmit: true, CreatedBy: boss.ID, CreatedAt: at, OpenedAt: &at}
	err = a.store.InTx(ctx, func(tx *store.Tx) error {
		for _, u := range []phonebank.User{boss, luis} {
			if err := tx.AddUser(ctx, u); err != nil {
				return err
			}
		}
		if err := tx.AddCampaign(ctx, campaign); err != nil {
			return err
		}
		if err := tx.AddSession(ctx, session, join); err != nil {
			return err
		}
		return seedPeople(ctx, tx, campaign, boss.ID, luis.ID, at)
	})
	if err != nil {
		return seeded{}, err
	}
	return seeded{boss.ID}, a.tokenFor(ctx, boss.ID, at)
}

// tokenFor lets DEMO_API_TOKEN open the JSON API.
func (a *app) tokenFor(ctx context.Context, user phonebank.UserID, at time.Time) error {
	if a.DemoAPIToken == "" {
		return nil
	}
	return a.store.AddSecret(ctx, store.TokenSecret, a.DemoAPIToken, user, "DEMO_API_TOKEN", at, time.Time{})
}

// meetAhead lets the demo's meeting be on the Thursday after next week's start, whenever the demo is begun.
func meetAhead(at time.Time) func(*script.Script) {
	day := at.AddDate(0, 0, 5)
	for day.Weekday() != time.Thursday {
		day = day.AddDate(0, 0, 1)
	}
	by := day.AddDate(0, 0, 9)
	return func(s *script.Script) {
		for i := range s.Asks {
			if s.Asks[i].When != "" {
				s.Asks[i].When = day.Format("2006-01-02") + "T18:30"
			}
		}
		if fact, ok := s.Facts["by_date"]; ok {
			months := []string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"}
			fact.Value = script.Words{By: map[string]string{"en": by.Format("January 2"), "es": fmt.Sprintf("el %d de %s", by.Day(), months[by.Month()-1])}}
			s.Facts["by_date"] = fact
		}
	}
}

// addStarters stores the starter scripts that are live in this version; change may set what a starter leaves to its campaign.
func addStarters(ctx context.Context, s *store.Store, at time.Time, change func(*script.Script)) error {
	for _, id := range script.Starters() {
		starter, err := script.Starter(id)
		if err != nil {
			return err
		}
		change(starter)
		doc, err := starter.JSON()
		if err != nil {
			return err
		}
		if err := s.AddScript(ctx, starter.ID, starter.Version, starter.Status, starter.Title.In("en"), doc, at); err != nil {
			return err
		}
	}
	return nil
}

func seedPeople(ctx context.Context, tx *store.Tx, campaign phonebank.Campaign, boss, luis phonebank.UserID, at time.Time) error {
	var list []store.NewPerson
	for _, n := range demoNeighbors {
		first, _, _ := strings.Cut(n.name, " ")
		list = append(list, store.NewPerson{Name: n.name, FirstName: first, SayName: n.say, Place: n.place, Languages: n.languages, Zone: "America/New_York",
			Number: n.number, Zones: "America/New_York", Priority: n.priority, TextSource: "demo data", CallSource: "demo data"})
	}
	if _, err := tx.ImportPeople(ctx, campaign.ID, list, "demo", at); err != nil {
		return err
	}
	for _, n := range demoNeighbors {
		if n.heard == "" {
			continue
		}
		talked := at.AddDate(0, -2, 0)
		if len(n.promises) > 0 {
			talked = at.AddDate(0, 0, -45)
		}
		person, err := seedTalk(ctx, tx, campaign, n, luis, talked)
		if err != nil {
			return err
		}
		if err := seedPromises(ctx, tx, campaign, n, person, boss, luis, at); err != nil {
			return err
		}
	}
	return nil
}

// seedPromises writes down what somebody promised; whoever kept two of them is ready for more, as the coordinator says.
func seedPromises(ctx context.Context, tx *store.Tx, campaign phonebank.Campaign, n neighbor, person phonebank.PersonID, boss, luis phonebank.UserID, at time.Time) error {
	kept := 0
	for _, p := range n.promises {
		by := at.AddDate(0, 0, -p.daysAgo)
		c := phonebank.Commitment{ID: phonebank.NewID[phonebank.CommitmentID](by), CampaignID: campaign.ID, PersonID: person, UserID: luis, What: p.what,
			ByLocal: by.Format("2006-01-02") + "T18:30", Zone: campaign.Zone, By: by, State: phonebank.CommitmentOpen, CreatedAt: by.AddDate(0, 0, -3)}
		if err := tx.AddCommitment(ctx, c); err != nil {
			return err
		}
		if !p.kept {
			continue
		}
		kept++
		change, err := c.Apply(phonebank.CommitmentEvent(phonebank.CommitmentKept), by)
		if err != nil {
			return err
		}
		if err := tx.SaveCommitment(ctx, c, change, store.By{User: luis}); err != nil {
			return err
		}
	}
	if kept < 2 {
		return nil
	}
	return tx.SayReady(ctx, person, boss, at)
}

// seedTalk writes an earlier talk, so that the demo shows how words come back.
func seedTalk(ctx context.Context, tx *store.Tx, campaign phonebank.Campaign, n neighbor, luis phonebank.UserID, at time.Time) (phonebank.PersonID, error) {
	phone, err := tx.PhoneByNumber(ctx, n.number)
	if err != nil {
		return "", err
	}
	person, err := tx.PersonOf(ctx, phone.ID)
	if err != nil {
		return "", err
	}
	talk := phonebank.Conversation{ID: phonebank.NewID[phonebank.ConversationID](at), CampaignID: campaign.ID, PersonID: person.ID, UserID: luis, Channel: "in_person",
		State: phonebank.ConversationOpen, ScriptID: campaign.ScriptID, ScriptVersion: 1, Locale: "en", Kind: "any", AskID: script.NoAsk, StartedAt: at}
	if err := tx.AddConversation(ctx, talk); err != nil {
		return person.ID, err
	}
	talk.Outcome = phonebank.OutcomeConnected
	change, err := talk.Apply(phonebank.ConversationWrap, at)
	if err != nil {
		return person.ID, err
	}
	if err := tx.SaveConversation(ctx, talk, change, store.By{User: luis}); err != nil {
		return person.ID, err
	}
	wrap, err := json.Marshal(phonebank.Wrap{ID: phonebank.NewID[string](at), Outcome: talk.Outcome, Note: "Met at the block party."})
	if err != nil {
		return person.ID, err
	}
	if err := tx.SaveWrap(ctx, talk.ID, wrap); err != nil {
		return person.ID, err
	}
	for name, value := range map[string]string{"last_topic": n.heard, "their_words": n.quote, "their_stake": n.stake} {
		if value == "" {
			continue
		}
		if err := tx.KeepWord(ctx, person.ID, store.Word{Name: name, Value: value, Label: "What they told us", At: at}, talk.ID, luis); err != nil {
			return person.ID, err
		}
	}
	return person.ID, nil
}
