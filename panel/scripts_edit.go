package panel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
	"phonebank/words"
)

// editorPage is the shell of the editor; its script draws the rest from the document.
type editorPage struct {
	Page
	ID      string
	Version int
}

func (p *Panel) scriptEditor(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	id, version, err := versionAt(r)
	if err != nil {
		return err
	}
	v, err := p.Store.ScriptVersion(r.Context(), id, version)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", framing)
	title := titleOf(fieldOf(v.Document, "title"), v.ID, string(lang(r)))
	p.show(w, r, me, http.StatusOK, "script-editor", &editorPage{Page: Page{Title: title, Nav: "scripts"}, ID: v.ID, Version: v.Version})
	return nil
}

func fieldOf(doc []byte, field string) json.RawMessage {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(doc, &all); err != nil {
		return nil
	}
	return all[field]
}

// written is a version as the editor reads it.
type written struct {
	ID       string                `json:"id"`
	Version  int                   `json:"version"`
	State    phonebank.ScriptState `json:"state"`
	Revision int                   `json:"revision"`
	Document json.RawMessage       `json:"document"`
	By       string                `json:"by"`
	Saved    string                `json:"saved"` // when, in words
	Since    string                `json:"since"` // live or retired since, in words
	Live     int                   `json:"live"`  // the version that new talks begin with, 0 where there is none
	Library  json.RawMessage       `json:"library"`
	Org      string                `json:"org"`
	Me       string                `json:"me"`
	Partners []partner             `json:"partners"`
	reviewed
}

// partner is somebody made up, on whom a script can be tried.
type partner struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// scriptDocument answers with a version and what there is to mend in it.
func (p *Panel) scriptDocument(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	id, version, err := versionAt(r)
	if err != nil {
		return err
	}
	v, err := p.Store.ScriptVersion(r.Context(), id, version)
	if err != nil {
		return err
	}
	library, err := script.SharedLibrary()
	if err != nil {
		return err
	}
	shared, err := library.JSON()
	if err != nil {
		return err
	}
	people, err := script.Partners()
	if err != nil {
		return err
	}
	partners := []partner{}
	for _, one := range people.People {
		partners = append(partners, partner{one.ID, one.Name.In(string(lang(r)))})
	}
	live, _, err := p.Store.LiveScript(r.Context(), id)
	if err != nil && phonebank.KindOf(err) != phonebank.NotFound {
		return err
	}
	return answer(w, written{
		ID: v.ID, Version: v.Version, State: v.State, Revision: v.Revision, Document: v.Document, By: v.ChangedBy,
		Saved: p.clock(r, v.ChangedAt), Since: p.since(r, v), Live: live, Library: shared, Org: p.Org, Me: me.Name, Partners: partners, reviewed: p.review(lang(r), v.Document),
	})
}

// since says when a version went live or was retired.
func (p *Panel) since(r *http.Request, v phonebank.ScriptVersion) string {
	at := v.PublishedAt
	if v.State == phonebank.ScriptRetired {
		at = v.RetiredAt
	}
	if at == nil {
		return ""
	}
	return lang(r).When(there(p.houseZone(r), *at))
}

// reviewed is what there is to mend in a document, and whether a panel could show it at all.
type reviewed struct {
	Shown    bool             `json:"shown"`
	Problems []script.Problem `json:"problems"`
}

// review reads a draft, whole or half done: what it lacks and what it says are told together.
func (p *Panel) review(l words.Language, doc []byte) reviewed {
	s, lacks := script.Draft(doc)
	if s == nil {
		return reviewed{Problems: inWords(l, lacks)}
	}
	return reviewed{Shown: len(lacks) == 0, Problems: inWords(l, slices.Concat(lacks, script.Lint(s), script.Stale(s, p.Now())))}
}

// inWords says problems in a language, what keeps a script from going live first.
func inWords(l words.Language, problems []script.Problem) []script.Problem {
	list := make([]script.Problem, 0, len(problems))
	for _, level := range []script.Level{script.Error, script.Warning} {
		for _, one := range problems {
			if one.Level == level {
				list = append(list, one.In(l.Say))
			}
		}
	}
	return list
}

// saving is a draft on its way to us, with the revision that it was written over.
type saving struct {
	Revision int             `json:"revision"`
	Document json.RawMessage `json:"document"`
}

type saved struct {
	Revision int    `json:"revision"`
	Saved    string `json:"saved"`
	reviewed
}

// scriptSave keeps a draft as it was written, whole or half done: what is to mend is told, never dropped.
func (p *Panel) scriptSave(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	id, version, err := versionAt(r)
	if err != nil {
		return err
	}
	var in saving
	if err := read(r, &in); err != nil {
		return err
	}
	title, err := checkDraft(in.Document, id, version)
	if err != nil {
		return err
	}
	revision, err := p.Store.SaveDraft(r.Context(), id, version, in.Revision, title, in.Document, me.ID, p.Now())
	if err != nil {
		return err
	}
	return answer(w, saved{Revision: revision, Saved: p.clock(r, p.Now()), reviewed: p.review(lang(r), in.Document)})
}

// checkDraft refuses what is no draft of this version, or cannot be stored, and answers with its title.
func checkDraft(doc []byte, id string, version int) (string, error) {
	if len(doc) > script.MaxBytes {
		return "", phonebank.Fail(phonebank.Invalid, "This script is bigger than %d KB. Make two of it.", script.MaxBytes>>10)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(doc, &all); err != nil || bytes.Contains(doc, []byte(`\u0000`)) {
		return "", phonebank.Because(err, phonebank.Invalid, "This script can't be stored as it is.")
	}
	var head struct {
		Format  string `json:"format"`
		ID      string `json:"id"`
		Version int    `json:"version"`
		Status  string `json:"status"`
	}
	err := json.Unmarshal(doc, &head)
	if err != nil || head.Format != script.Format || head.ID != id || head.Version != version || head.Status != string(phonebank.ScriptDraft) {
		return "", phonebank.Because(err, phonebank.Invalid, "Format, id, version and status stay as they are here. To make another script of this one, import it.")
	}
	return titleOf(all["title"], id, "en"), nil
}

// publishing names the revision that somebody has looked at: what another window wrote since is not published with it.
type publishing struct {
	Revision int `json:"revision"`
}

// scriptPublish makes a draft the version that the next talks begin with.
func (p *Panel) scriptPublish(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	id, version, err := versionAt(r)
	if err != nil {
		return err
	}
	var in publishing
	if err := read(r, &in); err != nil {
		return err
	}
	err = p.Store.InTx(r.Context(), func(tx *store.Tx) error {
		v, err := tx.LockScriptVersion(r.Context(), id, version)
		if err != nil {
			return err
		}
		change, err := v.Apply(phonebank.ScriptPublish, p.Now())
		if err != nil {
			return err
		}
		if change.Moved() && v.Revision != in.Revision {
			return phonebank.Fail(phonebank.Stale, "This draft was saved from another window since you looked at it. Look again, then publish.")
		}
		if n := blocking(p.review(words.English, v.Document).Problems); n == 1 {
			return phonebank.Fail(phonebank.Invalid, "Version %d can't go live yet: one thing must be mended first. It is listed at the top.", version)
		} else if n > 1 {
			return phonebank.Fail(phonebank.Invalid, "Version %d can't go live yet: %d things must be mended first. They are listed at the top.", version, n)
		}
		return tx.SaveScriptMove(r.Context(), v, change, me.ID)
	})
	if err != nil {
		return err
	}
	return answer(w, map[string]string{"next": addressOf(id, version)})
}

// blocking counts what keeps a script from going live.
func blocking(problems []script.Problem) (n int) {
	for _, one := range problems {
		if one.Level == script.Error {
			n++
		}
	}
	return n
}

// scriptAsFile answers with a document, as it stands in the form, as the text of its file.
func (p *Panel) scriptAsFile(w http.ResponseWriter, r *http.Request, _ phonebank.User) error {
	var in struct {
		Document json.RawMessage `json:"document"`
	}
	if err := read(r, &in); err != nil {
		return err
	}
	text, err := fileOf(in.Document, "yaml")
	if err != nil {
		return err
	}
	return answer(w, map[string]string{"text": string(text)})
}

// scriptFromFile reads the text of a file into a document for the form. One that cannot be read says where.
func (p *Panel) scriptFromFile(w http.ResponseWriter, r *http.Request, _ phonebank.User) error {
	var in struct {
		Text string `json:"text"`
	}
	if err := read(r, &in); err != nil {
		return err
	}
	s, err := script.Parse([]byte(in.Text))
	var malformed *script.Malformed
	if errors.As(err, &malformed) {
		return answer(w, map[string]any{"problems": inWords(lang(r), malformed.Problems)})
	}
	if err != nil {
		return err
	}
	doc, err := s.JSON()
	if err != nil {
		return err
	}
	return answer(w, map[string]any{"document": json.RawMessage(doc)})
}

// scriptExport hands a version out as a file, in YAML or JSON: the same document.
func (p *Panel) scriptExport(kind string) func(http.ResponseWriter, *http.Request, phonebank.User) error {
	return func(w http.ResponseWriter, r *http.Request, _ phonebank.User) error {
		id, version, err := versionAt(r)
		if err != nil {
			return err
		}
		v, err := p.Store.ScriptVersion(r.Context(), id, version)
		if err != nil {
			return err
		}
		doc, _, err := headed(v.Document, v.ID, v.Version, v.State)
		if err != nil {
			return err
		}
		body, err := fileOf(doc, kind)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/"+kind+"; charset=utf-8")
		w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-v%d.%s"`, id, version, kind))
		_, _ = w.Write(body) // whoever asked may have gone
		return nil
	}
}

// fileOf writes a document, whole or half done, as people keep it.
func fileOf(doc []byte, kind string) ([]byte, error) {
	s, _ := script.Draft(doc)
	if s == nil {
		return nil, phonebank.Fail(phonebank.Invalid, "This script can't be written as a file.")
	}
	if kind == "yaml" {
		return s.YAML()
	}
	plain, err := s.JSON()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, plain, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}
