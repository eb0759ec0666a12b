// Package script is the one-on-one as a document: its format (pb.script/1), its starter scripts, its rules,
// and the walk through it. It must never touch a clock, a network or a file outside the binary: the browser runs
// the same walk, and shared test vectors hold the two equal.
package script

// The two documents of the format.
const (
	Format        = "pb.script/1"
	LibraryFormat = "pb.library/1"
)

// Script is one version of one script. It is immutable once a session has used it.
type Script struct {
	Format    string              `json:"format"`
	ID        string              `json:"id"`
	Version   int                 `json:"version"`
	Status    string              `json:"status"`
	Kind      string              `json:"kind"`
	Title     Words               `json:"title"`
	Credit    string              `json:"credit,omitempty"`
	Phase     string              `json:"phase,omitempty"`
	Locales   []string            `json:"locales"`
	Purpose   Words               `json:"purpose"`
	Success   []string            `json:"success"`
	Cadence   *Cadence            `json:"cadence,omitempty"`
	Eligible  *Eligible           `json:"eligible,omitempty"`
	Facts     map[string]Fact     `json:"facts,omitempty"`
	Slots     map[string]Slot     `json:"slots,omitempty"`
	Asks      []Ask               `json:"asks,omitempty"`
	Ladder    []Rung              `json:"ladder,omitempty"`
	Paths     map[string][]string `json:"paths,omitempty"`
	Resources []Resource          `json:"resources,omitempty"`
	Steps     []Step              `json:"steps"`
	Endings   []Ending            `json:"endings"`
}

// Cadence says how often a maintenance talk comes round, and to whom it belongs.
type Cadence struct {
	Every string `json:"every"`
	Owner string `json:"owner,omitempty"`
}

// Eligible is the gate before a step-up talk.
type Eligible struct {
	MinKeptCommitments int    `json:"min_kept_commitments,omitempty"`
	MaxDaysSinceTalk   int    `json:"max_days_since_1to1,omitempty"`
	Needs              string `json:"needs,omitempty"`
}

// Fact is something every volunteer says the same way. A claim carries its source and its date.
type Fact struct {
	Label  Words  `json:"label"`
	Value  Words  `json:"value"`
	Source string `json:"source,omitempty"`
	AsOf   string `json:"as_of,omitempty"`
}

// Slot is a word that a line waits for: what the person said, or what the volunteer brings.
type Slot struct {
	Label     Words    `json:"label"`
	From      string   `json:"from"`
	Type      string   `json:"type"`
	Max       int      `json:"max,omitempty"`
	Options   []Option `json:"options,omitempty"`
	Keep      string   `json:"keep,omitempty"`
	Sensitive bool     `json:"sensitive,omitempty"`
	Quick     []Words  `json:"quick,omitempty"`
	Carrier   Words    `json:"carrier,omitzero"`
	Example   Words    `json:"example,omitzero"`
}

// Option is one choice of a choice slot: a value that is kept, and how it reads.
type Option struct {
	Value string
	Label Words
}

// Ask is one thing a person can be invited to do. Smaller names the ask that may be offered after it, once.
type Ask struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	Rung    int    `json:"rung"`
	Label   Words  `json:"label"`
	When    string `json:"when,omitempty"`
	Where   string `json:"where,omitempty"`
	Smaller string `json:"smaller,omitempty"`
}

// Rung is one step of the ladder of engagement, earned by evidence and never by saying yes.
type Rung struct {
	Rung     int   `json:"rung"`
	Name     Words `json:"name"`
	Evidence Words `json:"evidence"`
}

// Resource is a file or page a volunteer may want beside some steps.
type Resource struct {
	Title Words    `json:"title"`
	URL   string   `json:"url"`
	Steps []string `json:"steps,omitempty"`
}

// Step is one stop on the route. Its type picks the widget, its lights suggest where to go.
type Step struct {
	ID        string   `json:"id"`
	Type      string   `json:"type"`
	Name      Words    `json:"name"`
	Goal      Words    `json:"goal"`
	Minutes   int      `json:"minutes,omitempty"`
	YouDo     []Words  `json:"you_do,omitempty"`
	TheyDo    []Words  `json:"they_do,omitempty"`
	Say       []Line   `json:"say"`
	Probes    []Line   `json:"probes,omitempty"`
	Cues      *Signs   `json:"cues,omitempty"`
	Capture   []string `json:"capture,omitempty"`
	Summarize Words    `json:"summarize,omitzero"`
	Ask       *string  `json:"ask,omitempty"`
	Silence   *Silence `json:"silence,omitempty"`
	Fields    []string `json:"fields,omitempty"`
	Lights    Lights   `json:"lights"`
	Skip      Skip     `json:"skip"`
	Tips      []string `json:"tips,omitempty"`
	SMS       *SMS     `json:"sms,omitempty"`
}

// Line is a sentence to say or a question to ask.
type Line struct {
	ID    string `json:"id"`
	Label Words  `json:"label,omitzero"`
	Text  Words  `json:"text"`
	Then  string `json:"then,omitempty"`
}

// Signs are what an answer sounds like on a phone, reads like in a text, and looks like in person.
type Signs struct {
	Pack     string  `json:"pack,omitempty"`
	Also     []Words `json:"also,omitempty"`
	Voice    []Words `json:"voice,omitempty"`
	SMS      []Words `json:"sms,omitempty"`
	InPerson []Words `json:"in_person,omitempty"`
}

// Silence is how the quiet after the question is shown.
type Silence struct {
	Show   string `json:"show"`
	CalmS  int    `json:"calm_after_s,omitempty"`
	NudgeS int    `json:"nudge_after_s,omitempty"`
	Nudge  Words  `json:"nudge,omitzero"`
}

// Lights are the three answers a step knows. None of them is a failure, none of them is red.
type Lights struct {
	Green  []Light `json:"green"`
	Yellow []Light `json:"yellow,omitempty"`
	NotNow []Light `json:"not_now,omitempty"`
}

// Light is one thing a volunteer may hear, and where it suggests going.
type Light struct {
	ID       string   `json:"id,omitempty"`
	Label    Words    `json:"label"`
	Signs    *Signs   `json:"signs,omitempty"`
	Goto     string   `json:"goto"`
	Offer    []string `json:"offer,omitempty"`
	Sets     *Sets    `json:"sets,omitempty"`
	Path     string   `json:"path,omitempty"`
	AskWhich []string `json:"ask_which,omitempty"`
}

// Sets is the answer a light records on an ask step.
type Sets struct {
	Answer string `json:"answer,omitempty"`
}

// Skip says whether a step may be left out.
type Skip struct {
	OK  bool  `json:"ok"`
	Why Words `json:"why,omitzero"`
}

// SMS is the step as a text: its first line, which a person edits and sends.
type SMS struct {
	FirstLine Words `json:"first_line"`
	Note      Words `json:"note,omitzero"`
}

// Ending is how a talk closes and what it leaves to do.
type Ending struct {
	ID       string    `json:"id"`
	Outcome  string    `json:"outcome"`
	Say      Words     `json:"say,omitzero"`
	FollowUp *FollowUp `json:"follow_up,omitempty"`
}

// FollowUp is a promise an ending adds. It never replaces one that was agreed in the talk.
type FollowUp struct {
	Reason string    `json:"reason"`
	When   string    `json:"when"`
	OnlyIf string    `json:"only_if,omitempty"`
	Text   Words     `json:"text,omitzero"`
	Also   *FollowUp `json:"also,omitempty"`
}

// JSON is the canonical document: what the browser reads, and what a version's hash is taken over.
func (s *Script) JSON() ([]byte, error) { return canonical(s) }

// Step finds a step by its id.
func (s *Script) Step(id string) (*Step, bool) {
	for i := range s.Steps {
		if s.Steps[i].ID == id {
			return &s.Steps[i], true
		}
	}
	return nil, false
}

// AskByID finds an ask by its id.
func (s *Script) AskByID(id string) (*Ask, bool) {
	for i := range s.Asks {
		if s.Asks[i].ID == id {
			return &s.Asks[i], true
		}
	}
	return nil, false
}

// Ending finds an ending by its id.
func (s *Script) Ending(id string) (*Ending, bool) {
	for i := range s.Endings {
		if s.Endings[i].ID == id {
			return &s.Endings[i], true
		}
	}
	return nil, false
}

// EndingFor finds the first ending with this outcome.
func (s *Script) EndingFor(outcome string) (*Ending, bool) {
	for i := range s.Endings {
		if s.Endings[i].Outcome == outcome {
			return &s.Endings[i], true
		}
	}
	return nil, false
}

// AskStep is the step that holds the question, if the script has one.
func (s *Script) AskStep() (*Step, bool) {
	for i := range s.Steps {
		if s.Steps[i].Type == "ask" {
			return &s.Steps[i], true
		}
	}
	return nil, false
}

// Empty tells whether a step has nothing in it: a section of an agenda that nobody filled in. It vanishes from the talk.
func (s *Step) Empty() bool {
	return s.Skip.OK && len(s.Say) == 0 && len(s.Probes) == 0 && s.Type != "ask" && s.Type != "next"
}

// Path lists the steps of a named path, or all steps in order when there is none of that name, less those that are empty.
func (s *Script) Path(name string) []string {
	all := s.Paths[name]
	if len(all) == 0 {
		all = make([]string, len(s.Steps))
		for i := range s.Steps {
			all[i] = s.Steps[i].ID
		}
	}
	filled := make([]string, 0, len(all))
	for _, id := range all {
		if step, ok := s.Step(id); ok && !step.Empty() {
			filled = append(filled, id)
		}
	}
	if len(filled) == 0 {
		return all // a talk has to stand somewhere
	}
	return filled
}

// indexOf is the place of a step in the script's order, or -1.
func (s *Script) indexOf(id string) int {
	for i := range s.Steps {
		if s.Steps[i].ID == id {
			return i
		}
	}
	return -1
}

// Of lists the lights of one colour: green, yellow or not_now.
func (l Lights) Of(colour string) []Light {
	switch colour {
	case "green":
		return l.Green
	case "yellow":
		return l.Yellow
	case "not_now":
		return l.NotNow
	}
	return nil
}
