package script

import (
	"slices"
	"strings"
)

// Walk is a talk moving through a script. It suggests and records; it stops a volunteer only where a person's
// answer must be respected.
type Walk struct {
	script *Script
	state  State
	at     string // the time of the event that is being applied
}

// NewWalk stands on the first step.
func NewWalk(s *Script, start Start) *Walk {
	w := &Walk{script: s, at: start.At, state: State{
		Mode: ModeStep, Path: start.Path, Locale: start.Locale, Ask: start.Ask,
		Route: []string{}, Visits: map[string]int{}, Lights: map[string]string{}, Probes: map[string][]string{},
		Lines: map[string]string{}, Slots: map[string]string{}, Moments: []string{}, Offer: []string{}, Options: []string{},
		ClosedAsks: []string{}, Trail: []Visit{}, Cues: map[string][]string{}, OwnLines: map[string]string{}, Facts: []string{}, FindOut: []Promise{},
	}}
	if w.state.Path == "" {
		w.state.Path = "full"
	}
	if w.state.Locale == "" {
		w.state.Locale = s.Locales[0]
	}
	if w.state.Ask == "" {
		w.state.Ask = NoAsk
		if step, ok := s.AskStep(); ok && step.Ask != nil && *step.Ask != "" {
			w.state.Ask = *step.Ask
		}
	}
	w.enter(s.Path(w.state.Path)[0])
	return w
}

// Replay gives the state after all events of a talk. What cannot have happened is counted and left out,
// so an old or odd event never makes a talk unreadable.
func Replay(s *Script, start Start, events []Event) State {
	w := NewWalk(s, start)
	for _, e := range events {
		w.Apply(e)
	}
	return w.State()
}

// State is where the talk stands now.
func (w *Walk) State() State { return w.state }

// Apply takes one event, and tells whether it counted.
func (w *Walk) Apply(e Event) bool {
	w.at = e.At
	ok := w.apply(e.Type, e.Data)
	if !ok {
		w.state.Ignored++
	}
	return ok
}

func (w *Walk) apply(kind string, d Data) bool {
	st := &w.state
	switch kind {
	case "visit":
		return w.visit(d.Step)
	case "light":
		return w.light(d)
	case "ask":
		return w.swapAsk(d.ID)
	case "silence":
		return w.silence(d)
	case "ending":
		return w.end(d.ID)
	case "engine":
		return w.engine(d)
	case "probe":
		return w.probe(d)
	case "line":
		if _, ok := w.script.Step(d.Step); !ok {
			return false
		}
		st.Lines[d.Step] = d.ID
	case "slot":
		if d.Name == "" {
			return false
		}
		if d.Value == "" {
			delete(st.Slots, d.Name)
			return true
		}
		st.Slots[d.Name] = d.Value
	case "note":
		st.Note = d.Text
	case "moment":
		st.Moments = append(st.Moments, d.Step)
	case "path":
		if _, ok := w.script.Paths[d.Name]; !ok {
			return false
		}
		st.Path = d.Name
	case "locale":
		if !slices.Contains(w.script.Locales, d.Locale) {
			return false
		}
		st.Locale = d.Locale
	default:
		return w.heard(kind, d)
	}
	return true
}

// Blocked names the step that must come before this one and has not: people must know who is calling, and someone
// who is asked for more must first be thanked. Empty means the way is free.
func (w *Walk) Blocked(step string) string {
	to := w.script.indexOf(step)
	for _, id := range w.script.Path(w.state.Path) {
		s, ok := w.script.Step(id)
		if ok && w.script.indexOf(id) < to && !s.Skip.OK && w.state.Visits[id] == 0 {
			return id
		}
	}
	return ""
}

func (w *Walk) visit(step string) bool {
	if _, ok := w.script.Step(step); !ok || w.final() || w.Blocked(step) != "" {
		return false
	}
	if step == w.state.Step && w.state.Mode == ModeStep {
		return false
	}
	w.enter(step)
	return true
}

func (w *Walk) enter(step string) {
	st := &w.state
	st.Step, st.Mode, st.Ending = step, ModeStep, ""
	if !w.final() {
		st.Engine = ""
	}
	st.Visits[step]++
	st.Route = append(st.Route, step)
	st.Trail = append(st.Trail, Visit{Step: step, At: w.at})
	st.Offer, st.Options = []string{}, []string{}
}

// final: after a stop or a wrong number there is nowhere to go but out.
func (w *Walk) final() bool { return w.state.Engine == "stop" || w.state.Engine == "wrong_person" }

func (w *Walk) light(d Data) bool {
	st := &w.state
	step, ok := w.script.Step(st.Step)
	if !ok || d.Step != st.Step || st.Mode == ModeEnded {
		return false
	}
	light, ok := findLight(step.Lights.Of(d.Colour), d.ID)
	if !ok {
		return false
	}
	if step.Type == "ask" && light.Sets != nil && light.Sets.Answer != "" {
		return w.answer(step, light, d)
	}
	w.shine(step.ID, d.Colour)
	if _, ok := w.script.Paths[light.Path]; ok {
		st.Path = light.Path
	}
	w.follow(light.Goto, light.Offer)
	return true
}

// shine remembers a light for the step and for this visit of it.
func (w *Walk) shine(step, colour string) {
	w.state.Lights[step] = colour
	w.state.Trail[len(w.state.Trail)-1].Light = colour
}

func findLight(lights []Light, id string) (Light, bool) {
	for _, l := range lights {
		if l.ID == id {
			return l, true
		}
	}
	return Light{}, false
}

func (w *Walk) choose(options, offer []string) {
	w.state.Mode, w.state.Options, w.state.Offer = ModeChoose, options, w.unused(offer)
}

// unused leaves out the probes that were already asked on this step.
func (w *Walk) unused(offer []string) []string {
	out := []string{}
	for _, id := range offer {
		if !slices.Contains(w.state.Probes[w.state.Step], id) {
			out = append(out, id)
		}
	}
	return out
}

// follow moves the way a light says: stay, on, back, out, or let the volunteer pick.
func (w *Walk) follow(to string, offer []string) {
	ways := targets(to)
	if len(ways) > 1 {
		w.choose(ways, offer)
		return
	}
	switch id, isEnd := endOf(to); {
	case to == "self":
		w.enter(w.state.Step)
		w.state.Offer = w.unused(offer)
	case isEnd:
		w.end(id)
	default:
		w.enter(w.onPath(to))
	}
}

// onPath keeps a short talk short: a step that the path leaves out gives way to the next one that is on it.
func (w *Walk) onPath(step string) string {
	path := w.script.Path(w.state.Path)
	if !slices.Contains(path, w.state.Step) {
		path = w.script.Path("") // whoever left the short path goes on along the script
	}
	if slices.Contains(path, step) {
		return step
	}
	at := w.script.indexOf(step)
	for _, id := range path {
		if w.script.indexOf(id) >= at {
			return id
		}
	}
	return step
}

func (w *Walk) end(id string) bool {
	if _, ok := w.script.Ending(id); !ok && id != w.kindEnding() {
		return false
	}
	w.state.Ending, w.state.Mode = id, ModeEnded
	w.state.Offer, w.state.Options = []string{}, []string{}
	return true
}

func (w *Walk) probe(d Data) bool {
	step, ok := w.script.Step(d.Step)
	if !ok || !slices.ContainsFunc(step.Probes, func(p Line) bool { return p.ID == d.ID }) {
		return false
	}
	asked := slices.DeleteFunc(slices.Clone(w.state.Probes[d.Step]), func(id string) bool { return id == d.ID })
	if d.On {
		asked = append(asked, d.ID)
	}
	if len(asked) == 0 {
		delete(w.state.Probes, d.Step)
		return true
	}
	w.state.Probes[d.Step] = asked
	return true
}

var engineOutcome = map[string]string{
	"stop": "opt_out", "wrong_person": "bad_number", "another_language": "needs_language", "call_later": "callback",
}

// engine is what every step of every script offers and no script can take away.
func (w *Walk) engine(d Data) bool {
	outcome, ok := engineOutcome[d.What]
	if !ok || w.final() {
		return false
	}
	st := &w.state
	st.Engine, st.Language, st.Mode, st.Ending = d.What, d.Language, ModeEnded, ""
	if e, ok := w.script.EndingFor(outcome); ok {
		st.Ending = e.ID
	}
	st.Offer, st.Options = []string{}, []string{}
	return true
}

// Outcome is what wrap-up presets. A yes that was never clear is a good talk, not a commitment.
func (w *Walk) Outcome() string {
	st := w.state
	if outcome, ok := engineOutcome[st.Engine]; ok {
		return outcome
	}
	switch st.Answer {
	case ClearYes:
		return "commitment"
	case HardNo:
		return "no_thanks"
	case Unsure:
		return "connected"
	}
	if e, ok := w.script.Ending(st.Ending); ok && e.Outcome != "commitment" {
		return e.Outcome
	}
	return "connected"
}

// targets lists where a goto may lead: one place, or each place of a pick.
func targets(to string) []string {
	inner, ok := strings.CutPrefix(to, "pick(")
	if !ok {
		return []string{to}
	}
	inner = strings.TrimSuffix(inner, ")")
	return strings.Split(inner, ",")
}

func endOf(to string) (string, bool) {
	inner, ok := strings.CutPrefix(to, "end(")
	if !ok {
		return "", false
	}
	return strings.TrimSuffix(inner, ")"), true
}
