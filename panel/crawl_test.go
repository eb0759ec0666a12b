package panel

import (
	"net/http"
	"strings"
	"testing"

	"phonebank"
)

// A volunteer tries every door with every id there is of somebody whom they neither hold nor know: none opens, none tells a name or a
// number, and nothing has changed afterwards.
func TestCrawl_AStrangersDoorsAreClosedToAVolunteer(t *testing.T) {
	h := newHouse(t)
	person, dana, talk := h.told()
	h.cameIn("+12125550113", "who is this?")
	call, _ := h.rings("+12125550114", 12)
	luis := h.user("Luis", phonebank.Volunteer)
	var ids []string
	for _, table := range []string{"people", "phones", "conversations", "follow_ups", "commitments", "calls", "messages", "outbox", "retaliations", "rung_moves", "suggestions"} {
		var some []string
		h.must(h.db.SQL().Select(&some, `SELECT id FROM `+table))
		ids = append(ids, some...)
	}
	if len(ids) < 8 {
		t.Fatalf("only %d ids to try, so this proves little: %v of %s, %s, %s", len(ids), ids, person.ID, talk.ID, call)
	}
	before := h.fingerprint()
	b := h.browser(luis)
	tried := 0
	for _, rt := range h.routes() {
		if !strings.Contains(rt.path, "{id}") || !rt.who.lets(luis) {
			continue
		}
		for _, id := range ids {
			got := b.do(b.request(rt.method, strings.ReplaceAll(rt.path, "{id}", id), "", nil))
			tried++
			if got.Status < 400 && got.Header.Get("Location") != "/shift" { // where an answer that nobody asked for leads
				t.Errorf("%s %s answers a stranger with %d", rt.method, rt.path, got.Status)
			}
			for _, secret := range []string{person.FirstName, "2125550113", "555-0113", "555-0114", string(dana.Phone)} {
				if secret != "" && strings.Contains(got.Body, secret) {
					t.Errorf("%s %s tells a stranger %q", rt.method, rt.path, secret)
				}
			}
		}
	}
	if after := h.fingerprint(); after != before {
		t.Errorf("a stranger's knocking changed something:\n%s\n%s", before, after)
	}
	t.Logf("%d doors tried", tried)
}

// fingerprint tells whether anything about people has changed. That a text was read for what it may mean is no change.
func (h *house) fingerprint() (out string) {
	for _, table := range []string{"people", "phones", "conversations", "events", "follow_ups", "commitments", "calls", "messages", "outbox", "consents", "journal"} {
		var sum string
		h.must(h.db.SQL().Get(&sum, `SELECT count(*) || ':' || COALESCE(md5(string_agg((to_jsonb(x) - 'weighed_at')::text, ',' ORDER BY x::text)), '') FROM `+table+` x`))
		out += table + " " + sum + " "
	}
	return out
}

// No page that a volunteer can open, with people of their own, holds a whole number of anybody.
func TestCrawl_NoPageOfAVolunteerHasAWholeNumber(t *testing.T) {
	h := newHouse(t)
	_, dana, _ := h.told()
	var numbers []string
	h.must(h.db.SQL().Select(&numbers, `SELECT number FROM phones`))
	b := h.browser(dana)
	seen := map[string]bool{}
	queue := []string{"/", "/me", "/shift", "/inbox", "/practice"}
	for len(queue) > 0 && len(seen) < 200 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		got := b.get(path)
		for _, n := range numbers {
			if ten := n[2:]; strings.Contains(got.Body, ten) || strings.Contains(got.Body, phonebank.Number(n).Pretty()) {
				t.Errorf("%s holds the number that ends in %s", path, n[len(n)-4:])
			}
		}
		if got.Status != http.StatusOK {
			continue
		}
		for _, part := range strings.Split(got.Body, `href="`)[1:] {
			link, _, _ := strings.Cut(part, `"`)
			if strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "/static") {
				link, _, _ = strings.Cut(link, "#")
				queue = append(queue, link)
			}
		}
	}
	if len(seen) < 6 {
		t.Fatalf("only %d pages were reached", len(seen))
	}
	t.Logf("%d pages read", len(seen))
}
