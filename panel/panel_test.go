package panel

import (
	"net/http"
	"strings"
	"testing"

	"phonebank"
)

// concrete fills a path with ids and tokens of nothing that exists.
func concrete(path string) string {
	return strings.NewReplacer("{id}", string(phonebank.NewID[string](midday)), "{token}", phonebank.NewToken(), "{script}", "some-script", "{version}", "1").Replace(path)
}

// Each door is tried by nobody, a volunteer and a coordinator. What a door answers to those it lets in is for other tests;
// here it must not turn them away, and it must turn everybody else away.
func TestRoutes_EachDoorLetsInWhomTheTableNames(t *testing.T) {
	h := newHouse(t)
	visitors := []struct {
		name string
		user phonebank.User
	}{{"nobody", phonebank.User{}}, {"a volunteer", h.user("Dana", phonebank.Volunteer)}, {"a lead", h.user("Lee", phonebank.Lead)}, {"a coordinator", h.boss}, {"an admin", h.user("Ada", phonebank.Admin)}}
	for _, rt := range h.routes() {
		if rt.who == nobody {
			t.Errorf("%s %s names nobody who may come in", rt.method, rt.path)
		}
		for _, v := range visitors {
			b := h.browser(v.user)
			got := b.do(b.request(rt.method, concrete(rt.path), "", nil))
			refused := got.Status == http.StatusUnauthorized || got.Status == http.StatusForbidden && strings.Contains(got.Body, "This page is for coordinators")
			if may := rt.who.lets(v.user); may == refused {
				t.Errorf("%s %s for %s: status %d, may come in: %v", rt.method, rt.path, v.name, got.Status, may)
			}
		}
	}
}

func TestRoutes_UnnamedRouteLetsNobodyIn(t *testing.T) {
	for _, role := range append(phonebank.Roles, "") {
		if (route{}).who.lets(phonebank.User{ID: "X", Role: role}) {
			t.Errorf("a route without a role lets %q in", role)
		}
	}
}

func TestGuard_HeadersOnEveryPage(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/", "/room", "/nowhere", "/live?topics=room"} {
		got := h.browser(phonebank.User{}).get(path)
		if got.Header.Get("Content-Security-Policy") != policy || got.Header.Get("X-Content-Type-Options") != "nosniff" ||
			got.Header.Get("Referrer-Policy") != "no-referrer" || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers %v", path, got.Header)
		}
	}
	asset := h.browser(phonebank.User{}).get("/static/" + h.version + "/css/app.css").is(http.StatusOK)
	if !strings.Contains(asset.Header.Get("Cache-Control"), "immutable") || !strings.HasPrefix(asset.Header.Get("Content-Type"), "text/css") {
		t.Errorf("a style comes with %v", asset.Header)
	}
	h.browser(phonebank.User{}).get("/static/" + h.version + "/talk/test/outbox.test.mjs").is(http.StatusNotFound)
	h.browser(phonebank.User{}).get("/static/" + h.version + "/css/").is(http.StatusNotFound)
}

func TestGuard_AnotherSiteCannotPress(t *testing.T) {
	h := newHouse(t)
	b := h.browser(h.boss)
	r := b.request(http.MethodPost, "/pause", "", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	b.do(r).is(http.StatusForbidden).says("Another site asked for this")
	if n := h.count(`SELECT count(*) FROM pauses`); n != 0 {
		t.Error("another site paused everything")
	}
}

func TestNew_PlainHTTPOnlyOnThisMachine(t *testing.T) {
	for address, good := range map[string]bool{"http://127.0.0.1:8080": true, "http://localhost": true, "https://bank.example": true, "http://bank.example": false, "http://192.168.1.4:8080": false} {
		if _, err := New(Parts{PublicURL: address}); (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestCookie_HostPrefixOnHTTPS(t *testing.T) {
	secure, err := New(Parts{PublicURL: "https://bank.example"})
	if err != nil {
		t.Fatal(err)
	}
	if name := secure.cookieName(); name != "__Host-phonebank" || !secure.secure {
		t.Errorf("the cookie is called %q", name)
	}
}
