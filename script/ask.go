package script

import "slices"

// answer records what they said to the question. A yes needs a sign, a no closes this ask for the rest of the talk.
func (w *Walk) answer(step *Step, light Light, d Data) bool {
	st := &w.state
	given := light.Sets.Answer
	if given == HardNo && st.Mode == ModeChoose && st.Answer == HardNo {
		st.Which = d.Which
		return d.Which != ""
	}
	if slices.Contains(st.ClosedAsks, st.Ask) {
		return false
	}
	st.AskSpoken = true
	colour := d.Colour
	if given == ClearYes {
		switch d.Sign {
		case "":
			st.Mode = ModeSign
			return true
		case "neither":
			given, colour = Unsure, "yellow"
			light = unsureLight(step, light)
		}
		st.Sign = d.Sign
	} else {
		st.Sign = ""
	}
	w.shine(step.ID, colour)
	st.Answer, st.Which = given, ""
	switch given {
	case Unsure:
		st.UnsureCount++
		w.choose(w.unsureOptions(light), light.Offer)
	case HardNo:
		st.Which = d.Which
		st.ClosedAsks = append(st.ClosedAsks, st.Ask)
		w.choose(w.hardNoOptions(light), light.Offer)
	default:
		w.follow(light.Goto, light.Offer)
	}
	return true
}

// unsureLight is the step's own "not sure", for a yes without a sign. A script without one stays on its ask.
func unsureLight(step *Step, yes Light) Light {
	for _, l := range step.Lights.Yellow {
		if l.Sets != nil && l.Sets.Answer == Unsure {
			return l
		}
	}
	return Light{Goto: "self", Label: yes.Label}
}

// unsureOptions lead back to where it is thin, then to a smaller ask, then out. After the second "not sure",
// leaving it here comes first: pressing on would be coercion.
func (w *Walk) unsureOptions(light Light) []string {
	ways := withoutEnds(targets(light.Goto))
	if w.smaller() != "" {
		ways = append(ways, "smaller")
	}
	kind := "end(" + w.kindEnding() + ")"
	if w.state.UnsureCount >= 2 {
		return append([]string{kind}, ways...)
	}
	return append(ways, kind)
}

func (w *Walk) hardNoOptions(light Light) []string {
	all := targets(light.Goto)
	ways := withoutEnds(all)
	ways = slices.DeleteFunc(ways, func(t string) bool { return t == "self" })
	if w.smaller() != "" {
		ways = append(ways, "smaller")
	}
	ends := slices.DeleteFunc(all, func(t string) bool { _, ok := endOf(t); return !ok })
	if len(ends) == 0 {
		ends = []string{"end(" + w.kindEnding() + ")"}
	}
	return append(ways, ends...)
}

func withoutEnds(ways []string) []string {
	return slices.DeleteFunc(slices.Clone(ways), func(t string) bool { _, ok := endOf(t); return ok })
}

// kindEnding is how a talk closes when they do not want more.
func (w *Walk) kindEnding() string {
	for _, outcome := range []string{"no_thanks", "connected"} {
		if e, ok := w.script.EndingFor(outcome); ok {
			return e.ID
		}
	}
	return "kind_no"
}

// smaller is the ask that may be offered instead, once, or empty.
func (w *Walk) smaller() string {
	ask, ok := w.script.AskByID(w.state.Ask)
	if !ok || w.state.SmallerUsed || slices.Contains(w.state.ClosedAsks, ask.Smaller) {
		return ""
	}
	if _, ok := w.script.AskByID(ask.Smaller); !ok {
		return ""
	}
	return ask.Smaller
}

// Smaller is the ask that may be offered instead of the live one now, or empty.
func (w *Walk) Smaller() string { return w.smaller() }

func (w *Walk) silence(d Data) bool {
	st := &w.state
	step, ok := w.script.Step(st.Step)
	if !ok || step.Type != "ask" || slices.Contains(st.ClosedAsks, st.Ask) {
		return false
	}
	switch {
	case d.Phase == "open" && (st.Mode == ModeStep || st.Mode == ModeChoose):
		st.Mode, st.AskSpoken = ModeSilence, true
	case d.Phase == "close" && st.Mode == ModeSilence:
		st.Mode, st.QuietS = ModeStep, d.Seconds
	default:
		return false
	}
	return true
}

// swapAsk changes the one live ask. Once the question was spoken only the smaller one may follow, once, and never
// an ask that was met with a no.
func (w *Walk) swapAsk(id string) bool {
	st := &w.state
	_, known := w.script.AskByID(id)
	if (!known && id != NoAsk) || id == st.Ask || slices.Contains(st.ClosedAsks, id) || w.final() {
		return false
	}
	if !st.AskSpoken {
		st.Ask = id
		return true
	}
	step, ok := w.script.AskStep()
	if !ok || id != w.smaller() || (st.Answer != Unsure && st.Answer != HardNo) {
		return false
	}
	st.Ask, st.SmallerUsed, st.AskSpoken, st.Answer, st.Sign, st.Which = id, true, false, "", "", ""
	w.enter(step.ID)
	return true
}
