package panel

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"phonebank"
	"phonebank/dialer"
	"phonebank/script"
	"phonebank/store"
)

// opened is a version as the editor reads it.
type opened struct {
	Revision int              `json:"revision"`
	State    string           `json:"state"`
	Document map[string]any   `json:"document"`
	Shown    bool             `json:"shown"`
	Live     int              `json:"live"`
	Problems []script.Problem `json:"problems"`
}

func (b *browser) opens(id string, version int) opened {
	b.t.Helper()
	var o opened
	if err := json.Unmarshal([]byte(b.get(addressOf(id, version)+"/document").is(http.StatusOK).Body), &o); err != nil {
		b.t.Fatal(err)
	}
	return o
}

func (b *browser) saves(id string, version, revision int, doc any) reply {
	b.t.Helper()
	return b.send(addressOf(id, version)+"/document", map[string]any{"revision": revision, "document": doc})
}

// opening is the first thing that a document says, in English.
func opening(doc map[string]any) map[string]any {
	return doc["steps"].([]any)[0].(map[string]any)["say"].([]any)[0].(map[string]any)["text"].(map[string]any)
}

// copied makes a script of a starter and answers with its id.
func (h *house) copied(b *browser, name string) string {
	h.t.Helper()
	got := b.post("/scripts", "starter", "heat-recruitment", "name", name)
	got.is(http.StatusSeeOther)
	return strings.Split(got.Header.Get("Location"), "/")[2]
}

// ready writes what a copy still lacks: its name in Spanish.
func (h *house) ready(b *browser, id string, version int) {
	h.t.Helper()
	o := b.opens(id, version)
	o.Document["title"] = map[string]any{"en": "Rent calls", "es": "Llamadas por la renta"}
	b.saves(id, version, o.Revision, o.Document).is(http.StatusOK)
}

func (h *house) publishes(b *browser, id string, version int) reply {
	h.t.Helper()
	return b.send(addressOf(id, version)+"/publish", map[string]int{"revision": b.opens(id, version).Revision})
}

func TestScripts_ADraftIsSavedAndReadAgainAsItWasWritten(t *testing.T) {
	h := newHouse(t)
	b := h.browser(h.boss)
	b.get("/scripts").is(http.StatusOK).says("Heat by December: first 1:1", "Version 1", "live", "no talk yet", "New from a starter", "Bring in a file")
	id := h.copied(b, "Rent calls: first 1:1")
	if id != "rent-calls-first-1-1" {
		t.Errorf("the id of the copy is %q", id)
	}
	b.get(addressOf(id, 1)).is(http.StatusOK).says("Rent calls: first 1:1", `data-script="`+id+`"`)
	o := b.opens(id, 1)
	if o.State != "draft" || o.Revision != 1 || !o.Shown {
		t.Errorf("a new draft: %+v", o)
	}
	opening(o.Document)["en"] = "Hi {first_name}, “quoted” & <b>bold</b>\nÑandú 🙂"
	o.Document["steps"].([]any)[1].(map[string]any)["probes"] = []any{map[string]any{"id": "half", "text": map[string]any{"en": "Half do"}}}
	b.saves(id, 1, 1, o.Document).is(http.StatusOK).says(`"revision":2`)
	again := b.opens(id, 1)
	if !reflect.DeepEqual(again.Document, o.Document) || again.Revision != 2 {
		t.Errorf("revision %d, the document came back as\n%v\nand was\n%v", again.Revision, again.Document, o.Document)
	}
	// A half-done draft is kept too, and says what it lacks.
	delete(o.Document, "purpose")
	o.Document["steps"].([]any)[0].(map[string]any)["say"] = []any{}
	b.saves(id, 1, 2, o.Document).is(http.StatusOK).says(`"shown":false`, `"level":"error"`)
	if again = b.opens(id, 1); !reflect.DeepEqual(again.Document, o.Document) || again.Shown || len(again.Problems) == 0 {
		t.Errorf("a half-done draft came back shown %v, with %d problems", again.Shown, len(again.Problems))
	}
	// Another name of the same words gets another id.
	if second := h.copied(b, "Rent calls: first 1:1"); second != id+"-2" {
		t.Errorf("the second copy is called %q", second)
	}
	b.post("/scripts", "starter", "heat-recruitment", "name", " ").is(http.StatusUnprocessableEntity).says("Give the new script a name")
	b.post("/scripts", "starter", "nonsense", "name", "Mine").is(http.StatusUnprocessableEntity).says("Pick one of the starters", `value="Mine"`)
}

func TestScripts_NothingGoesLiveWhileSomethingIsToMend(t *testing.T) {
	h := newHouse(t)
	b := h.browser(h.boss)
	id := h.copied(b, "Rent calls")
	h.publishes(b, id, 1).is(http.StatusUnprocessableEntity).says("can't go live yet") // its name is missing in Spanish
	if n := h.count(`SELECT count(*) FROM scripts WHERE id = $1 AND status = 'live'`, id); n != 0 {
		t.Fatal("a script with something to mend went live")
	}
	h.ready(b, id, 1)
	for _, p := range b.opens(id, 1).Problems {
		if p.Level == script.Error {
			t.Errorf("a copy with its name in both languages: %s", p)
		}
	}
	stale := b.opens(id, 1).Revision
	o := b.opens(id, 1)
	opening(o.Document)["en"] = "Hello {nobody}"
	b.saves(id, 1, o.Revision, o.Document).is(http.StatusOK).says("nobody", `"step":"intro"`, `"path":"/steps/0/say/0/text`)
	h.publishes(b, id, 1).is(http.StatusUnprocessableEntity).says("one thing must be mended first")
	opening(o.Document)["en"] = "Hello {first_name}"
	b.saves(id, 1, o.Revision+1, o.Document).is(http.StatusOK)
	b.send(addressOf(id, 1)+"/publish", map[string]int{"revision": stale}).is(http.StatusConflict).says("another window")
	h.publishes(b, id, 1).is(http.StatusOK).says(addressOf(id, 1))
	h.publishes(b, id, 1).is(http.StatusOK) // a press that comes twice
	o = b.opens(id, 1)
	if o.State != "live" || o.Live != 1 || o.Document["status"] != "live" {
		t.Errorf("after publishing: %s, live is %d, its document says %v", o.State, o.Live, o.Document["status"])
	}
	opening(o.Document)["en"] = "Changed behind everybody's back"
	o.Document["status"] = "draft"
	b.saves(id, 1, o.Revision, o.Document).is(http.StatusConflict)
	if line := opening(b.opens(id, 1).Document)["en"]; line != "Hello {first_name}" {
		t.Errorf("a live version says %q now", line)
	}
	b.get("/campaigns").says("Rent calls")
	if n := h.count(`SELECT count(*) FROM journal WHERE thing = 'script' AND thing_id = $1 AND event = 'publish' AND by_user = $2`, id+"@1", h.boss.ID); n != 1 {
		t.Errorf("%d lines in the journal for one publishing", n)
	}
}

// begun begins a talk as the dialer does.
func (h *house) begun(u phonebank.User, p phonebank.Person) phonebank.Conversation {
	h.t.Helper()
	var talk phonebank.Conversation
	h.must(h.Store.InTx(h.t.Context(), func(tx *store.Tx) (err error) {
		talk, err = dialer.Begin(h.t.Context(), tx, phonebank.Conversation{CampaignID: h.campaign.ID, PersonID: p.ID, UserID: u.ID, Channel: phonebank.TalkByText}, dialer.Choice{}, h.now())
		return err
	}))
	return talk
}

func TestScripts_ATalkKeepsTheVersionThatItBeganWith(t *testing.T) {
	h := newHouse(t)
	b, dana := h.browser(h.boss), h.user("Dana", phonebank.Volunteer)
	before := h.begun(dana, h.person("Xiomara Quiñones", "+12125550111"))

	b.post("/scripts/heat-recruitment/next").to("/scripts/heat-recruitment/2")
	b.post("/scripts/heat-recruitment/next").to("/scripts/heat-recruitment/2") // the draft that is there
	o := b.opens("heat-recruitment", 2)
	opening(o.Document)["en"] = "Hi {first_name}, the new words."
	b.saves("heat-recruitment", 2, o.Revision, o.Document).is(http.StatusOK)
	while := h.begun(dana, h.person("Marcus Tolliver", "+12125550112"))
	h.publishes(b, "heat-recruitment", 2).is(http.StatusOK)
	after := h.begun(dana, h.person("Ofelia Reyes", "+12125550113"))

	if before.ScriptVersion != 1 || while.ScriptVersion != 1 || after.ScriptVersion != 2 {
		t.Fatalf("before %d, while it was written %d, after %d", before.ScriptVersion, while.ScriptVersion, after.ScriptVersion)
	}
	volunteer := h.browser(dana)
	volunteer.get("/talk/" + string(before.ID) + "/state").is(http.StatusOK).hides("the new words").says("the tenants' union")
	volunteer.get("/talk/" + string(after.ID) + "/state").is(http.StatusOK).says("the new words")
	b.get("/scripts").says("Version 2", "replaced by version 2", "2 talks were held with it", "1 talk was held with it")
}

func TestScripts_WhatIsRetiredIsNotOffered(t *testing.T) {
	h := newHouse(t)
	b := h.browser(h.boss)
	id := h.copied(b, "Rent calls")
	h.ready(b, id, 1)
	h.publishes(b, id, 1).is(http.StatusOK)
	b.post("/scripts/" + id + "/next").to(addressOf(id, 2))
	b.post(addressOf(id, 2) + "/retire").is(http.StatusConflict).says("draft")
	h.publishes(b, id, 2).is(http.StatusOK)
	b.get("/scripts").says("From the next talk on, version 1 is used again", "New talks begin with version 2 already")
	b.post(addressOf(id, 2) + "/retire").to("/scripts")
	if live := b.opens(id, 2).Live; live != 1 {
		t.Errorf("with version 2 retired, talks begin with %d", live)
	}
	b.get("/campaigns").says("Rent calls")
	b.post(addressOf(id, 1) + "/retire").to("/scripts")
	b.get("/campaigns").hides("Rent calls")
	b.get("/scripts").says("Retired scripts", "Rent calls")
	b.post("/campaigns", "name", "Rent", "number", "212 555 0100", "zone", "America/New_York", "script", id).is(http.StatusUnprocessableEntity).says("Pick one of the scripts")

	// One that an open session begins its talks with stays.
	h.session(phonebank.SessionOpen, true)
	b.post("/scripts/heat-recruitment/1/retire").is(http.StatusConflict).says("“Tuesday heat calls” is open")
	if live := b.opens("heat-recruitment", 1).Live; live != 1 {
		t.Errorf("the script of an open session is gone: %d", live)
	}
	// What was retired comes back as a copy.
	b.post("/scripts/" + id + "/next").to(addressOf(id, 3))
}

func TestScripts_TwoWindowsNoticeEachOther(t *testing.T) {
	h := newHouse(t)
	first, second := h.browser(h.boss), h.browser(h.user("Ana", phonebank.Coordinator))
	id := h.copied(first, "Rent calls")
	mine, theirs := first.opens(id, 1), second.opens(id, 1)
	opening(mine.Document)["en"] = "Mine"
	opening(theirs.Document)["en"] = "Theirs"
	second.saves(id, 1, theirs.Revision, theirs.Document).is(http.StatusOK)
	first.saves(id, 1, mine.Revision, mine.Document).is(http.StatusConflict).says("saved from another window", "Both are kept")
	now := first.opens(id, 1)
	if opening(now.Document)["en"] != "Theirs" {
		t.Errorf("the later save ran over the earlier one: %v", opening(now.Document))
	}
	first.get(addressOf(id, 1) + "/document").says(`"by":"Ana"`)
	first.saves(id, 1, now.Revision, mine.Document).is(http.StatusOK) // chosen, over what they have seen
	if line := opening(second.opens(id, 1).Document)["en"]; line != "Mine" {
		t.Errorf("after choosing it says %v", line)
	}
	// Another script under this address, or a document that is none, is refused.
	mine.Document["id"] = "heat-recruitment"
	first.saves(id, 1, now.Revision+1, mine.Document).is(http.StatusUnprocessableEntity).says("stay as they are here")
	first.saves(id, 1, now.Revision+1, []string{"no", "script"}).is(http.StatusUnprocessableEntity)
}

// sends posts a script file, as the form on the page does.
func (b *browser) sends(name, text string) reply {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if name != "" {
		part, err := form.CreateFormFile("file", name)
		if err == nil {
			_, err = part.Write([]byte(text))
		}
		if err != nil {
			b.t.Fatal(err)
		}
	} else if err := form.WriteField("text", text); err != nil {
		b.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	return b.do(b.request(http.MethodPost, "/scripts/import", form.FormDataContentType(), &body))
}

func TestScripts_AFileComesInAndGoesOutAsTheSameDocument(t *testing.T) {
	h := newHouse(t)
	b := h.browser(h.boss)
	b.sends("", "format: pb.script/1\nid: mine\npurpose: a: b\n").is(http.StatusUnprocessableEntity).says("isn't a script yet", "Line 3", "id: mine")
	b.sends("mine.yaml", "format: pb.script/1\nid: mine\ncolour: red\n").is(http.StatusUnprocessableEntity).says("colour", "id: mine")
	b.sends("", "").is(http.StatusUnprocessableEntity).says("Choose a file, or paste its text")
	if n := h.count(`SELECT count(*) FROM scripts`); n != 1 {
		t.Fatalf("%d scripts after files that are none", n)
	}
	original := b.opens("heat-recruitment", 1).Document
	for kind, version := range map[string]int{"yaml": 1, "json": 1} {
		file := b.get(addressOf("heat-recruitment", version) + "/script." + kind).is(http.StatusOK)
		if !strings.Contains(file.Header.Get("Content-Disposition"), "heat-recruitment-v1."+kind) {
			t.Errorf("%s comes as %q", kind, file.Header.Get("Content-Disposition"))
		}
		got := b.sends("file."+kind, file.Body)
		got.to("/scripts/heat-recruitment/2")
		back := b.opens("heat-recruitment", 2).Document
		original["version"], original["status"] = float64(2), "draft"
		if !reflect.DeepEqual(back, original) {
			t.Errorf("%s came back as\n%v\nand was\n%v", kind, back, original)
		}
		b.sends("file."+kind, file.Body).is(http.StatusConflict).says("Version 2 of this script is being written")
		b.post(addressOf("heat-recruitment", 2) + "/discard").to("/scripts")
	}
	b.post("/scripts/heat-recruitment/1/discard").is(http.StatusConflict).says("Only a draft can be thrown away")
}

func TestScripts_TheFileAndTheFormAreOneDocument(t *testing.T) {
	h := newHouse(t)
	b := h.browser(h.boss)
	id := h.copied(b, "Rent calls")
	doc := b.opens(id, 1).Document
	var file struct{ Text string }
	h.must(json.Unmarshal([]byte(b.send(addressOf(id, 1)+"/as-file", map[string]any{"document": doc}).is(http.StatusOK).Body), &file))
	var form struct {
		Document map[string]any
		Problems []script.Problem
	}
	h.must(json.Unmarshal([]byte(b.send(addressOf(id, 1)+"/from-file", map[string]any{"text": file.Text}).is(http.StatusOK).Body), &form))
	if !reflect.DeepEqual(form.Document, doc) {
		t.Errorf("through the file and back:\n%v\nit was\n%v", form.Document, doc)
	}
	form.Document = nil
	broken := strings.Replace(file.Text, "\npurpose:", "\n purpose:", 1)
	line := strings.Count(broken[:strings.Index(broken, "\n purpose:")], "\n") + 2
	h.must(json.Unmarshal([]byte(b.send(addressOf(id, 1)+"/from-file", map[string]any{"text": broken}).is(http.StatusOK).Body), &form))
	if form.Document != nil || len(form.Problems) != 1 || form.Problems[0].Line < line-1 || form.Problems[0].Line > line {
		t.Errorf("a broken line %d is told as %+v", line, form.Problems)
	}
}

func TestScripts_AreForCoordinators(t *testing.T) {
	h := newHouse(t)
	b := h.browser(h.user("Dana", phonebank.Volunteer))
	for _, path := range []string{"/scripts", "/scripts/heat-recruitment/1", "/scripts/heat-recruitment/1/document", "/scripts/heat-recruitment/1/script.yaml"} {
		b.get(path).is(http.StatusForbidden)
	}
	b.post("/scripts", "starter", "heat-recruitment", "name", "Mine").is(http.StatusForbidden)
	b.saves("heat-recruitment", 1, 1, map[string]any{}).is(http.StatusForbidden)
	b.post("/scripts/heat-recruitment/1/retire").is(http.StatusForbidden)
	boss := h.browser(h.boss)
	boss.get("/scripts/heat-recruitment/9").is(http.StatusNotFound)
	boss.get("/scripts/nobody/1").is(http.StatusNotFound)
}

// The editor may show our own practice page in a frame; nothing else may stand in one.
func TestScripts_TheEditorFramesPracticeAndNothingElse(t *testing.T) {
	h := newHouse(t)
	b := h.browser(h.boss)
	if got := b.get("/scripts/heat-recruitment/1").Header.Get("Content-Security-Policy"); got != policy+"; frame-src 'self'" {
		t.Errorf("the editor comes with %q", got)
	}
	if got := b.get("/practice?script=heat-recruitment&version=1").is(http.StatusOK).Header.Get("Content-Security-Policy"); !strings.Contains(got, "frame-ancestors 'self'") || strings.Contains(got, "'none' ") {
		t.Errorf("practice comes with %q", got)
	}
	for _, path := range []string{"/scripts", "/room", "/shift"} {
		if got := b.get(path).Header.Get("Content-Security-Policy"); !strings.Contains(got, "frame-ancestors 'none'") || strings.Contains(got, "frame-src") {
			t.Errorf("%s comes with %q", path, got)
		}
	}
}

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Rent calls: first 1:1": "rent-calls-first-1-1", "¡Calefacción ya!": "calefaccion-ya", "2027 drive": "script-2027-drive", "???": "script", "a  b": "a-b",
		strings.Repeat("long ", 40): strings.TrimSuffix(strings.Repeat("long-", 10)[:48], "-"),
	} {
		if got := slug(name); got != want {
			t.Errorf("slug(%q) = %q, want %q", name, got, want)
		}
	}
}
