package phonebank

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Times in a reply, read so that a person can be asked "did they mean this?". What is not one time is no time.

const (
	weekdayEN = `monday|mon|tuesday|tues|tue|wednesday|wed|thursday|thurs|thur|thu|friday|fri|saturday|sat|sunday|sun`
	weekdayES = `lunes|martes|miercoles|jueves|viernes|sabado|domingo`
	months    = `january|jan|february|feb|march|mar|april|apr|may|june|jun|july|jul|august|aug|september|sept|sep|october|oct|november|nov|december|dec|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre`
)

var (
	// A wish to be called, or to be called at another time.
	wishes = regexp.MustCompile(`\b(call|calls|called|ring|phone|talk|reschedule|instead|better|how about|what about|works?|free|available|busy|later|another time|some other time|not now|bad time|` +
		`llam\w+|hablar|hablamos|hablemos|mejor|marcame|marca|que tal|libre|disponible|ocupad\w|mas tarde|luego|otro dia|otro momento|otra hora|ahora no|ahorita no|mal momento|prefiero|puedes a|podrias a|podemos a|can you (at|do)|could you (at|do)|can we (at|do))\b`)
	// A wish that is one without any time too.
	bareWish  = regexp.MustCompile(`\b(call me|ring me|phone me|call back|call later|talk later|reschedule|another time|some other time|different time|not now|bad time|busy|later|llamame|me llam\w+|marcame|hablamos luego|hablamos despues|mas tarde|luego|otro dia|otro momento|otra hora|ahora no|ahorita no|mal momento|ocupad\w)\b`)
	iCalled   = regexp.MustCompile(`\b(i|we|they|he|she) (already )?called\b|\bllame\b|\bcalled\b|\byou called\b`)
	vague     = regexp.MustCompile(`\b(later|mas tarde|luego|sometime|some time|some day|any time|anytime|whenever|next week|weekend|fin de semana|semana que viene|proxima semana|otra semana|otro dia|otro momento|otra hora|another day|another time|cualquier|cuando quieras|cuando puedas|soon|pronto|el proximo|que viene|next (` + weekdayEN + `))\b`)
	span      = regexp.MustCompile(`\b(after|before|between|until|till|from|by|despues de|antes de|entre|desde|hasta|a partir de|pasadas)\b`)
	unsure    = regexp.MustCompile(`\b(maybe|perhaps|might|probably|i think|i guess|not sure|quizas?|tal vez|a lo mejor|creo que|puede ser|no se|not certain)\b`)
	elsewhere = regexp.MustCompile(`\b(eastern|central|pacific|mountain|est|edt|cst|cdt|mst|mdt|pst|pdt|utc|gmt|my time zone|hora del este|hora del pacifico|hora del centro)\b|\d:\d\d( [ap]m)? (et|ct|mt|pt)\b|\b\d{1,2} (et|ct|mt|pt)\b`)
	saysNo    = regexp.MustCompile(`\b(cant|cannot|can not|couldnt|wont|dont|doesnt|didnt|not|never|no|ni|nunca|tampoco|unable|isnt|arent|except|excepto|menos)\b`)

	inHours   = regexp.MustCompile(`\b(?:in|en|dentro de) (an|a|one|una|un|\d{1,2}) (?:hour|hours|hr|hrs|hora|horas)\b`)
	inHalf    = regexp.MustCompile(`\b(?:in|en|dentro de) (?:half an hour|a half hour|media hora)\b`)
	inMinutes = regexp.MustCompile(`\b(?:in|en|dentro de) (\d{1,3}) (?:min|mins|minutes|minutos)\b`)

	justNo    = regexp.MustCompile(`^(no|not now|ahora no|ahorita no)$`)
	todayWord = regexp.MustCompile(`\b(hoy|today)\b`)
	afterNext = regexp.MustCompile(`\b(day after tomorrow|pasado manana)\b`)
	dayPart   = regexp.MustCompile(`\b(?:(?:this|in the|on the|at|esta|de la|por la|en la|a la|la|of the) )?(morning|afternoon|evening|night|tarde|noche)\b|\b((?:de|por|en|a) )?la (manana)\b`)
	tonight   = regexp.MustCompile(`\b(tonight|this (?:evening|afternoon|morning)|esta (?:tarde|noche)|hoy|today)\b`)
	tomorrow  = regexp.MustCompile(`\b(tomorrow|tomorow|tommorow|tommorrow|tmrw|tmr|2morrow|manana)\b`)
	weekday   = regexp.MustCompile(`\b(?:(?:on|this|el|este|for|para el) )?(` + weekdayEN + `|` + weekdayES + `)\b`)
	monthDay  = regexp.MustCompile(`\b(?:on )?(` + months + `) (?:the )?(\d{1,2})(?:st|nd|rd|th)?(?: 20\d\d)?\b`)
	dayMonth  = regexp.MustCompile(`\b(?:on |the |el )*(?:dia )?(\d{1,2})(?:st|nd|rd|th)?(?: of| de)? (` + months + `)\b`)
	slashed   = regexp.MustCompile(`\b(?:on |el )?(\d{1,2})/(\d{1,2})(?:/\d{2,4})?\b`)
	ordinal   = regexp.MustCompile(`\b(?:on )?(?:the )?(\d{1,2})(?:st|nd|rd|th)\b|\bel (?:dia )?(\d{1,2})\b`)
	clock     = regexp.MustCompile(`(?:\b(at|a las|a la|las|around|about|like|sobre las|for|say|tipo) )*\b(\d{1,2}):(\d\d)(?: ([ap]m))?(?: oclock)?\b|\b(?:at|a las|a la|las|around|about) (\d{1,2})(?: ([ap]m))?(?: oclock)?\b|\b(\d{1,2}) oclock\b`)
	bare      = regexp.MustCompile(`(?:^| )(\d{1,2})(?: |$)`)
	filler    = regexp.MustCompile(`\b(yes|yeah|yep|ok|okay|k|sure|please|pls|plz|thanks|thank you|thx|ty|hi|hello|hey|sorry|great|fine|good|cool|you|u|i|im|me|my|we|can|could|would|will|is|be|at|on|in|the|for|to|and|so|it|that|thats|if|a|an|then|do|ok|about|around|like|say|exactly|sharp|today|cell|phone|call|calls|ring|talk|works?|instead|better|how|what|free|available|` +
		`si|claro|por favor|porfa|porfavor|gracias|hola|perdon|bueno|bien|va|sale|dale|tu|te|yo|mi|nos|el|la|las|los|le|a|de|del|en|para|que|es|por|y|como|eso|esta|este|ahi|entonces|puedes?|podrias?|puede|podemos|estoy|seria|me|queda|sirve|conviene|gusta|parece|mejor|llam\w+|hablar|hablamos|hablemos|marcame|libre|disponible|prefiero|tal|hoy|punto)\b`)
)

// found are the times that a text names.
type found struct {
	days   []time.Time // at midnight there
	clocks []string    // "18:30", or "6" where the half of the day is not said
	spans  []time.Duration
	part   string // morning, evening, or both
	bad    string // why it is no one time: what to ask
	rest   string // what is left of the text
	noTime bool   // a clause that says no names a time
	named  bool   // any time is named
	wished bool
}

// readTime reads when they want to be called. asked: they want another time, whether or not one can be read.
func (r reply) readTime() (Reading, bool) {
	loc, err := Zone(FirstZone(r.zones))
	if err != nil {
		return Reading{}, false
	}
	f := r.find(r.now.In(loc))
	falls := cant.MatchString(r.whole) || failed.MatchString(r.whole)
	wish := f.wished
	pure := f.named && f.rest == "" && r.about.Asked != ReasonBefore
	if !wish && !pure {
		return Reading{}, false
	}
	ask := func(what string) (Reading, bool) { return r.ask(what, falls, falls), true }
	if !f.named {
		switch {
		case f.noTime:
			return ask(AskNotThen)
		case f.bad != "":
			return ask(f.bad)
		case bareWish.MatchString(r.whole) && !kept.MatchString(r.whole):
			return ask(AskWhen)
		}
		return Reading{}, false
	}
	if f.bad != "" {
		return ask(f.bad)
	}
	if n := len(f.clocks) + len(f.spans); n > 1 || len(f.days) > 1 {
		return ask(AskOne)
	} else if n == 0 {
		return ask(AskClock)
	}
	at, what := r.instant(f, loc)
	switch what {
	case "":
	case AskHours:
		return r.askHours(at, falls, falls), true
	default:
		return ask(what)
	}
	local := at.In(loc).Format(LocalForm)
	return Reading{Kind: SuggestTime, Local: local, Falls: falls, Holds: falls, Plain: f.rest == "", Reply: TimeReply(local, r.spanish)}, true
}

// find gathers the times of all clauses that do not say no.
func (r reply) find(now time.Time) (f found) {
	for _, clause := range r.clauses {
		clause = noProblem.ReplaceAllString(clause, " ")
		wish := wishes.MatchString(clause) && !iCalled.MatchString(clause)
		if saysNo.MatchString(clause) && !justNo.MatchString(clause) {
			part := found{}
			part.take(clause, now)
			named := len(part.days)+len(part.clocks)+len(part.spans) > 0
			f.noTime = f.noTime || named && wish
			f.wished = f.wished || wish
			f.rest += clause
			continue
		}
		f.wished = f.wished || wish
		f.take(clause, now)
	}
	f.rest = strings.TrimSpace(f.rest)
	f.named = len(f.days)+len(f.clocks)+len(f.spans) > 0 || f.part != ""
	return f
}

// take reads one clause and keeps what it does not understand.
func (f *found) take(clause string, now time.Time) {
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	text := " " + clause + " "
	cut := func(re *regexp.Regexp, got func(m []string)) {
		for _, m := range re.FindAllStringSubmatch(text, -1) {
			got(m)
		}
		text = re.ReplaceAllString(text, " ")
	}
	blame := func(re *regexp.Regexp, what string) {
		if re.MatchString(text) && f.bad == "" {
			f.bad = what
		}
	}
	blame(elsewhere, AskZone)
	blame(unsure, AskSure)
	cut(inHours, func(m []string) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			n = 1
		}
		f.spans = append(f.spans, time.Duration(n)*time.Hour)
	})
	cut(inHalf, func([]string) { f.spans = append(f.spans, 30*time.Minute) })
	cut(inMinutes, func(m []string) {
		n, _ := strconv.Atoi(m[1])
		f.spans = append(f.spans, time.Duration(n)*time.Minute)
	})
	dated := f.dates(&text, cut, midnight)
	blame(vague, AskWhen)
	text = vague.ReplaceAllString(text, " ")
	cut(afterNext, func([]string) { f.day(midnight.AddDate(0, 0, 2)) })
	cut(todayWord, func([]string) { f.day(midnight) })
	if tonight.MatchString(text) {
		f.day(midnight)
		text = strings.ReplaceAll(text, "tonight", "night")
	}
	cut(dayPart, func(m []string) { f.partOf(m[1] + m[3]) })
	cut(tomorrow, func([]string) { f.day(midnight.AddDate(0, 0, 1)) })
	cut(weekday, func(m []string) {
		day := dayNamed(midnight, m[1])
		if day.Equal(midnight) && !slices.ContainsFunc(f.days, midnight.Equal) {
			f.blame(AskWeek)
		}
		if dated && len(f.days) == 1 && f.days[0].Weekday() == day.Weekday() {
			return // "Friday Dec 4": the date says which
		}
		f.day(day)
	})
	before := text
	cut(clock, func(m []string) {
		switch {
		case m[2] != "":
			f.clock(m[2], m[3], m[4])
		case m[5] != "":
			f.clock(m[5], "00", m[6])
		default:
			f.clock(m[7], "00", "")
		}
	})
	if span.MatchString(before) && (before != text || bare.MatchString(text) || f.part != "" || strings.Contains(before, "despues") || strings.Contains(before, "after")) {
		f.blame(AskRange)
	}
	// A number alone is a clock only where nothing else is said: "Friday 6", "7 works better". "I have 2 boys" is none.
	for _, re := range []*regexp.Regexp{unsure, span, wishes, filler} {
		text = re.ReplaceAllString(text, " ")
	}
	left := strings.Join(strings.Fields(text), " ")
	numbers := strings.Fields(left)
	alone := len(numbers) > 0
	for _, n := range numbers {
		v, err := strconv.Atoi(n)
		alone = alone && (err == nil && v >= 1 && v <= 12 || n == "or" || n == "o")
	}
	if alone {
		for _, n := range numbers {
			if n == "or" || n == "o" {
				continue
			}
			if v, _ := strconv.Atoi(n); len(f.days) == 1 && len(f.clocks) == 0 && f.days[0].Day() == v {
				f.blame(AskClock) // "Friday 4": the day of the month, and no clock
				continue
			}
			f.clock(n, "00", "")
		}
		left = ""
	}
	f.rest += strings.Join(strings.Fields(orWord.ReplaceAllString(left, " ")), " ")
}

var orWord = regexp.MustCompile(`\b(or|o)\b`)

// dates reads days of the calendar, and tells whether there was one.
func (f *found) dates(text *string, cut func(*regexp.Regexp, func([]string)), midnight time.Time) bool {
	n := len(f.days)
	cut(monthDay, func(m []string) { f.date(midnight, monthOf(m[1]), m[2]) })
	cut(dayMonth, func(m []string) { f.date(midnight, monthOf(m[2]), m[1]) })
	cut(slashed, func(m []string) {
		a, _ := strconv.Atoi(m[1])
		b, _ := strconv.Atoi(m[2])
		switch {
		case a == b || a <= 12 && b > 12:
			f.date(midnight, time.Month(a), m[2])
		case b <= 12 && a > 12:
			f.date(midnight, time.Month(b), m[1])
		default:
			f.blame(AskClock) // 4/12: who knows which is the month
			f.named = true
			f.day(midnight)
		}
	})
	cut(ordinal, func(m []string) {
		day, _ := strconv.Atoi(m[1] + m[2])
		for i := range 2 {
			at := time.Date(midnight.Year(), midnight.Month()+time.Month(i), day, 0, 0, 0, 0, midnight.Location())
			if at.Day() == day && !at.Before(midnight) {
				f.day(at)
				return
			}
		}
		f.blame(AskPast)
		f.day(midnight)
	})
	return len(f.days) > n
}

// date is a day of a month, this year or early in the next.
func (f *found) date(midnight time.Time, month time.Month, day string) {
	n, _ := strconv.Atoi(day)
	for i := range 2 {
		at := time.Date(midnight.Year()+i, month, n, 0, 0, 0, 0, midnight.Location())
		if at.Day() == n && !at.Before(midnight) && at.Before(midnight.AddDate(0, 4, 0)) {
			f.day(at)
			return
		}
	}
	f.blame(AskPast)
	f.day(midnight)
}

func (f *found) day(at time.Time) {
	if !slices.ContainsFunc(f.days, at.Equal) {
		f.days = append(f.days, at)
	}
}

func (f *found) clock(hour, minute, half string) {
	c := strings.TrimLeft(hour, "0")
	if c == "" {
		c = "0"
	}
	c += ":" + minute + half
	if !slices.Contains(f.clocks, c) {
		f.clocks = append(f.clocks, c)
	}
}

func (f *found) blame(what string) {
	if f.bad == "" {
		f.bad = what
	}
}

func (f *found) partOf(word string) {
	part := "evening"
	if word == "morning" || word == "manana" {
		part = "morning"
	}
	if f.part != "" && f.part != part {
		f.blame(AskOne)
	}
	f.part = part
}

// dayNamed is the next such day, today where it is today.
func dayNamed(midnight time.Time, name string) time.Time {
	for i := range 7 {
		day := midnight.AddDate(0, 0, i)
		if strings.HasPrefix(strings.ToLower(day.Weekday().String()), name[:3]) && isEnglishDay[name] || spanishWeekdays[day.Weekday()] == name {
			return day
		}
	}
	return midnight
}

var (
	isEnglishDay    = words(strings.Split(weekdayEN, "|")...)
	spanishWeekdays = [...]string{"domingo", "lunes", "martes", "miercoles", "jueves", "viernes", "sabado"}
	spanishMonths   = [...]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"}
)

func monthOf(name string) time.Month {
	if i := slices.Index(spanishMonths[:], name); i >= 0 {
		return time.Month(i + 1)
	}
	for m := time.January; m <= time.December; m++ {
		if strings.HasPrefix(strings.ToLower(m.String()), name[:3]) {
			return m
		}
	}
	return 0
}
