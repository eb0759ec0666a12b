package panel

import (
	"net/http"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/store"
)

// retaliationPage is the plan that a coordinator goes through with somebody who was threatened.
type retaliationPage struct {
	Page
	Report store.Reported
	Zone   string
	Plan   []pointOfPlan
	Left   int // points that are not settled
	Note   string
}

type pointOfPlan struct {
	phonebank.Point
	phonebank.Planned
}

func (p *Panel) retaliation(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.retaliationPage(r)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "retaliation", page)
	return nil
}

func (p *Panel) retaliationPage(r *http.Request) (*retaliationPage, error) {
	id := mux.Vars(r)["id"]
	if !phonebank.ValidID(id) {
		return nil, notThere()
	}
	report, err := p.Store.Retaliation(r.Context(), phonebank.RetaliationID(id))
	if err != nil {
		return nil, err
	}
	person, err := p.Store.Person(r.Context(), report.PersonID)
	if err != nil {
		return nil, err
	}
	page := &retaliationPage{Page: Page{Title: lang(r).Say("Retaliation: %s", report.Person), Nav: "room"}, Report: report, Note: report.Note}
	if page.Zone, _, err = p.zonesOf(r.Context(), person); err != nil {
		return nil, err
	}
	for _, point := range phonebank.RetaliationPlan {
		now := pointOfPlan{point, report.Checklist[point.Key]}
		if !now.Done {
			page.Left++
		}
		page.Plan = append(page.Plan, now)
	}
	return page, nil
}

// retaliationPress runs one press on a report and comes back to it.
func (p *Panel) retaliationPress(w http.ResponseWriter, r *http.Request, me phonebank.User, at string, do func(tx *store.Tx, report phonebank.Retaliation) error) error {
	id := mux.Vars(r)["id"]
	if !phonebank.ValidID(id) {
		return notThere()
	}
	var report phonebank.Retaliation
	err := p.Store.InTx(r.Context(), func(tx *store.Tx) error {
		var err error
		if report, err = tx.LockRetaliation(r.Context(), phonebank.RetaliationID(id)); err != nil {
			return err
		}
		return do(tx, report)
	})
	if err == nil {
		p.Live.Publish("room", "person:"+string(report.PersonID))
		return to(w, r, "/retaliations/"+id+at)
	}
	page, pageErr := p.retaliationPage(r)
	if pageErr != nil {
		return pageErr
	}
	if note := clean(r, "note", 4000); note != "" {
		page.Note = note
	}
	p.again(w, r, me, err, "retaliation", page)
	return nil
}

// retaliationTick saves one point of the plan, with the press that settles it or opens it again.
func (p *Panel) retaliationTick(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	key := clean(r, "point", 40)
	return p.retaliationPress(w, r, me, "#"+key, func(tx *store.Tx, report phonebank.Retaliation) error {
		if !phonebank.RetaliationPoint(key) {
			return phonebank.Fail(phonebank.Invalid, "The plan has no such point.")
		}
		if report.State != phonebank.RetaliationOpen {
			return phonebank.Fail(phonebank.Conflict, "This report is closed. Open it again to change the plan.")
		}
		point := phonebank.Planned{Done: clean(r, "done", 3) == "yes", Words: clean(r, "words", 1000)}
		return tx.SetRetaliationPlan(r.Context(), report.ID, key, point, store.By{User: me.ID}, p.Now())
	})
}

// retaliationClose closes a report, with a sentence on how it stands, and takes it off the list of what is due.
func (p *Panel) retaliationClose(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.retaliationPress(w, r, me, "", func(tx *store.Tx, report phonebank.Retaliation) error {
		by := store.By{User: me.ID}
		if report.Note = clean(r, "note", 2000); report.Note == "" {
			return phonebank.Fail(phonebank.Invalid, "Write one sentence on how it stands, for whoever reads this later.")
		}
		change, err := report.Apply(phonebank.RetaliationClose, p.Now())
		if err != nil || !change.Moved() {
			return err
		}
		if err := tx.SaveRetaliation(r.Context(), report, change, by); err != nil {
			return err
		}
		f, err := tx.LockFollowUp(r.Context(), report.FollowUpID)
		if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
			return nil
		}
		if err != nil {
			return err
		}
		done, err := f.Apply(phonebank.FollowUpFinish, p.Now())
		if err != nil {
			return err
		}
		f.Why = "A coordinator went through the plan with them."
		return tx.SaveFollowUp(r.Context(), f, done, by)
	})
}

func (p *Panel) retaliationReopen(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.retaliationPress(w, r, me, "", func(tx *store.Tx, report phonebank.Retaliation) error {
		change, err := report.Apply(phonebank.RetaliationReopen, p.Now())
		if err != nil {
			return err
		}
		return tx.SaveRetaliation(r.Context(), report, change, store.By{User: me.ID})
	})
}
