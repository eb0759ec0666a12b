package phonebank

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// ReplyAbout is what an inbound text may be about: what is open between this person and us. Its zero value is nothing, and
// then nothing is read.
type ReplyAbout struct {
	Asked    Reason    // why our last text to them went out, where it was a reminder or a check-in
	Promised bool      // something that they promised is open
	Due      bool      // and its day has come
	Several  bool      // more than one promise is open, and none of them was asked about
	CallAt   time.Time // the next call that is planned with them; zero: none
	Spanish  bool      // the language to write back in where the text does not tell
}

// Reading is what a text seems to say. It is a proposal to a person and never acts by itself: what can be read in two ways
// asks. Its zero value says nothing.
type Reading struct {
	Kind    SuggestionKind
	Event   CommitmentEvent // of kind settle
	Local   string          // of kind time: the wall clock where they are
	Falls   bool            // what was planned will not be
	Holds   bool            // what would still go by itself waits for a person: they said that it is not (yet) so
	Plain   bool            // the whole text says just this
	Spanish bool            // the language of the text
	Ask     string          // of kind ask: what to ask, in English, with the hours in it where it is about those
	Reply   string          // what a person may write back, in their language
}

// What a person should ask, in English: the keys of the catalog. Hours are put in.
const (
	AskWhen    = "They want to talk at another time. Ask which day and what time."
	AskClock   = "They name a day but no time. Ask what time."
	AskOne     = "They name more than one time. Ask which one."
	AskHours   = "They name a time outside of calling hours. Ask for one between %s and %s, their time."
	AskSunday  = "They name a Sunday, and the hours there are shorter then. Ask for a time between %s and %s, their time."
	AskClosed  = "Nobody is called there on the day that they name. Ask which other day suits them."
	AskPast    = "The time they name is over where they are. Ask which day they mean."
	AskWeek    = "It could mean today or next week. Ask which."
	AskPlanned = "It could mean today or the day of the call that is planned. Ask which."
	AskRange   = "They name a stretch of time, not a time. Ask what time suits them."
	AskSure    = "They are not sure about the time. Ask what suits them best."
	AskZone    = "They name the time of another place. Ask what time that is for them."
	AskNotThen = "It could be a time that suits them or one that doesn't. Ask which."
	AskMixed   = "Their answer says two things. Ask how it went."
	AskNotYet  = "Not yet, they say. Ask what would help, and by when."
	AskCant    = "They can't, they say. Ask what got in the way, and whether another day would work."
	AskNo      = "A no, in one word. Ask how it went, either way is fine."
	AskPromise = "They promised more than one thing. Ask which one they mean."
)

// Asks lists them.
var Asks = []string{AskWhen, AskClock, AskOne, AskHours, AskSunday, AskClosed, AskPast, AskWeek, AskPlanned, AskRange, AskSure, AskZone, AskNotThen, AskMixed, AskNotYet, AskCant, AskNo, AskPromise}

// ReadReply reads a reply to something of ours, in English and Spanish. A refusal is never read here: the one rule of
// opt-out has it. zones are the zones that the person may be in, as ZonesOf answers.
func ReadReply(body string, now time.Time, zones string, about ReplyAbout) Reading {
	if about == (ReplyAbout{}) || about == (ReplyAbout{Spanish: true}) {
		return Reading{}
	}
	if meaning, _ := Read(body, true); meaning != Ordinary {
		return Reading{}
	}
	if runes := []rune(body); len(runes) > MaxText {
		body = string(runes[:MaxText])
	}
	r := reply{about: about, now: now, zones: zones, clauses: clausesOf(body), question: strings.ContainsAny(body, "?¿")}
	r.whole = strings.Join(r.clauses, " ")
	r.spanish = about.Spanish && !soundsEnglish.MatchString(r.whole) || strings.ContainsAny(body, "¿¡ñÑ") || soundsSpanish.MatchString(r.whole)
	got := r.read()
	got.Spanish = got.Kind != "" && r.spanish
	return got
}

// reply is one text on its way to a reading.
type reply struct {
	about    ReplyAbout
	now      time.Time
	zones    string
	clauses  []string // folded, one for each stretch between stops
	whole    string
	question bool
	spanish  bool
}

var (
	soundsSpanish = regexp.MustCompile(`\b(si|hola|gracias|manana|llam\w+|puedes?|puedo|podria\w*|lunes|martes|miercoles|jueves|viernes|sabado|domingo|hoy|mejor|las|hice|fui|todavia|aun|ya|tarde|noche|listo|hecho|despues|pude)\b`)
	soundsEnglish = regexp.MustCompile(`\b(yes|yeah|can|cant|call|me|the|did|done|not|it|tomorrow|today|at|better)\b`)

	// What is said of a promise.
	kept = regexp.MustCompile(`\b(i did|we did|did it|did that|its done|all done|done|finished it|completed it|i went|we went|it went (well|great|fine|good)|i was there|we were there|i came|i signed|i called them|` +
		`lo hice|la hice|los hice|lo hicimos|ya fui|si fui|fui ayer|fuimos|si asisti|ya esta hecho|ya esta|ya firme|ya cumpli|cumpli|lo logre)\b`)
	keptWhole = words("yes", "yep", "yeah", "yup", "y", "yes i did", "i did", "i did it", "yes i did it", "did it", "yes did it", "done", "yes done", "its done", "it is done", "all done", "done it", "sure did", "i went", "yes i went",
		"si", "sip", "claro", "claro que si", "ya", "si ya", "lo hice", "si lo hice", "ya lo hice", "si ya lo hice", "hecho", "listo", "ya esta", "ya esta hecho", "ya fui", "si fui", "si ya fui", "fui", "yes we did", "we did it")
	yesFirst = regexp.MustCompile(`^(yes|yep|yeah|yup|si|sip|claro)\b`)
	notYet   = regexp.MustCompile(`\b(not yet|(?:havent|have not|hasnt)(?: \w+){0,2}|not done|not finished|still need to|still have to|working on it|ill do it|will do it|i will do|going to do it|` +
		`aun no|todavia no|no todavia|lo hare|voy a hacerlo|lo voy a hacer|me falta|en eso estoy)\b`)
	partly = regexp.MustCompile(`\b(partly|partially|part of it|half of it|halfway|some of it|most of it|almost|nearly|started it|i started|kind of|kinda|sort of|en parte|a medias|casi|la mitad|una parte|empece|mas o menos)\b`)
	failed = regexp.MustCompile(`\b(couldnt|could not|didnt make it|did not make it|didnt go|did not go|didnt do it|did not do it|i didnt|i did not|forgot|missed it|wasnt able|was not able|` +
		`no pude|no pudimos|no fui|no lo hice|no alcance|no asisti|no llegue|se me olvido|olvide|me olvide|no logre)\b`)
	cant = regexp.MustCompile(`\b(cant|cannot|can not|cant make it|wont make it|wont be able|wont be there|will not be|unable|not able|not going to make|have to cancel|need to cancel|got to cancel|something came up|` +
		`no puedo|no podre|no voy a poder|no voy a ir|no ire|no vamos a poder|no alcanzo|surgio algo|me salio algo|tengo que cancelar|se me complico)\b`)
	letGo = regexp.MustCompile(`\b(changed my mind|change my mind|decided not to|rather not do it|cambie de opinion|cambie de idea|decidi que no|ya no voy a|ya no lo voy a)\b`)
	noOne = words("no", "nope", "nah", "no sorry", "sorry no", "no lo siento", "no perdon", "n")
	// These say no and mean yes.
	noProblem = regexp.MustCompile(`\b(no problem|no worries|no prob|not a problem|no hay problema|no pasa nada|sin problema|why dont you|why not|por que no)\b`)
)

func (r reply) read() Reading {
	if at, asked := r.readTime(); asked || at.Kind != "" {
		return at
	}
	if !r.about.Promised {
		return Reading{}
	}
	said := r.readHow()
	if said.Kind == SuggestSettle && r.about.Several {
		return r.ask(AskPromise, said.Falls, said.Holds)
	}
	return said
}

// readHow reads how a promise went. Where two of these are said, a person asks.
func (r reply) readHow() Reading {
	text := noProblem.ReplaceAllString(r.whole, "")
	text = strings.Join(strings.Fields(text), " ")
	asked := r.about.Asked == ReasonAfter
	late := notYet.MatchString(text)
	fell := failed.MatchString(text)
	wont := cant.MatchString(text)
	gone := letGo.MatchString(text)
	part := (asked || r.about.Due) && partly.MatchString(text)
	// "I didn't do it" holds "do it", "not done" holds "done": what says no is taken out before a yes is looked for.
	rest := text
	for _, no := range []*regexp.Regexp{notYet, failed, cant, letGo, partly} {
		rest = no.ReplaceAllString(rest, " ")
	}
	did := kept.MatchString(rest) || asked && yesFirst.MatchString(text) || asked && keptWhole[text]
	switch {
	case (did || part || gone) && r.question:
		return r.ask(AskMixed, false, true)
	case gone && did, (fell || wont || late) && did && !part:
		return r.ask(AskMixed, false, true)
	case gone:
		return Reading{Kind: SuggestSettle, Event: SettleLetGo, Falls: true, Holds: true}
	case late:
		return r.ask(AskNotYet, false, true)
	case part && (fell || wont):
		return r.ask(AskMixed, false, true)
	case part:
		return Reading{Kind: SuggestSettle, Event: SettlePartly}
	case (fell || wont) && r.question:
		return r.ask(AskCant, true, true)
	case (fell || wont) && asked, fell && r.about.Due:
		return Reading{Kind: SuggestSettle, Event: SettleMissed, Falls: true, Holds: true}
	case fell || wont:
		return r.ask(AskCant, true, true)
	case noOne[text] && r.about.Asked != "":
		return r.ask(AskNo, false, true)
	case did && (r.about.Due || asked):
		return Reading{Kind: SuggestSettle, Event: SettleKept, Plain: keptWhole[text]}
	case did && keptEarly.MatchString(rest):
		return Reading{Kind: SuggestSettle, Event: SettleKept}
	}
	return Reading{}
}

// keptEarly says without doubt that it is done, also before its day.
var keptEarly = regexp.MustCompile(`\b(its done|all done|i signed|did it already|already did it|ya lo hice|ya firme|ya cumpli|ya esta hecho)\b`)

func (r reply) ask(what string, falls, holds bool) Reading {
	words := askBack[what]
	back := words.en
	if r.spanish {
		back = words.es
	}
	return Reading{Kind: SuggestAsk, Ask: what, Reply: back, Falls: falls, Holds: holds}
}

// askHours asks for a time within the hours that bind this person on the day of a moment.
func (r reply) askHours(at time.Time, falls, holds bool) Reading {
	day := DayOf(r.zones, at)
	if day.Closed() {
		return r.ask(AskClosed, falls, holds)
	}
	got := r.ask(AskHours, falls, holds)
	if day.Sunday != "" {
		got = r.ask(AskSunday, falls, holds)
	}
	got.Ask = fmt.Sprintf(got.Ask, hourFact(day.From), hourFact(day.Until))
	if r.spanish {
		got.Reply = fmt.Sprintf(got.Reply, spokenHour(day.From), spokenHour(day.Until))
	} else {
		got.Reply = fmt.Sprintf(got.Reply, hourFact(day.From), hourFact(day.Until))
	}
	return got
}

// spokenHour is a time of day as a text in Spanish says it: las 9 de la mañana.
func spokenHour(at time.Time) string {
	clock, part := at.Format("3:04"), "de la noche"
	switch h := at.Hour(); {
	case h == 12:
		part = "del día"
	case h < 12:
		part = "de la mañana"
	case h < 19:
		part = "de la tarde"
	}
	article := "las"
	if at.Hour()%12 == 1 {
		article = "la"
	}
	return article + " " + strings.TrimSuffix(clock, ":00") + " " + part
}

// askBack is what a person may write back, straight quotes and no curly ones. They read it over and press Send.
var askBack = map[string]struct{ en, es string }{
	AskWhen:    {"Sure. Which day and what time suit you?", "Claro. ¿Qué día y a qué hora te queda bien?"},
	AskClock:   {"Good. What time suits you that day?", "Bien. ¿A qué hora te queda bien ese día?"},
	AskOne:     {"Happy to. Which of those times is best for you?", "Con gusto. ¿Cuál de esas horas te queda mejor?"},
	AskHours:   {"I can call between %s and %s your time. What time suits you?", "Puedo llamarte entre %s y %s, tu hora. ¿A qué hora te queda bien?"},
	AskSunday:  {"On a Sunday I can call between %s and %s your time. What time suits you?", "Los domingos puedo llamarte entre %s y %s, tu hora. ¿A qué hora te queda bien?"},
	AskClosed:  {"I can't call on that day. Which other day and time suit you?", "Ese día no puedo llamarte. ¿Qué otro día y a qué hora te queda bien?"},
	AskPast:    {"Just to be sure: which day do you mean?", "Para estar seguros: ¿qué día dices?"},
	AskWeek:    {"Just to be sure: today, or next week?", "Para estar seguros: ¿hoy o la próxima semana?"},
	AskPlanned: {"Just to be sure: today, or on the day we planned?", "Para estar seguros: ¿hoy o el día que quedamos?"},
	AskRange:   {"Good to know. What time should I call, so that I don't miss you?", "Bueno saberlo. ¿A qué hora te llamo, para encontrarte?"},
	AskSure:    {"No rush. What day and time suit you best?", "Sin prisa. ¿Qué día y hora te quedan mejor?"},
	AskZone:    {"Just to be sure: what time is that where you are?", "Para estar seguros: ¿qué hora es esa donde estás?"},
	AskNotThen: {"Just to be sure: is that a good time to call, or a bad one?", "Para estar seguros: ¿a esa hora puedo llamarte, o mejor no?"},
	AskMixed:   {"Thanks for telling me. So how did it go in the end?", "Gracias por contarme. ¿Y al final cómo te fue?"},
	AskNotYet:  {"No problem. What would help? And by when do you think it will happen?", "No hay problema. ¿Qué te ayudaría? ¿Y para cuándo crees que será?"},
	AskCant:    {"Thanks for telling me. What got in the way? Would another day work?", "Gracias por avisarme. ¿Qué pasó? ¿Te serviría otro día?"},
	AskNo:      {"Thanks for being straight with me, either way is fine. What happened?", "Gracias por tu franqueza, está bien de cualquier forma. ¿Qué pasó?"},
	AskPromise: {"Great to hear from you. Which of the things we talked about do you mean?", "Qué gusto saber de ti. ¿A cuál de las cosas que hablamos te refieres?"},
}

// TimeReply is what a person may write back once they have confirmed a time: "Fri Dec 4, 6 pm it is. I'll call you then!"
func TimeReply(local string, spanish bool) string {
	if spanish {
		return SpokenWhen(local, "es") + ": quedamos así. ¡Te llamo entonces!"
	}
	return SpokenWhen(local, "en") + " it is. I'll call you then!"
}
