package panel

import (
	"context"
	"encoding/json"

	"phonebank"
	"phonebank/script"
)

// stepOf names the step that a talk is at, by walking its events as the volunteer's browser does: lights move it as well as jumps.
func (p *Panel) stepOf(ctx context.Context, id phonebank.ConversationID) (string, error) {
	c, err := p.Store.Conversation(ctx, id)
	if err != nil {
		return "", err
	}
	raw, err := p.Store.Script(ctx, c.ScriptID, c.ScriptVersion)
	if err != nil {
		return "", err
	}
	doc, err := script.Parse(raw)
	if err != nil {
		return "", err
	}
	marked, err := p.Store.Events(ctx, id)
	if err != nil {
		return "", err
	}
	events := make([]script.Event, 0, len(marked))
	for _, e := range marked {
		var d script.Data
		if err := json.Unmarshal(e.Data, &d); err == nil { // what cannot be read moves nothing
			events = append(events, script.Event{Type: e.Type, Data: d})
		}
	}
	step, ok := doc.Step(script.Replay(doc, script.Start{Locale: c.Locale}, events).Step)
	if !ok {
		return "", nil
	}
	return step.Name.In("en"), nil
}
