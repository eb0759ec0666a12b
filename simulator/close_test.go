package simulator

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
)

// What goleak finds after the run, Close has left behind.
func TestClose_InTheMiddleOfEverything(t *testing.T) {
	w := newWorld(t)
	var busy sync.WaitGroup
	for i := range 40 {
		busy.Go(func() {
			room := fmt.Sprintf("room-%d", i)
			join := w.says("/join/"+room, `<Response><Dial><Conference participantLabel="v" statusCallback="`+w.app.URL+`/conf" statusCallbackEvent="start join leave">`+room+`</Conference></Dial></Response>`)
			sid := w.call(fmt.Sprintf("+1212555%04d", 1000+i), join)
			w.hook(opConference, "StatusCallbackEvent", "participant-join", "FriendlyName", room)
			w.made("/Conferences/"+room+"/Participants.json", "From", us, "To", fmt.Sprintf("+1212555%04d", 2000+i), "Label", "c")
			w.hook(opConference, "StatusCallbackEvent", "conference-start", "FriendlyName", room)
			w.Say(sid, "hello")
			w.text(fmt.Sprintf("+1212555%04d", 3000+i), "hello")
		})
	}
	busy.Wait()
	if _, body := w.ask(http.MethodGet, "/Conferences.json", "Status", "in-progress", "PageSize", "1000"); len(body["conferences"].([]any)) != 40 {
		t.Errorf("%d conferences are in progress, want 40", len(body["conferences"].([]any)))
	}
	w.Simulator.Close()
	w.Simulator.Close() // a second time changes nothing
}
