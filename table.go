package phonebank

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Table is the only list of moves of one kind of thing: {state, event} -> to | ignore | refuse. It is written as a grid
// so that a reader sees every pair at once; a pair that is missing stops the program at its start.
type Table[S, E ~string] struct {
	name   string
	states []S
	events []E
	moves  map[S]map[E]string
}

const (
	ignore = "."
	refuse = "x"
)

// Change is one move, ready to be saved as a compare-and-set on From. Effects say, as data, what else must follow.
type Change[S, E ~string] struct {
	From, To S
	Event    E
	At       time.Time
	Effects  []Effect
}

// Moved is false where the event changes nothing: a repeated or late callback.
func (c Change[S, E]) Moved() bool { return c.From != c.To }

// Effect is something that must follow a move, carried out by the use-case that made it.
type Effect string

const (
	FreeVolunteer Effect = "free_volunteer" // the volunteer may take the next person
	StartWrapUp   Effect = "start_wrap_up"  // a talk took place: outcome and promise are asked for
	HangUp        Effect = "hang_up"        // the leg at Twilio must end
	ReleasePerson Effect = "release_person" // the person goes back on the list
	TryAgain      Effect = "try_again"      // the person is tried again later
)

// newTable reads a grid: a header row of events, then a row a state. "." ignores, "x" refuses, a word is the next state.
func newTable[S, E ~string](name, grid string) *Table[S, E] {
	t := &Table[S, E]{name: name, moves: map[S]map[E]string{}}
	for i, line := range strings.Split(strings.TrimSpace(grid), "\n") {
		cells := strings.Fields(line)
		if i == 0 {
			for _, e := range cells {
				t.events = append(t.events, E(e))
			}
			continue
		}
		if len(cells) != len(t.events)+1 {
			panic(fmt.Sprintf("%s table: row %q has %d cells for %d events", name, cells[0], len(cells)-1, len(t.events)))
		}
		state := S(cells[0])
		t.states = append(t.states, state)
		t.moves[state] = map[E]string{}
		for j, to := range cells[1:] {
			t.moves[state][t.events[j]] = to
		}
	}
	for _, row := range t.moves {
		for _, to := range row {
			if to != ignore && to != refuse && !slices.Contains(t.states, S(to)) {
				panic(fmt.Sprintf("%s table: %q is no state", name, to))
			}
		}
	}
	return t
}

// States lists every state, in the order of the grid; the CHECK of the table's column holds the same words.
func (t *Table[S, E]) States() []S { return slices.Clone(t.states) }

// Events lists every event, in the order of the grid.
func (t *Table[S, E]) Events() []E { return slices.Clone(t.events) }

// Sources lists the states that an event leads out of, for a statement that moves many rows at once.
func (t *Table[S, E]) Sources(event E) []string {
	var from []string
	for _, s := range t.states {
		if to := t.moves[s][event]; to != ignore && to != refuse && S(to) != s {
			from = append(from, string(s))
		}
	}
	return from
}

// Apply answers with the move that an event makes, a move to the same state where it is ignored, or a Conflict.
func (t *Table[S, E]) Apply(from S, event E, at time.Time) (Change[S, E], error) {
	to, known := t.moves[from][event]
	switch {
	case !known:
		return Change[S, E]{}, Fail(Invalid, "A %s that is %q knows no %q.", t.name, from, event)
	case to == refuse:
		return Change[S, E]{}, Fail(Conflict, "This %s is %s by now, so that is no longer possible.", t.name, strings.ReplaceAll(string(from), "_", " "))
	case to == ignore:
		return Change[S, E]{From: from, To: from, Event: event, At: at}, nil
	}
	return Change[S, E]{From: from, To: S(to), Event: event, At: at}, nil
}

// Diagram draws the table for the docs, one line a move, in Mermaid's words.
func (t *Table[S, E]) Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for _, from := range t.states {
		for _, event := range slices.Sorted(maps.Keys(t.moves[from])) {
			if to := t.moves[from][event]; to != ignore && to != refuse {
				fmt.Fprintf(&b, "    %s --> %s: %s\n", from, to, event)
			}
		}
	}
	return b.String()
}
