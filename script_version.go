package phonebank

import "time"

// ScriptVersion is one version of one script. A draft changes with every word that is written; once it is live its words
// stay as they are, because talks hold on to the version that they began with.
type ScriptVersion struct {
	ID          string      `db:"id"`
	Version     int         `db:"version"`
	State       ScriptState `db:"status"`
	Document    []byte      `db:"document"`
	Revision    int         `db:"revision"` // counts the saves of a draft, so that two windows notice each other
	ChangedBy   string      `db:"changed_by"`
	ChangedAt   time.Time   `db:"changed_at"`
	PublishedAt *time.Time  `db:"published_at"`
	RetiredAt   *time.Time  `db:"retired_at"`
}

type (
	ScriptState string
	ScriptEvent string
)

const (
	ScriptDraft   ScriptState = "draft"
	ScriptLive    ScriptState = "live" // the newest live version is the one that new talks begin with
	ScriptRetired ScriptState = "retired"
)

const (
	ScriptPublish ScriptEvent = "publish"
	ScriptRetire  ScriptEvent = "retire"
)

// ScriptTable holds every move of a version. Publishing a newer one retires nothing: talks that run keep theirs. A draft
// that nobody wants is thrown away, and a version that was retired comes back as a copy.
var ScriptTable = newTable[ScriptState, ScriptEvent]("version", `
         publish  retire
draft    live     x
live     .        retired
retired  x        .
`)

// Apply answers with the move an event makes.
func (v ScriptVersion) Apply(event ScriptEvent, at time.Time) (Change[ScriptState, ScriptEvent], error) {
	return ScriptTable.Apply(v.State, event, at)
}
