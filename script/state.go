package script

// Event is one thing that happened in a talk, as the volunteer's browser recorded it. Events are only ever added.
type Event struct {
	ID   string `json:"id,omitempty"`
	At   string `json:"at,omitempty"`
	Type string `json:"type"`
	Data Data   `json:"data"`
}

// Data holds what an event says; which fields are used follows from its type.
type Data struct {
	Step      string  `json:"step,omitempty"`
	Colour    string  `json:"colour,omitempty"`
	ID        string  `json:"id,omitempty"`
	Goto      string  `json:"goto,omitempty"`
	Answer    string  `json:"answer,omitempty"`
	Sign      string  `json:"sign,omitempty"`
	Which     string  `json:"which,omitempty"`
	On        bool    `json:"on,omitempty"`
	Name      string  `json:"name,omitempty"`
	Value     string  `json:"value,omitempty"`
	Text      string  `json:"text,omitempty"`
	Phase     string  `json:"phase,omitempty"`
	Seconds   float64 `json:"seconds,omitempty"`
	Reason    string  `json:"reason,omitempty"`
	Locale    string  `json:"locale,omitempty"`
	What      string  `json:"what,omitempty"`
	Language  string  `json:"language,omitempty"`
	WhenLocal string  `json:"when_local,omitempty"`
	Words     string  `json:"words,omitempty"`
}

// The modes of a talk: what is in front of the volunteer.
const (
	ModeStep    = "step"    // a step of the script
	ModeSilence = "silence" // the question is out
	ModeSign    = "sign"    // they said yes: what was the sign?
	ModeChoose  = "choose"  // several ways on, the volunteer picks
	ModeEnded   = "ended"   // the closing line
)

// The answers to the ask.
const (
	ClearYes = "clear_yes"
	Unsure   = "unsure"
	HardNo   = "hard_no"
)

// NoAsk is the live ask of a talk that asks for nothing today.
const NoAsk = "none"

// Start is what is settled before the talk begins.
type Start struct {
	Ask    string `json:"ask,omitempty"`
	Path   string `json:"path,omitempty"`
	Locale string `json:"locale,omitempty"`
	At     string `json:"at,omitempty"` // when the talk began
}

// Visit is one stop on the way: when it was entered, the colour it was left by (none after a jump), and what was heard there.
type Visit struct {
	Step  string   `json:"step"`
	At    string   `json:"at"`
	Light string   `json:"light,omitempty"`
	Cues  []string `json:"cues,omitempty"`
}

// Promise is a question that the volunteer did not know and will find out.
type Promise struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// State is where a talk stands. The route is data: where talks loop is where a script is weak.
type State struct {
	Step        string              `json:"step"`
	Mode        string              `json:"mode"`
	Path        string              `json:"path"`
	Locale      string              `json:"locale"`
	Route       []string            `json:"route"`
	Trail       []Visit             `json:"trail"`
	Visits      map[string]int      `json:"visits"`
	Lights      map[string]string   `json:"lights"`
	Probes      map[string][]string `json:"probes"`
	Cues        map[string][]string `json:"cues"`
	Lines       map[string]string   `json:"lines"`
	Slots       map[string]string   `json:"slots"`
	OwnLines    map[string]string   `json:"own_lines"` // by "step/line": the volunteer's wording of a line
	Facts       []string            `json:"facts"`     // the fact cards that were used
	FindOut     []Promise           `json:"find_out"`
	Retaliation string              `json:"retaliation"` // what they told us was done to them
	Note        string              `json:"note"`
	Moments     []string            `json:"moments"`
	Offer       []string            `json:"offer"`
	Options     []string            `json:"options"`
	Ask         string              `json:"ask"`
	AskSpoken   bool                `json:"ask_spoken"`
	ClosedAsks  []string            `json:"closed_asks"`
	SmallerUsed bool                `json:"smaller_used"`
	UnsureCount int                 `json:"unsure_count"`
	Answer      string              `json:"answer"`
	Sign        string              `json:"sign"`
	Which       string              `json:"which"`
	QuietS      float64             `json:"quiet_s"`
	Ending      string              `json:"ending"`
	Engine      string              `json:"engine"`
	Language    string              `json:"language"`
	Ignored     int                 `json:"ignored"`
}
