package panel

import (
	"net/http"

	"phonebank"
	"phonebank/store"
)

// claimOverPage gives back what somebody was writing to a person whom they had said they would answer, once that is over.
// It opens nothing: it names whom it was to, who answers now, and the words.
type claimOverPage struct {
	Page
	Phone phonebank.PhoneID
	Who   string
	Typed []typedField
	Take  bool // it waits in the pool, and may be taken again
}

// typedField is one field of a form as it was sent.
type typedField struct {
	Name, Value string
	Shown       bool // it is words, and not a choice or a time
}

// typedFields are the fields of the forms about a person that hold what somebody typed, words first.
var typedFields = []struct {
	name  string
	most  int
	shown bool
}{{"body", 4000, true}, {"promise", 4000, true}, {"words", 400, true}, {"name", 120, true}, {"local", 20, false}, {"channel", 10, false}}

// typedIn reads what was typed into a form about a person.
func typedIn(r *http.Request) (list []typedField) {
	for _, f := range typedFields {
		if value := clean(r, f.name, f.most); value != "" {
			list = append(list, typedField{f.name, value, f.shown})
		}
	}
	return list
}

// claimOver answers a press on somebody who is not theirs any more, because what they had said they would answer is over:
// with their words, with who has it now, and with a way to take it again. To everybody else it says what was said before.
func (p *Panel) claimOver(w http.ResponseWriter, r *http.Request, me phonebank.User, phone phonebank.PhoneID, who string, gone error) error {
	ctx, at := r.Context(), p.Now()
	held, err := p.Store.ClaimedSince(ctx, phone, me.ID, at.Add(-phonebank.ClaimRemembered))
	if err != nil {
		return err
	}
	if !held || len(typedIn(r)) == 0 {
		return gone
	}
	if nonce := r.PostFormValue("nonce"); phonebank.ValidID(nonce) {
		if o, err := p.Store.OutboxByNonce(ctx, nonce); err == nil && o.UserID == me.ID {
			return to(w, r, "/inbox?done=answered") // the first of two presses has sent it, and with that it was over
		}
	}
	page := &claimOverPage{Page: Page{Title: lang(r).Say("Your words are here"), Nav: "inbox"}, Phone: phone, Who: who, Typed: typedIn(r)}
	why, err := p.whoHasItNow(r, me, page)
	if err != nil {
		return err
	}
	p.again(w, r, me, why, "claim-over", page)
	return nil
}

// whoHasItNow says what has become of a wait that was somebody's to answer.
func (p *Panel) whoHasItNow(r *http.Request, me phonebank.User, page *claimOverPage) (why, err error) {
	ctx, at := r.Context(), p.Now()
	claim, err := p.Store.ClaimOn(ctx, page.Phone, at)
	if err != nil {
		return nil, err
	}
	if claim.UserID != "" {
		return phonebank.Fail(phonebank.Conflict, "You had said that you'd answer %s. That is over, and %s is answering now. Nothing was sent.", page.Who, claim.Name), nil
	}
	row, err := p.Store.Wait(ctx, me, at, page.Phone)
	if err == nil && row.Offered {
		page.Take = true
		return phonebank.Fail(phonebank.Conflict, "You had said that you'd answer %s. That is over, and it went back to the pool: nobody has it now. Nothing was sent.", page.Who), nil
	}
	if err != nil && phonebank.KindOf(err) != phonebank.NotFound {
		return nil, err
	}
	waits, err := p.Store.StillWaits(ctx, page.Phone)
	if err != nil {
		return nil, err
	}
	if waits {
		return phonebank.Fail(phonebank.Conflict, "You had said that you'd answer %s. That is over, and it is with whoever knows them, or with a coordinator. Nothing was sent.", page.Who), nil
	}
	return phonebank.Fail(phonebank.Conflict, "%s waits no longer: somebody has answered, or all was said. Nothing was sent.", page.Who), nil
}

// claimAgain takes a wait once more for somebody whose words were given back, and shows the page with their words in its
// form: to be read once more, and sent by a press.
func (p *Panel) claimAgain(w http.ResponseWriter, r *http.Request, me phonebank.User, row store.Wait, err error) error {
	if err == nil {
		err = p.Desk.Claim(r.Context(), row.PhoneID, me, false)
	}
	if err != nil {
		return p.claimOver(w, r, me, phoneID(r), p.calledBy(r, phoneID(r)), err)
	}
	notice := lang(r).Say("It's yours again for 20 minutes. Read your words once more; nothing has been sent.")
	if row.PersonID == "" {
		page, err := p.threadPage(r, me)
		if err != nil {
			return err
		}
		page.Name, page.Notice = clean(r, "name", 120), notice
		p.show(w, r, me, http.StatusOK, "thread", page)
		return nil
	}
	page, err := p.personPage(asPerson(r, row.PersonID), me)
	if err != nil {
		return err
	}
	page.giveBack(r)
	page.Notice = notice
	p.show(w, r, me, http.StatusOK, "person", page)
	return nil
}

// calledBy is how somebody on a number is called by whoever had said they would answer it.
func (p *Panel) calledBy(r *http.Request, phone phonebank.PhoneID) string {
	if list, err := p.Store.PeopleOn(r.Context(), phone); err == nil && len(list) > 0 {
		return shown(lang(r), list[0].Called())
	}
	if one, err := p.Store.Phone(r.Context(), phone); err == nil {
		return one.Number.Masked()
	}
	return ""
}
