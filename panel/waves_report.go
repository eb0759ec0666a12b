package panel

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"unicode"
	"unicode/utf8"

	"phonebank"
	"phonebank/store"
	"phonebank/words"
)

// waveReportPage is what came of a wave, as sentences and small tables. It ranks nobody.
type waveReportPage struct {
	wavePage
	Report store.WaveReport
	Lines  []string // the figures as sentences
	Tables []reportTable
}

func (p *Panel) waveReport(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.waveReportPage(r)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "wave-report", page)
	return nil
}

func (p *Panel) waveReportPage(r *http.Request) (*waveReportPage, error) {
	head, err := p.waveHead(r, waveID(r))
	if err != nil {
		return nil, err
	}
	l := lang(r)
	page := &waveReportPage{wavePage: *head}
	page.Title = l.Say("What came of %s", head.Wave.Name)
	if head.Wave.LaunchedAt == nil {
		return page, nil
	}
	if page.Report, err = p.Store.WaveReport(r.Context(), head.Wave.ID); err != nil {
		return nil, err
	}
	page.Lines = figuresOf(l, head.Wave, page.Report)
	page.Tables = tablesOf(l, page.Report)
	return page, nil
}

// figuresOf says the figures of a wave as sentences.
func figuresOf(l words.Language, w phonebank.Wave, r store.WaveReport) []string {
	lines := []string{
		l.Say("Of %s who fit, the wave took %s.", manyPeople(l, r.Found), few(l, r.Size)),
		l.Say("%s could be reached.", manyPeople(l, r.Reached)),
	}
	if !w.Calls() {
		lines = append(lines, l.Say("Volunteers sent %s.", l.Count(r.Sent, "text", "texts")))
	}
	lines = append(lines, l.Say("Talks: %s, of which %s agreed on the next one.", few(l, r.Talks), few(l, r.NextTalks)),
		l.Say("New promises that came out of them: %s.", few(l, r.Made)))
	if w.Calls() && r.NotReached > 0 {
		lines = append(lines, l.Say("%s did not answer, after %d tries each.", manyPeople(l, r.NotReached), phonebank.WaveTries))
	}
	if r.LetGo > 0 {
		lines = append(lines, l.Say("%s left it before their turn: they said stop, or something was agreed with them meanwhile.", manyPeople(l, r.LetGo)))
	}
	if r.Open > 0 && w.State == phonebank.WaveDone {
		lines = append(lines, l.Say("It ended before %s had their turn.", manyPeople(l, r.Open)))
	}
	for i := range lines {
		lines[i] = capital(lines[i])
	}
	return lines
}

// capital begins a sentence that may start with a count in words.
func capital(sentence string) string {
	first, size := utf8.DecodeRuneInString(sentence)
	return string(unicode.ToUpper(first)) + sentence[size:]
}

// few is a count of people; one of a small group could be recognised, so it is not told exactly.
func few(l words.Language, n int) string {
	if n > 0 && n < fewPeople {
		return l.Say("fewer than %d", fewPeople)
	}
	return strconv.Itoa(n)
}

// manyPeople is few in words.
func manyPeople(l words.Language, n int) string {
	if n > 0 && n < fewPeople {
		return l.Say("fewer than %d people", fewPeople)
	}
	return l.Count(n, "person", "people")
}

// tablesOf lists what became of the promises, how contacts ended, and who was left out.
func tablesOf(l words.Language, r store.WaveReport) []reportTable {
	promises := reportTable{Slug: "promises", Title: l.Say("Promises, and what came of them"), Head: []string{l.Say("How it went"), l.Say("Promises")}}
	for _, one := range []struct {
		state phonebank.CommitmentState
		n     int
	}{
		{phonebank.CommitmentKept, r.Kept}, {phonebank.CommitmentPartly, r.Partly}, {phonebank.CommitmentMissed, r.Missed}, {phonebank.CommitmentMoved, r.Moved},
		{phonebank.CommitmentLetGo, r.LetGoOf},
	} {
		promises.Rows = append(promises.Rows, reportRow{Cells: []string{l.Say(keptWords(one.state)), few(l, one.n)}})
	}
	promises.Rows = append(promises.Rows, reportRow{Cells: []string{l.Say("Still to come"), few(l, r.Ahead)}})
	ended := reportTable{Slug: "ended", Title: l.Say("How contacts ended"), Head: []string{l.Say("How it ended"), l.Say("People")}, Note: l.Say("Each of these is a good end of an honest talk.")}
	for _, o := range phonebank.Outcomes {
		if n := r.Outcomes[o]; n > 0 {
			ended.Rows = append(ended.Rows, reportRow{Cells: []string{l.Say(outcomeWords(o)), few(l, n)}})
		}
	}
	out := reportTable{Slug: "left-out", Title: l.Say("Who was left out, and why"), Head: []string{l.Say("Why"), l.Say("People")}}
	for _, why := range phonebank.WaveExclusions {
		if n := r.LeftOut[why]; n > 0 {
			out.Rows = append(out.Rows, reportRow{Cells: []string{l.Say(exclusionWords(why)), few(l, n)}})
		}
	}
	return []reportTable{promises, ended, out}
}

// waveReportCSV hands the report out. Who asked for it is on record.
func (p *Panel) waveReportCSV(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.waveReportPage(r)
	if err != nil {
		return err
	}
	if err := p.Store.Note(r.Context(), p.Now(), "wave", string(page.Wave.ID), "export", store.By{User: me.ID}); err != nil {
		return err
	}
	l := lang(r)
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="wave-`+string(page.Wave.ID)+`.csv"`)
	out := csv.NewWriter(w)
	write := func(row ...string) {
		for i := range row {
			row[i] = inert(row[i])
		}
		_ = out.Write(row) // whoever asked may have gone
	}
	write(l.Say("Table"), l.Say("What"), l.Say("How many"))
	for _, line := range page.Lines {
		write(page.Wave.Name, line, "")
	}
	for _, t := range page.Tables {
		for _, row := range t.Rows {
			write(append([]string{t.Title}, row.Cells...)...)
		}
	}
	out.Flush()
	return nil
}
