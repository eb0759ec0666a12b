package panel

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
	"phonebank/words"
)

// stop is one stop of a talk's way through its script, as it is read afterwards.
type stop struct {
	Step   string
	Name   string
	Again  int      // the how manieth time they were here; 0: the first
	Colour string   // of the light it was left by
	Heard  []string // its lights, in words
}

// marks are the stored events of a talk as the walk reads them.
func marks(stored []phonebank.Event) []script.Event {
	events := make([]script.Event, 0, len(stored))
	for _, e := range stored {
		var d script.Data
		if json.Unmarshal(e.Data, &d) == nil { // what cannot be read moves nothing
			events = append(events, script.Event{ID: e.ID, At: e.At.UTC().Format(time.RFC3339Nano), Type: e.Type, Data: d})
		}
	}
	return events
}

// trailOf walks a talk's events as the volunteer's browser did and keeps the way: where it went, where it came back to, and
// what was heard there. Staying on a step for another question is the same stop.
func trailOf(l words.Language, s *script.Script, start script.Start, events []script.Event) ([]stop, script.State) {
	w := script.NewWalk(s, start)
	var stops []stop
	arrive := func(from int) {
		route := w.State().Route
		for _, id := range route[from:] {
			step, ok := s.Step(id)
			if !ok {
				continue
			}
			times := 0
			for _, before := range stops {
				if before.Step == id {
					times = max(times, before.Again, 1)
				}
			}
			if n := len(stops); n > 0 && stops[n-1].Step == id {
				stops[n-1].Again = times + 1
				continue
			}
			if times > 0 {
				times++
			}
			stops = append(stops, stop{Step: id, Name: step.Name.In(string(l)), Again: times})
		}
	}
	arrive(0)
	for _, e := range events {
		was := len(w.State().Route)
		if !w.Apply(e) {
			continue
		}
		if e.Type == "light" && len(stops) > 0 {
			if label := lightWords(l, s, e.Data); label != "" {
				at := &stops[len(stops)-1]
				at.Colour = e.Data.Colour
				if n := len(at.Heard); n == 0 || at.Heard[n-1] != label {
					at.Heard = append(at.Heard, label)
				}
			}
		}
		arrive(was)
	}
	return stops, w.State()
}

// lightWords is what the volunteer heard when they pressed a light.
func lightWords(l words.Language, s *script.Script, d script.Data) string {
	step, ok := s.Step(d.Step)
	if !ok {
		return ""
	}
	for _, light := range step.Lights.Of(d.Colour) {
		if light.ID == d.ID {
			return light.Label.In(string(l))
		}
	}
	return ""
}

// toldTalk is one talk as a person's page tells it.
type toldTalk struct {
	ID      phonebank.ConversationID
	How     string
	Long    string
	Outcome string
	Answer  []string
	Quiet   string
	Stops   []stop
	Learned []learnedLine
	Note    string
	Mine    bool // whoever reads may change its note
	Undo    bool
}

type learnedLine struct{ Tag, Words string }

// Trails are read for the newest talks only: each is a walk through all of its events.
const mostTrails = 12

// talksTold tells the newest talks with a person, by id.
func (p *Panel) talksTold(ctx context.Context, me phonebank.User, person phonebank.PersonID) (map[string]*toldTalk, error) {
	talks, err := p.Store.TalksWith(ctx, person, 40)
	if err != nil {
		return nil, err
	}
	scripts := map[string]*script.Script{}
	list := map[string]*toldTalk{}
	for i, t := range talks {
		told, err := p.talkTold(ctx, me, t)
		if err != nil {
			return nil, err
		}
		list[string(t.ID)] = told
		if i >= mostTrails {
			continue
		}
		s, err := p.scriptOf(ctx, scripts, t.ScriptID, t.ScriptVersion)
		if err != nil || s == nil {
			return list, err
		}
		stored, err := p.Store.Events(ctx, t.ID)
		if err != nil {
			return nil, err
		}
		if len(stored) > 0 {
			told.walked(spoken(ctx), s, t, marks(stored))
		}
	}
	return list, nil
}

func (p *Panel) talkTold(ctx context.Context, me phonebank.User, t store.PastTalk) (*toldTalk, error) {
	l := spoken(ctx)
	told := &toldTalk{ID: t.ID, How: talkedHow(l, t.Channel, t.Who), Outcome: l.Say(outcomeWords(t.Outcome)), Mine: t.UserID == me.ID || coordinator.lets(me)}
	if t.Seconds >= 60 {
		told.Long = l.Count(t.Seconds/60, "minute", "minutes")
	}
	told.Undo = t.UserID == me.ID && t.WrappedAt != nil && p.Now().Sub(*t.WrappedAt) < phonebank.UndoFor
	var w phonebank.Wrap
	if json.Unmarshal(t.Wrap, &w) == nil { // what cannot be read is not told
		told.Note = w.Note
		told.Answer = answerWords(l, t.Outcome, w.Answer, "", "")
	}
	learned, err := p.Store.LearnedIn(ctx, t.ID)
	for _, h := range learned {
		told.Learned = append(told.Learned, learnedLine{l.Say(tagWords(h.Tag)), h.Words})
	}
	return told, err
}

// walked adds the way that the talk took.
func (t *toldTalk) walked(l words.Language, s *script.Script, c store.PastTalk, events []script.Event) {
	stops, state := trailOf(l, s, script.Start{Ask: c.AskID, Locale: c.Locale}, events)
	t.Stops = stops
	if state.Answer != "" {
		t.Answer = answerWords(l, c.Outcome, state.Answer, state.Sign, state.Which)
	}
	if state.QuietS >= 1 {
		t.Quiet = l.Count(int(state.QuietS), "second of quiet after the question", "seconds of quiet after the question")
	}
}

// scriptOf reads a version of a script once; nil where it is gone.
func (p *Panel) scriptOf(ctx context.Context, known map[string]*script.Script, id string, version int) (*script.Script, error) {
	key := fmt.Sprintf("%s/%d", id, version)
	if s, ok := known[key]; ok {
		return s, nil
	}
	doc, err := p.Store.Script(ctx, id, version)
	if err != nil {
		if phonebank.KindOf(err) == phonebank.NotFound {
			known[key] = nil
			return nil, nil
		}
		return nil, err
	}
	s, err := script.Parse(doc)
	known[key] = s
	return s, err
}

// answerWords says what they answered to the ask, beyond what the outcome says already; none of these is a failure.
func answerWords(l words.Language, outcome phonebank.Outcome, answer, sign, which string) (list []string) {
	switch {
	case answer == script.ClearYes && outcome != phonebank.OutcomeCommitment:
		list = append(list, l.Say("A clear yes."))
	case answer == script.Unsure:
		list = append(list, l.Say("Not sure yet."))
	case answer == script.HardNo && outcome != phonebank.OutcomeNoThanks:
		list = append(list, l.Say("A no to this ask."))
	}
	switch sign {
	case "named_day":
		list = append(list, l.Say("They named a day."))
	case "asked_details":
		list = append(list, l.Say("They asked where, or what to bring."))
	}
	switch which {
	case "wrong_ask":
		list = append(list, l.Say("It was the wrong ask."))
	case "wrong_time":
		list = append(list, l.Say("It was the wrong time."))
	}
	return list
}

// tagWords says what something that came out of a talk is about.
func tagWords(tag string) string {
	switch tag {
	case "place":
		return "About the place"
	case "plan":
		return "How our plan lands"
	case "opponent":
		return "How the other side works"
	case "someone":
		return "Someone to meet"
	}
	return "Something else"
}
