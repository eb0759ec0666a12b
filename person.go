package phonebank

import "time"

// Person is somebody we talk with. Several people may share one number.
type Person struct {
	ID        PersonID  `db:"id"`
	PhoneID   PhoneID   `db:"phone_id"`
	OwnerID   UserID    `db:"owner_id"` // the volunteer who knows them
	Name      string    `db:"name"`
	FirstName string    `db:"first_name"`
	SayName   string    `db:"say_name"` // how to say it: see-oh-MAH-rah
	Place     string    `db:"place"`
	Languages string    `db:"languages"`
	Zone      string    `db:"zone"`   // stated; empty: read from the state, else from the number
	Region    string    `db:"region"` // the state they live in, by its letters; empty: nobody has told
	Support   string    `db:"support"`
	Leader    string    `db:"leader"` // one line why somebody thinks they may lead
	Rung      int       `db:"rung"`   // on the ladder; only an approved move changes it
	CreatedAt time.Time `db:"created_at"`
}

// Called is what a sentence of ours calls them: by their first name or, where nobody has told it to us, as the lists do.
func (p Person) Called() string {
	if p.FirstName != "" {
		return p.FirstName
	}
	return p.Name
}

// UnknownCaller is how the lists call whoever rings from a number that nobody knows, before its last digits.
const UnknownCaller = "Caller ending "

// Phone is a number, and what may be done with it. Opt-outs and holds are the number's, so they reach everybody on it.
type Phone struct {
	ID            PhoneID    `db:"id"`
	Number        Number     `db:"number"`
	Zones         string     `db:"zones"` // candidates, comma separated
	OptedOutAt    *time.Time `db:"opted_out_at"`
	OptedOutHow   string     `db:"opted_out_how"`
	OptedOutWords string     `db:"opted_out_words"`
	HoldSince     *time.Time `db:"hold_since"`
	BadAt         *time.Time `db:"bad_at"`
	NoTextsAt     *time.Time `db:"no_texts_at"`
	LastInboundAt *time.Time `db:"last_inbound_at"`
}

// Number is a phone number in E.164, read once at the edge.
type Number string

// Valid tells whether a number has the form of E.164: a plus and 8 to 15 digits.
func (n Number) Valid() bool {
	if len(n) < 9 || len(n) > 16 || n[0] != '+' || n[1] == '0' {
		return false
	}
	for i := 1; i < len(n); i++ {
		if n[i] < '0' || n[i] > '9' {
			return false
		}
	}
	return true
}

// Masked shows the last four digits: the full number never leaves the server for a volunteer.
func (n Number) Masked() string {
	if len(n) < 4 {
		return "•••"
	}
	return "(•••) •••-" + string(n[len(n)-4:])
}

// Pretty writes a North American number as people write it, any other as it is.
func (n Number) Pretty() string {
	if len(n) == 12 && n[:2] == "+1" {
		return "(" + string(n[2:5]) + ") " + string(n[5:8]) + "-" + string(n[8:])
	}
	return string(n)
}

// User is somebody who works with us: a volunteer, or one who organizes the bank.
type User struct {
	ID        UserID     `db:"id"`
	Name      string     `db:"name"`
	Spoken    string     `db:"spoken"` // how they say their own name on the phone; empty: as they joined
	Role      Role       `db:"role"`
	Phone     Number     `db:"phone"`
	Place     string     `db:"place"`
	Stake     string     `db:"stake"` // why it matters to them, in their words
	Languages string     `db:"languages"`
	Locale    string     `db:"locale"` // in which they read our pages; empty: as their browser asks
	CreatedAt time.Time  `db:"created_at"`
	RemovedAt *time.Time `db:"removed_at"`
}

// SaidName is the name that people hear when this volunteer says hello.
func (u User) SaidName() string {
	if u.Spoken != "" {
		return u.Spoken
	}
	return u.Name
}

// Role is what somebody may do; every route is denied unless it names a role.
type Role string

const (
	Volunteer   Role = "volunteer"
	Lead        Role = "lead"
	Coordinator Role = "coordinator"
	Admin       Role = "admin"
)

// Roles lists every role, the lowest first.
var Roles = []Role{Volunteer, Lead, Coordinator, Admin}

// AtLeast tells whether a role includes another.
func (r Role) AtLeast(other Role) bool {
	rank := map[Role]int{Volunteer: 1, Lead: 2, Coordinator: 3, Admin: 4}
	return rank[r] >= rank[other] && rank[r] > 0
}

// Campaign is one cause with its list of people, its number and its script.
type Campaign struct {
	ID        CampaignID `db:"id"`
	Name      string     `db:"name"`
	Number    Number     `db:"number"`
	ScriptID  string     `db:"script_id"`
	Zone      string     `db:"zone"`
	CreatedAt time.Time  `db:"created_at"`
}

// Session is one phone-bank evening.
type Session struct {
	ID         SessionID  `db:"id"`
	CampaignID CampaignID `db:"campaign_id"`
	Name       string     `db:"name"`
	State      string     `db:"state"`
	ScriptID   string     `db:"script_id"`  // empty: the campaign's own
	AskID      string     `db:"ask_id"`     // the one live ask, chosen beforehand; "none": no ask today; empty: nobody has decided yet
	When       string     `db:"when_words"` // as people say it: "Tuesdays, 6 to 8 pm"
	Goal       string     `db:"goal"`       // what this evening is for, in words
	Briefing   string     `db:"briefing"`
	Roles      string     `db:"roles"` // who plays which, one a line: "Greeter: Luis"
	AutoAdmit  bool       `db:"auto_admit"`
	AutoCall   int        `db:"auto_call"` // seconds after the card opens; 0: the volunteer presses Call
	CreatedBy  UserID     `db:"created_by"`
	CreatedAt  time.Time  `db:"created_at"`
	OpenedAt   *time.Time `db:"opened_at"`
	EndedAt    *time.Time `db:"ended_at"`
}

// Session states: planned, open, ended.
const (
	SessionPlanned = "planned"
	SessionOpen    = "open"
	SessionEnded   = "ended"
)
