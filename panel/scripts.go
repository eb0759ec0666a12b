package panel

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/gorilla/mux"
	"golang.org/x/text/unicode/norm"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
)

// scriptsPage lists the scripts with their versions, and the ways to a new one.
type scriptsPage struct {
	Page
	Zone     string
	Scripts  []scriptLine
	Retired  []scriptLine
	Starters []starterLine
	Starter  string
	Name     string
	Text     string           // of a file that could not be read
	Wrong    []script.Problem // what keeps that file from being a script
}

// scriptLine is one script, its versions the newest first.
type scriptLine struct {
	ID       string
	Title    string
	Zone     string
	Live     int // the version that new talks begin with, 0 where there is none
	Draft    int // the version that is being written, or 0
	Versions []versionLine
}

type versionLine struct {
	store.ScriptUse
	Replaced int // the newer live version that new talks begin with
	Back     int // the older live version that takes over where this one is retired
}

// starterLine is a script that ships with the product, to be copied.
type starterLine struct{ ID, Title, Purpose string }

func (p *Panel) scripts(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.scriptsPage(r)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "scripts", page)
	return nil
}

func (p *Panel) scriptsPage(r *http.Request) (*scriptsPage, error) {
	page := &scriptsPage{Page: Page{Title: lang(r).Say("Scripts"), Nav: "scripts"}, Zone: p.houseZone(r)}
	all, err := p.Store.ScriptVersions(r.Context())
	if err != nil {
		return nil, err
	}
	for _, line := range linesOf(all, string(lang(r))) {
		line.Zone = page.Zone
		if line.Live == 0 && line.Draft == 0 {
			page.Retired = append(page.Retired, line)
		} else {
			page.Scripts = append(page.Scripts, line)
		}
	}
	for _, id := range script.Starters() {
		s, err := script.Starter(id)
		if err != nil {
			return nil, err
		}
		page.Starters = append(page.Starters, starterLine{id, s.Title.In(string(lang(r))), s.Purpose.In(string(lang(r)))})
	}
	if len(page.Starters) > 0 {
		page.Starter = page.Starters[0].ID
	}
	return page, nil
}

// linesOf gathers versions, which come the newest first, by their script.
func linesOf(all []store.ScriptUse, locale string) (lines []scriptLine) {
	for _, v := range all {
		if len(lines) == 0 || lines[len(lines)-1].ID != v.ID {
			lines = append(lines, scriptLine{ID: v.ID, Title: titleOf(v.Title, v.ID, locale)})
		}
		line := &lines[len(lines)-1]
		one := versionLine{ScriptUse: v}
		switch v.State {
		case phonebank.ScriptDraft:
			line.Draft = v.Version
		case phonebank.ScriptLive:
			if line.Live == 0 {
				line.Live = v.Version
			} else {
				one.Replaced = line.Live
			}
			for i := range line.Versions {
				if above := &line.Versions[i]; above.State == phonebank.ScriptLive && above.Back == 0 {
					above.Back = v.Version
				}
			}
		}
		line.Versions = append(line.Versions, one)
	}
	return lines
}

// titleOf reads a title as its document has it; a draft may have none yet.
func titleOf(raw []byte, id, locale string) string {
	var title script.Words
	if err := json.Unmarshal(raw, &title); err != nil || title.In(locale) == "" {
		return id
	}
	return title.In(locale)
}

// versionAt reads which version an address means.
func versionAt(r *http.Request) (id string, version int, err error) {
	id = mux.Vars(r)["script"]
	if version, err = strconv.Atoi(mux.Vars(r)["version"]); err != nil {
		err = phonebank.Because(err, phonebank.NotFound, "There is no such version of this script.")
	}
	return id, version, err
}

func addressOf(id string, version int) string { return fmt.Sprintf("/scripts/%s/%d", id, version) }

// scriptFromStarter copies a starter under a new name, as a draft.
func (p *Panel) scriptFromStarter(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.scriptsPage(r)
	if err != nil {
		return err
	}
	page.Starter, page.Name = clean(r, "starter", 80), clean(r, "name", 120)
	id, err := p.copyStarter(r, me, page.Starter, page.Name)
	if err != nil {
		p.again(w, r, me, err, "scripts", page)
		return nil
	}
	return to(w, r, addressOf(id, 1))
}

func (p *Panel) copyStarter(r *http.Request, me phonebank.User, starter, name string) (string, error) {
	if name == "" {
		return "", phonebank.Fail(phonebank.Invalid, "Give the new script a name.")
	}
	original, err := script.Starter(starter)
	if err != nil {
		return "", phonebank.Because(err, phonebank.Invalid, "Pick one of the starters.")
	}
	s := *original // its steps stay shared: they are only written out here
	if s.ID, err = p.freeID(r, name); err != nil {
		return "", err
	}
	// The name is in one language. In the others it is missing, and says so, instead of being in the wrong one.
	s.Title, s.Status, s.Version = script.Words{By: map[string]string{string(lang(r)): name}}, string(phonebank.ScriptDraft), 1
	doc, err := s.JSON()
	if err != nil {
		return "", err
	}
	return s.ID, p.Store.AddDraft(r.Context(), s.ID, 1, name, doc, me.ID, p.Now())
}

// freeID makes an id of a name, with a number behind it where that is taken.
func (p *Panel) freeID(r *http.Request, name string) (string, error) {
	base := slug(name)
	for n := 1; n < 100; n++ {
		id := base
		if n > 1 {
			id = fmt.Sprintf("%s-%d", base, n)
		}
		_, err := p.Store.NewestVersion(r.Context(), id)
		if phonebank.KindOf(err) == phonebank.NotFound {
			return id, nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", phonebank.Fail(phonebank.Conflict, "There are many scripts of that name already. Give this one another.")
}

// slug writes a name as an id: plain letters, digits and dashes.
func slug(name string) string {
	var b strings.Builder
	for _, c := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case !unicode.Is(unicode.Mn, c) && b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == 48 {
			break
		}
	}
	id := strings.Trim(b.String(), "-")
	if id == "" || id[0] < 'a' {
		id = strings.TrimSuffix("script-"+id, "-")
	}
	return id
}

// scriptNext copies the newest version into a draft, or leads to the draft that is there.
func (p *Panel) scriptNext(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	newest, err := p.Store.NewestVersion(r.Context(), mux.Vars(r)["script"])
	if err != nil {
		return err
	}
	if newest.State == phonebank.ScriptDraft {
		return to(w, r, addressOf(newest.ID, newest.Version))
	}
	next := newest.Version + 1
	doc, title, err := headed(newest.Document, newest.ID, next, phonebank.ScriptDraft)
	if err != nil {
		return err
	}
	err = p.Store.AddDraft(r.Context(), newest.ID, next, title, doc, me.ID, p.Now())
	if err != nil && phonebank.KindOf(err) != phonebank.Conflict { // a double press finds the draft of the first one
		return err
	}
	return to(w, r, addressOf(newest.ID, next))
}

// headed gives a document the id, version and status that it is stored with, and answers with its title.
func headed(doc []byte, id string, version int, state phonebank.ScriptState) (out []byte, title string, err error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(doc, &all); err != nil {
		return nil, "", err
	}
	for key, value := range map[string]any{"format": script.Format, "id": id, "version": version, "status": state} {
		if all[key], err = json.Marshal(value); err != nil {
			return nil, "", err
		}
	}
	out, err = json.Marshal(all)
	return out, titleOf(all["title"], id, "en"), err
}

// scriptRetire takes a version out of use. Talks that run keep it.
func (p *Panel) scriptRetire(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.scriptsPage(r)
	if err != nil {
		return err
	}
	id, version, err := versionAt(r)
	if err == nil {
		err = p.retire(r, me, id, version)
	}
	if err != nil {
		p.again(w, r, me, err, "scripts", page)
		return nil
	}
	return to(w, r, "/scripts")
}

func (p *Panel) retire(r *http.Request, me phonebank.User, id string, version int) error {
	return p.Store.InTx(r.Context(), func(tx *store.Tx) error {
		v, err := tx.LockScriptVersion(r.Context(), id, version)
		if err != nil {
			return err
		}
		change, err := v.Apply(phonebank.ScriptRetire, p.Now())
		if err != nil {
			return err
		}
		if err := tx.SaveScriptMove(r.Context(), v, change, me.ID); err != nil {
			return err
		}
		if _, _, err := tx.LiveScript(r.Context(), id); phonebank.KindOf(err) != phonebank.NotFound {
			return err // nil: an older version takes over
		}
		open, err := tx.SessionsOn(r.Context(), id)
		if err == nil && len(open) > 0 {
			err = phonebank.Fail(phonebank.Conflict, "“%s” is open and begins its talks with this script. Publish a newer version, or end that session first.", open[0])
		}
		return err
	})
}

// scriptDiscard throws a draft away.
func (p *Panel) scriptDiscard(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.scriptsPage(r)
	if err != nil {
		return err
	}
	id, version, err := versionAt(r)
	if err == nil {
		err = p.Store.DropDraft(r.Context(), id, version, me.ID, p.Now())
	}
	if err != nil {
		p.again(w, r, me, err, "scripts", page)
		return nil
	}
	return to(w, r, "/scripts")
}

// scriptImport takes a script in from a file or from pasted text, as a draft.
func (p *Panel) scriptImport(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	parseErr := r.ParseMultipartForm(scriptBody)
	if r.MultipartForm != nil {
		defer func() { _ = r.MultipartForm.RemoveAll() }() // temporary files; the system clears what is left
	}
	page, err := p.scriptsPage(r)
	if err != nil {
		return err
	}
	id, version, err := p.bringScript(r, me, page, parseErr)
	var malformed *script.Malformed
	if errors.As(err, &malformed) {
		page.Wrong = inWords(lang(r), malformed.Problems)
		err = phonebank.Because(err, phonebank.Invalid, "This file isn't a script yet. Nothing was stored; what to mend is listed below your text.")
	}
	if err != nil {
		p.again(w, r, me, err, "scripts", page)
		return nil
	}
	return to(w, r, addressOf(id, version))
}

func (p *Panel) bringScript(r *http.Request, me phonebank.User, page *scriptsPage, parseErr error) (string, int, error) {
	if parseErr != nil {
		return "", 0, phonebank.Because(parseErr, phonebank.Invalid, "The file did not arrive whole, or it is far too big for a script. Nothing was stored; please try again.")
	}
	text := []byte(strings.TrimSpace(r.PostFormValue("text")))
	if file, _, err := r.FormFile("file"); err == nil {
		defer func() { _ = file.Close() }() // it was only read
		if text, err = io.ReadAll(file); err != nil {
			return "", 0, err
		}
	}
	page.Text = strings.ToValidUTF8(string(text), "�")
	if len(text) == 0 {
		return "", 0, phonebank.Fail(phonebank.Invalid, "Choose a file, or paste its text.")
	}
	s, err := script.Parse(text)
	if err != nil {
		return "", 0, err
	}
	newest, err := p.Store.NewestVersion(r.Context(), s.ID)
	switch {
	case phonebank.KindOf(err) == phonebank.NotFound:
		newest.Version = 0
	case err != nil:
		return "", 0, err
	case newest.State == phonebank.ScriptDraft:
		return "", 0, phonebank.Fail(phonebank.Conflict, "Version %d of this script is being written. Publish it or throw it away before another one comes in.", newest.Version)
	}
	s.Version, s.Status = newest.Version+1, string(phonebank.ScriptDraft)
	doc, err := s.JSON()
	if err != nil {
		return "", 0, err
	}
	return s.ID, s.Version, p.Store.AddDraft(r.Context(), s.ID, s.Version, s.Title.In("en"), doc, me.ID, p.Now())
}
