package texting_test

import (
	"fmt"
	"sync"
	"testing"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/texting"
)

// Double click, Enter held down, the back button, two tabs: fifty forms are sent twenty times each, all at once, and fifty texts go.
func TestSend_AThousandReplaysAreFiftyTexts(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	const forms, replays = 50, 20
	var all sync.WaitGroup
	slots := make(chan struct{}, 16) // as many as the pool has connections: more would wait there
	for i := range forms {
		p := b.Neighbor(fmt.Sprint("Neighbor ", i), fmt.Sprintf("+1646555%04d", i))
		draft := texting.Draft{Nonce: phonebank.NewID[string](b.Clock.Now()), PersonID: p.ID, UserID: b.Coordinator.ID, Body: "Hi, it's Cora. How's the heat?"}
		for range replays {
			all.Go(func() {
				slots <- struct{}{}
				defer func() { <-slots }()
				if _, err := b.Desk.Send(ctx, draft); err != nil {
					t.Errorf("a press of the same form is refused: %v", err)
				}
			})
		}
	}
	all.Wait()
	doubles := 0
	for i := range forms {
		if n := len(b.Sent(fmt.Sprintf("+1646555%04d", i))); n != 1 {
			doubles++
			t.Errorf("form %d made %d texts", i, n)
		}
	}
	t.Logf("%d replays of %d forms, %d doubled", forms*replays, forms, doubles)
}
