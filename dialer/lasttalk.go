package dialer

import (
	"context"
	"encoding/json"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
)

// walked is a talk's way through its script, as everything that was marked in it tells.
func walked(ctx context.Context, tx *store.Tx, c phonebank.Conversation) (*script.Script, script.State, error) {
	doc, err := tx.Script(ctx, c.ScriptID, c.ScriptVersion)
	if err != nil {
		return nil, script.State{}, err
	}
	s, err := script.Parse(doc)
	if err != nil {
		return nil, script.State{}, err
	}
	stored, err := tx.Events(ctx, c.ID)
	if err != nil {
		return nil, script.State{}, err
	}
	events := make([]script.Event, 0, len(stored))
	for _, e := range stored {
		var d script.Data
		if json.Unmarshal(e.Data, &d) == nil { // what cannot be read moves nothing
			events = append(events, script.Event{Type: e.Type, Data: d})
		}
	}
	return s, script.Replay(s, script.Start{Ask: c.AskID, Locale: c.Locale}, events), nil
}

// keepWhereItEnded keeps the step in which a talk ended and the light that was pressed last: a wave asks for them.
func keepWhereItEnded(ctx context.Context, tx *store.Tx, c phonebank.Conversation) error {
	_, state, err := walked(ctx, tx, c)
	if err != nil {
		return err
	}
	light := ""
	for _, stop := range state.Trail {
		if stop.Light != "" {
			light = stop.Light
		}
	}
	return tx.SetWhereItEnded(ctx, c.ID, light, state.Step)
}
