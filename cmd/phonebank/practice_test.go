package main

import (
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// offline pulls the plug of one tab, or puts it back. A browser may say only then what it could not reach before.
func (p *tab) offline(away bool) {
	p.t.Helper()
	p.expectAway(true)
	_, err := chromedp.Call(p.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Latency: 0, DownloadThroughput: -1, UploadThroughput: -1, Offline: away}},
	})
	ok(p.t, err)
	_, err = chromedp.Call(p.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: away, DownloadThroughput: -1, UploadThroughput: -1})
	ok(p.t, err)
}

// listenIn counts, inside the page, everything that could take a word out of it.
const listenIn = `(() => {
	window.left = [];
	for (const name of ["fetch", "EventSource", "WebSocket", "XMLHttpRequest"]) {
		const real = window[name];
		window[name] = new Proxy(real, {
			apply: (f, self, args) => { left.push(name + " " + args[0]); return Reflect.apply(f, self, args); },
			construct: (f, args) => { left.push(name + " " + args[0]); return Reflect.construct(f, args); },
		});
	}
	const beacon = navigator.sendBeacon.bind(navigator);
	navigator.sendBeacon = (...args) => { left.push("beacon " + args[0]); return beacon(...args); };
	return true;
})()`

// nothingKept asks what this browser would still know after the page is closed.
const nothingKept = `(async () => {
	const stores = [];
	for (const {name} of await indexedDB.databases()) {
		const got = r => new Promise((yes, no) => { r.onsuccess = () => yes(r.result); r.onerror = () => no(r.error); });
		const db = await got(indexedDB.open(name));
		for (const s of db.objectStoreNames) if ((await got(db.transaction(s).objectStore(s).getAll())).length) stores.push(name + "/" + s);
		db.close();
	}
	return JSON.stringify([stores, {...localStorage}, {...sessionStorage}]);
})()`

// A newcomer practices on a phone-sized browser whose internet is gone: the soft yes, taken for a clear one, then the same
// again with somebody else. Nothing leaves the page, and nothing stays in it but that they practiced.
func TestPractice_AWholeTalkOffline(t *testing.T) {
	d, c := startDemo(t), startChrome(t)
	p := c.person("the volunteer", d.join)
	p.writes("Your first name", "Dana")
	p.press("Join")
	p.sees("Hi Dana. Let's connect your phone.", "Practice first")
	p.press("Practice first")
	p.size(390, 844)
	p.sees("Practice with somebody made up", "Nobody is called", "Renée", "Andre", "Mrs. Petrakis", "Tomasz", "Lucía", "Walt", "Sol")
	if _, err := eval[bool](p, listenIn); err != nil {
		t.Fatal(err)
	}
	p.offline(true)

	p.press("Andre")
	p.sees("Ringing", "Practice: nobody is called", "Nothing is kept")
	p.sees("Hey, hello!")
	p.press("I've said it")
	p.sees("Oh yeah, hey! Sure, sure.")
	p.press("Open to talking")
	p.press("I've said it")
	p.sees("It’s rough. Totally with you")
	p.press("Why does that one matter so much to you?")
	p.sees("Yeah, no, for sure.")
	p.writes("I heard you say you really want", "the heat")
	p.press("Told a real story")
	p.press("Names who, wants change")
	p.press("Ready now")
	p.sees("Can I count on you to come to the tenants’ meeting?")
	p.press("I’ve asked. Start the quiet")
	p.sees("Your question is out. Now wait.")
	p.sees("…Yeah, sounds good. Text me.") // after a pause that can be heard
	p.press("Clear yes")
	p.press("Named a day or a time")
	p.sees("Next steps")
	// Ending takes two places here too, and nothing lies under the finger that came first.
	at := p.press("End practice")
	p.sees("End the practice?")
	p.pressAgain(at)
	p.seesNo("End the practice?")
	p.sees("On call")
	p.press("End practice")
	p.press("End now")
	p.sees("Looking back with Andre", "You marked Clear yes", "Andre meant Not sure", "was a soft yes. Did you hear the pause before it?",
		"One thing to try next", "what could get in the way", "Stayed hidden: he works nights", "Nobody else sees this")
	p.press("Again, with somebody else")
	p.sees("Practice with somebody made up")
	p.press("Sol")
	p.sees("Who is this?")
	p.press("I've said it")
	p.sees("Take me off your list.")
	p.press("They said…")
	p.press("Don't contact me")
	p.press("Take the number off")
	p.press("On to wrap-up")
	p.sees("Looking back with Sol", "You marked Take me off the list", "You did it the first time they said it.")

	left, err := eval[[]string](p, "left")
	ok(t, err)
	if len(left) > 0 {
		t.Errorf("practice reached out: %v", left)
	}
	kept, err := eval[string](p, nothingKept)
	ok(t, err)
	if kept != `[[],{"practiced":"yes"},{}]` {
		t.Errorf("practice left behind: %s", kept)
	}
	p.offline(false)
	p.press("I'm ready: to my shift")
	p.sees("Let's connect your phone.", "Practice")
	p.seesNo("Practice first") // whoever has practiced is not asked first
}

// The same in Spanish, where both the panel and the partner speak it.
func TestPractice_InSpanish(t *testing.T) {
	d, c := startDemo(t), startChrome(t)
	p := c.person("la voluntaria", d.join)
	p.press("Español")
	p.writes("Tu nombre", "Dana")
	p.press("Entrar")
	p.sees("Dana")
	p.open(d.base + "/practice?persona=story_behind_the_story")
	p.sees("Practica con alguien inventado", "Quedarte ahí cuando la primera respuesta es “todo bien”")
	p.press("Renée")
	p.sees("¿Sí, hola?", "Práctica: no se llama a nadie, no se guarda nada")
	p.press("Ya lo dije")
	p.sees("Bueno, pero tengo algo en la estufa.")
	p.press("Quiere hablar")
	p.press("Ya lo dije")
	p.sees("Ahí vamos. Hace frío.")
	p.sees("…Es por mi mamá, más que nada.") // left alone, she goes on by herself
	p.press("¿Y qué pasó después?")
	p.sees("En enero estuvo nueve días en el hospital.")
	p.press("Terminar práctica")
	p.press("Colgar ya")
	p.sees("Mirando atrás: la charla con Renée", "Te quedaste hasta que te habló de su madre.", "Oíste: su madre usa oxígeno")
}
