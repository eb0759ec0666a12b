package panel

import (
	"net/http"

	"phonebank"
	"phonebank/store"
)

// personStepUp gives a coordinator's word that somebody is ready to be asked for more, or takes it back.
func (p *Panel) personStepUp(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressPerson(w, r, me, personURL(r), func(id phonebank.PersonID) error {
		err := p.Store.InTx(r.Context(), func(tx *store.Tx) error {
			if r.PostFormValue("on") == "1" {
				return tx.SayReady(r.Context(), id, me.ID, p.Now())
			}
			return tx.TakeReadyBack(r.Context(), id, me.ID, p.Now())
		})
		if err == nil {
			p.Live.Publish("person:" + string(id))
		}
		return err
	})
}
