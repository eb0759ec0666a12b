package panel

import (
	"context"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/store"
	"phonebank/words"
)

// reportCSV hands out one table of the report. Who asked for it is on record.
func (p *Panel) reportCSV(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, n, err := p.reportPage(r)
	if err != nil {
		return err
	}
	slug := mux.Vars(r)["table"]
	var rows [][]string
	if slug == "people" {
		rows, err = p.peopleRows(r.Context(), page)
	} else if err = p.fillReport(r.Context(), page, n); err == nil {
		rows = page.csvRows(lang(r), slug)
	}
	if err != nil {
		return err
	}
	if rows == nil {
		return phonebank.Fail(phonebank.NotFound, "The report has no such table.")
	}
	if err := p.Store.Note(r.Context(), p.Now(), "report", slug, "export", store.By{User: me.ID, Note: page.Since + " to " + page.Until}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+slug+"-"+page.Since+"-"+page.Until+`.csv"`)
	out := csv.NewWriter(w)
	for _, row := range rows {
		for i := range row {
			row[i] = inert(row[i])
		}
		_ = out.Write(row) // whoever asked may have gone
	}
	out.Flush()
	return nil
}

// csvRows is one table with its head, nil where the report has none of that name.
func (m *methodPage) csvRows(l words.Language, slug string) (rows [][]string) {
	add := func(t reportTable, first ...string) {
		for _, r := range t.Rows {
			rows = append(rows, append(append([]string{}, first...), r.Cells...))
		}
	}
	for _, t := range m.Tables {
		if t.Slug == slug {
			rows = [][]string{t.Head}
			add(t)
			return rows
		}
	}
	switch slug {
	case "figures":
		rows = [][]string{{l.Say("What"), l.Say("How many"), l.Say("Of")}}
		for _, list := range [][]numberShown{m.Talks, m.Answers, m.Stay} {
			for _, f := range list {
				of := ""
				if f.OfAll {
					of = strconv.Itoa(f.Of)
				}
				rows = append(rows, []string{f.Text, strconv.Itoa(f.N), of})
			}
		}
		return rows
	case "steps":
		rows = [][]string{{l.Say("Script"), l.Say("Step"), l.Say("Talks that came here"), l.Say("Stayed for more"), l.Say("Came back here"), l.Say("Ended here"), l.Say("Yellow lights")}}
		for _, t := range m.Versions {
			add(t, t.Title)
		}
		return rows
	}
	for _, q := range append([]quotes{m.Learned}, m.Spoken...) {
		if q.Slug != slug {
			continue
		}
		rows = [][]string{{l.Say("Day"), l.Say("Subject"), l.Say("Words")}}
		if q.Hidden {
			return append(rows, []string{"", q.Title, q.People})
		}
		for _, line := range q.Lines {
			rows = append(rows, []string{line.At[:len(time.DateOnly)], line.Tag, line.Words})
		}
		return rows
	}
	return nil
}

// peopleRows is everybody, or a campaign's list, with the rung on which they stand.
func (p *Panel) peopleRows(ctx context.Context, page *methodPage) ([][]string, error) {
	l := spoken(ctx)
	names, err := p.ladderFor(ctx, page)
	if err != nil {
		return nil, err
	}
	rows := [][]string{{"id", l.Say("Name"), l.Say("How to say it"), l.Say("Number"), l.Say("Place"), l.Say("Languages"), l.Say("Rung"), l.Say("Name of the rung"), l.Say("Where they stand"), l.Say("may lead others"), l.Say("Asked us to stop")}}
	after := phonebank.PersonID("")
	for {
		list, err := p.Store.ListedPeople(ctx, page.Campaign, after, 500)
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			stopped, stands := "", ""
			if f.OptedOutAt != nil {
				stopped = f.OptedOutAt.UTC().Format(time.DateOnly)
			}
			if f.Support != "" {
				stands = l.Say(supportWords(f.Support))
			}
			rows = append(rows, []string{string(f.ID), f.Name, f.SayName, string(f.Number), f.Place, f.Languages, strconv.Itoa(f.Rung), names.Name(f.Rung), stands, f.Leader, stopped})
			after = f.ID
		}
		if len(list) < 500 {
			return rows, nil
		}
	}
}

// inert keeps a spreadsheet from taking somebody's words for a formula. A phone number stays one.
func inert(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r", rune(cell[0])) || phonebank.Number(cell).Valid() {
		return cell
	}
	return "'" + cell
}
