package panel

import (
	"io"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
)

// voicemail plays what somebody said when nobody could take their call. It comes through us: a recording's own address
// would open it to whoever has it.
func (p *Panel) voicemail(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	id := mux.Vars(r)["id"]
	if !phonebank.ValidID(id) {
		return notThere()
	}
	call, err := p.Store.Call(r.Context(), phonebank.CallID(id))
	if err != nil {
		return err
	}
	if call.RecordingSID == "" {
		return phonebank.Fail(phonebank.NotFound, "There is no voicemail with this call.")
	}
	if call.PersonID != "" || !coordinator.lets(me) {
		if err := p.mayRead(r.Context(), me, call.PersonID); err != nil {
			return err
		}
	}
	sound, kind, err := p.Carrier.Recording(r.Context(), call.RecordingSID)
	if err != nil {
		return phonebank.Because(err, phonebank.Unavailable, "The voicemail can't be fetched right now. Try again in a minute.")
	}
	defer func() { _ = sound.Close() }() // it was only read
	if kind == "" {
		kind = "audio/wav"
	}
	body, err := io.ReadAll(sound)
	if err != nil {
		return phonebank.Because(err, phonebank.Unavailable, "The voicemail broke off on its way to us. Try again in a minute.")
	}
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", time.Time{}, seeker(body))
	return nil
}
