package panel

import (
	"net/http"
	"strings"
	"testing"

	"phonebank"
	"phonebank/words"
)

func TestLanguage_IsWhatTheReaderChose(t *testing.T) {
	h := newHouse(t)
	b := h.browser(phonebank.User{})
	b.get("/").is(http.StatusOK).says(`<html lang="en">`, "Welcome to", `lang="es"`, "Español")
	asks := b.request(http.MethodGet, "/", "", nil)
	asks.Header.Set("Accept-Language", "es-MX,es;q=0.9")
	b.do(asks).says(`<html lang="es">`, "Te damos la bienvenida")
	b.post("/language", "language", "es", "back", "/").to("/")
	b.get("/").says("Te damos la bienvenida").hides("Welcome to")
	b.get("/room").is(http.StatusUnauthorized).says("No has entrado en este navegador")
	b.get("/nowhere").is(http.StatusNotFound).says("No hay ninguna página en esta dirección")

	// Whoever has an account is known by it in every browser.
	first, second := h.browser(h.boss), h.browser(h.boss)
	first.post("/language", "language", "es", "back", "/people?q=x").to("/people?q=x")
	second.get("/room").is(http.StatusOK).says(`<html lang="es">`, "Tablero en vivo", "No hay ninguna sesión abierta")
	second.post("/language", "language", "en", "back", "/room").to("/room")
	first.get("/room").says("Live board")
}

func TestLanguage_LeadsBackToAPageOfOurs(t *testing.T) {
	h := newHouse(t)
	b := h.browser(h.boss)
	for _, back := range []string{"https://elsewhere.example/", "//elsewhere.example", `/\elsewhere.example`, ""} {
		b.post("/language", "language", "es", "back", back).to("/")
	}
	// A form that was refused stands at an address that nobody can visit: the switch leads to its list.
	got := b.post("/sessions", "name", "")
	if !strings.Contains(got.Body, `name="back" value="/sessions"`) {
		t.Error("the language switch on a refused form leads somewhere else")
	}
}

func TestLanguage_ErrorsAndReasonsAreToldInIt(t *testing.T) {
	h := newHouse(t)
	h.must(h.Store.SetUserLocale(t.Context(), h.boss.ID, string(words.Spanish)))
	b := h.browser(h.boss)
	b.post("/campaigns", "name", "X", "number", "12").is(http.StatusUnprocessableEntity).says("Eso no funcionó.", "no es un número de teléfono que podamos leer")
	p := h.person("Walt Brandt", "+12125550123")
	h.db.SQL().MustExec(`UPDATE phones SET opted_out_at = $2 WHERE id = $1`, p.PhoneID, midday)
	b.post("/people/"+string(p.ID)+"/text", "nonce", phonebank.NewID[string](midday), "body", "hola").is(http.StatusForbidden).
		says("Walt pidió que paremos. Nunca escribimos a quien dijo que no.").hides("asked us to stop")
}

func TestAround_TheWordsOfOthersKeepTheirDirectionAndStayWords(t *testing.T) {
	got := string(around(words.Spanish, "Sign in as %s", []any{`<b>"Eve"`}))
	if got != "Entrar como <bdi>&lt;b&gt;&#34;Eve&#34;</bdi>" {
		t.Error(got)
	}
	if got := string(around(words.English, "Coordinators: %s makes a new sign-in link.", []any{code("phonebank user link NAME")})); got != "Coordinators: <code>phonebank user link NAME</code> makes a new sign-in link." {
		t.Error(got)
	}
}
