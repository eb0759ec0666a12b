package script

import "slices"

// heard keeps what comes up in a talk beside the steps: a sign, a fact, a question nobody could answer, a threat, and
// the volunteer's own way to say a line. None of it moves the talk.
func (w *Walk) heard(kind string, d Data) bool {
	switch kind {
	case "cue":
		return w.cue(d)
	case "fact":
		return w.fact(d)
	case "find_out":
		return w.findOut(d)
	case "own_line":
		return w.ownLine(d)
	case "retaliation":
		w.state.Retaliation = d.Words
		return true
	}
	return false
}

// cue marks a sign that was heard on a step, on the latest visit of it. A sign cannot be heard where nobody has been.
func (w *Walk) cue(d Data) bool {
	st := &w.state
	if d.ID == "" || st.Visits[d.Step] == 0 {
		return false
	}
	latest := true
	for i := len(st.Trail) - 1; i >= 0; i-- {
		v := &st.Trail[i]
		if v.Step != d.Step {
			continue
		}
		v.Cues = tick(v.Cues, d.ID, d.On && latest)
		latest = false
	}
	if cues := tick(st.Cues[d.Step], d.ID, d.On); len(cues) > 0 {
		st.Cues[d.Step] = cues
	} else {
		delete(st.Cues, d.Step)
	}
	return true
}

// tick gives the list with the id at its end, or without it.
func tick(list []string, id string, on bool) []string {
	out := slices.DeleteFunc(slices.Clone(list), func(have string) bool { return have == id })
	if on {
		return append(out, id)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func (w *Walk) fact(d Data) bool {
	if _, ok := w.script.Facts[d.ID]; !ok {
		return false
	}
	if !slices.Contains(w.state.Facts, d.ID) {
		w.state.Facts = append(w.state.Facts, d.ID)
	}
	return true
}

func (w *Walk) findOut(d Data) bool {
	if d.ID == "" {
		return false
	}
	st := &w.state
	at := slices.IndexFunc(st.FindOut, func(p Promise) bool { return p.ID == d.ID })
	switch {
	case d.Text == "" && at < 0:
		return false
	case d.Text == "":
		st.FindOut = slices.Delete(st.FindOut, at, at+1)
	case at < 0:
		st.FindOut = append(st.FindOut, Promise{ID: d.ID, Text: d.Text})
	default:
		st.FindOut[at].Text = d.Text
	}
	return true
}

func (w *Walk) ownLine(d Data) bool {
	step, ok := w.script.Step(d.Step)
	if !ok || !slices.ContainsFunc(step.Say, func(l Line) bool { return l.ID == d.ID }) {
		return false
	}
	key := d.Step + "/" + d.ID
	if d.Text == "" {
		delete(w.state.OwnLines, key)
	} else {
		w.state.OwnLines[key] = d.Text
	}
	return true
}
