package phonebank

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Times in a reply, read so that a person can be asked "did they mean this?". What is not one time is no time.

var (
	dotted    = regexp.MustCompile(`\b([ap])\. ?m\b\.?`)
	halfHour  = regexp.MustCompile(`(\d)[.h](\d\d)\b`)
	hourSign  = regexp.MustCompile(`\b(\d{1,2}) ?(h|hrs|horas)\b`)
	glued     = regexp.MustCompile(`\b(\d{1,2})(\d\d)? ?([ap])m?\b`)
	compact   = regexp.MustCompile(`\b(at|las) (\d{1,2})([0-5]\d)\b`)
	ish       = regexp.MustCompile(`(\d) ?ish\b`)
	spelledAt = regexp.MustCompile(`\b(at|around|about|after|before|by|until|las|la|or|o|past|quarter to) (one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)\b`)
	spelledPM = regexp.MustCompile(`\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) (am|pm|oclock|thirty)\b`)
	digitHalf = regexp.MustCompile(`\b(\d{1,2}) (thirty|y media)\b`)
	digitQuar = regexp.MustCompile(`\b(\d{1,2}) y cuarto\b`)
	halfPast  = regexp.MustCompile(`\bhalf past (\d{1,2})\b`)
	butWord   = regexp.MustCompile(`\b(but|pero)\b`)
	halfOfDay = regexp.MustCompile(`(\d:\d\d) ?([ap])m?\b`)
	noonWord  = regexp.MustCompile(`\b(noon|midday|(el |al )?mediodia|medio dia)\b`)
	quartPast = regexp.MustCompile(`\bquarter past (\d{1,2})\b`)
	greetings = regexp.MustCompile(`\b(good (morning|afternoon|evening|night)|buen(os|as) (dias|tardes|noches)|buen dia)\b`)
	numbers   = map[string]string{"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
		"una": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9", "diez": "10", "once": "11", "doce": "12"}
)

// clausesOf folds a text like Fold, but keeps what a time is written with, and cuts it at its stops: "can't, call me Friday
// at 6:30" is two clauses, and the no in the first says nothing of the second.
func clausesOf(body string) []string {
	var b strings.Builder
	for _, r := range strings.ToLower(body) {
		if plain, ok := plainLetter[r]; ok {
			r = plain
		}
		switch {
		case r == '\'' || r == '’' || r == '‘' || r == '`' || r >= 0x300 && r <= 0x36f || r == 0x200b || r == 0x200d || r == 0xfeff:
		case r == '@':
			b.WriteString(" at ")
		default:
			b.WriteRune(r)
		}
	}
	text := strings.ReplaceAll(b.String(), "o clock", "oclock")
	text = dotted.ReplaceAllString(text, "${1}m ")
	text = halfHour.ReplaceAllString(text, "$1:$2")
	text = butWord.ReplaceAllString(text, ",")
	var clauses []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".,;!?¡¿\n\r()|\"", r) }) {
		part = strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == ':' || r == '/' {
				return r
			}
			return ' '
		}, part)
		part = strings.Join(strings.Fields(part), " ")
		if part = greetings.ReplaceAllString(clocksIn(part), " "); strings.TrimSpace(part) != "" {
			clauses = append(clauses, strings.Join(strings.Fields(part), " "))
		}
	}
	return clauses
}

// clocksIn writes the ways in which people write a clock in one: "6:30 pm".
func clocksIn(text string) string {
	word := func(s string) string {
		f := strings.Fields(s)
		for i := range f {
			if n, ok := numbers[f[i]]; ok {
				f[i] = n
			}
		}
		return strings.Join(f, " ")
	}
	text = spelledAt.ReplaceAllStringFunc(text, word)
	text = spelledPM.ReplaceAllStringFunc(text, word)
	text = hourSign.ReplaceAllStringFunc(text, func(s string) string {
		m := hourSign.FindStringSubmatch(s)
		if n, _ := strconv.Atoi(m[1]); n < 13 || n > 23 {
			return s // "3 h" may be how long
		}
		return m[1] + ":00"
	})
	text = glued.ReplaceAllStringFunc(text, func(s string) string {
		m := glued.FindStringSubmatch(s)
		if m[2] == "" {
			m[2] = "00"
		}
		return m[1] + ":" + m[2] + " " + m[3] + "m"
	})
	text = halfOfDay.ReplaceAllString(text, "$1 ${2}m")
	text = compact.ReplaceAllString(text, "$1 $2:$3")
	text = ish.ReplaceAllString(text, "$1")
	text = digitHalf.ReplaceAllString(text, "$1:30")
	text = digitQuar.ReplaceAllString(text, "$1:15")
	text = halfPast.ReplaceAllString(text, "at $1:30")
	text = quartPast.ReplaceAllString(text, "at $1:15")
	return noonWord.ReplaceAllString(text, "12:00 pm")
}

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
	if what != "" {
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

// instant is the one moment that the times of a text mean, or what to ask. The half of the day is never guessed: it is the
// one that they say, or the only one at which we call.
func (r reply) instant(f found, loc *time.Location) (at time.Time, ask string) {
	if len(f.spans) == 1 {
		if len(f.days) > 0 || f.part != "" {
			return at, AskOne
		}
		at = r.now.Add(f.spans[0]).In(loc).Truncate(time.Minute)
		return r.check(at)
	}
	local := r.now.In(loc)
	today := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, loc)
	day, named := today, len(f.days) == 1
	if named {
		day = f.days[0]
	} else if planned := r.about.CallAt.In(loc); !r.about.CallAt.IsZero() && planned.After(local) && planned.Format(time.DateOnly) != local.Format(time.DateOnly) {
		if !insteadOf.MatchString(r.whole) {
			return at, AskPlanned
		}
		day = time.Date(planned.Year(), planned.Month(), planned.Day(), 0, 0, 0, 0, loc)
	}
	var open []time.Time
	for _, hour := range hoursOf(f.clocks[0], f.part) {
		t := time.Date(day.Year(), day.Month(), day.Day(), hour[0], hour[1], 0, 0, loc)
		if t.Hour() == hour[0] && t.Minute() == hour[1] && MayContact(r.zones, t, 0) {
			open = append(open, t)
		}
	}
	switch len(open) {
	case 0:
		return at, AskHours
	case 1:
		return r.check(open[0])
	}
	return at, AskOne
}

var insteadOf = regexp.MustCompile(`\b(instead|rather|better|en vez|en lugar|mejor)\b`)

func (r reply) check(at time.Time) (time.Time, string) {
	switch {
	case !at.After(r.now):
		return at, AskPast
	case !MayContact(r.zones, at, 0):
		return at, AskHours
	}
	return at, ""
}

// hoursOf lists what a clock may mean: "6:30pm" one time, "6:30" two.
func hoursOf(clock, part string) (list [][2]int) {
	var hour, minute int
	half := ""
	if _, err := fmt.Sscanf(clock, "%d:%d%s", &hour, &minute, &half); err != nil && half != "" {
		return nil
	}
	if hour > 23 || minute > 59 {
		return nil
	}
	if half == "" && part == "morning" {
		half = "am"
	} else if half == "" && part == "evening" && hour != 12 {
		half = "pm"
	} else if part == "morning" && half == "pm" && hour != 12 || part == "evening" && half == "am" {
		return nil // "6 pm in the morning"
	}
	switch {
	case hour > 12 || hour == 0:
		if half == "am" || half == "pm" && hour == 0 {
			return nil
		}
		return [][2]int{{hour, minute}}
	case half == "am":
		return [][2]int{{hour % 12, minute}}
	case half == "pm":
		return [][2]int{{hour%12 + 12, minute}}
	}
	return [][2]int{{hour % 12, minute}, {hour%12 + 12, minute}}
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
