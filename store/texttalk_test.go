package store_test

import (
	"testing"

	"phonebank"
	"phonebank/internal/testbank"
)

func byText(t *testing.T, b *testbank.Bank, p phonebank.Person) phonebank.Conversation {
	t.Helper()
	at := b.Clock.Now()
	c := phonebank.Conversation{ID: phonebank.NewID[phonebank.ConversationID](at), CampaignID: b.Campaign.ID, PersonID: p.ID, UserID: b.Coordinator.ID, Channel: phonebank.TalkByText,
		State: phonebank.ConversationOpen, ScriptID: "heat-recruitment", ScriptVersion: 1, Locale: "en", Kind: "any", AskID: "none", StartedAt: at}
	ok(t, b.Store.AddConversation(ctx, c))
	return c
}

func TestKeepTexts_OneOpenTalkByTextWithAPersonAtATime(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	first, second := byText(t, b, p), byText(t, b, p)
	ok(t, b.Store.KeepTexts(ctx, first.ID))
	if err := b.Store.KeepTexts(ctx, second.ID); phonebank.KindOf(err) != phonebank.Conflict {
		t.Errorf("a second one: %v", err)
	}
	got, err := b.Store.TextTalk(ctx, p.ID)
	ok(t, err)
	if got.ID != first.ID {
		t.Errorf("found %s", got.ID)
	}
	_, err = b.Store.DB().Exec(`UPDATE conversations SET state = 'wrapped' WHERE id = $1`, first.ID)
	ok(t, err)
	ok(t, b.Store.KeepTexts(ctx, second.ID))
}

func TestTextTalksOf_WhoHasTheLastWordComesFirst(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	for i, name := range []string{"Walt Brandt", "Ofelia Reyes"} {
		c := byText(t, b, b.Neighbor(name, "+1212555012"+string(rune('3'+i))))
		ok(t, b.Store.KeepTexts(ctx, c.ID))
	}
	_, err := b.Store.DB().Exec(`
		INSERT INTO messages (id, direction, state, phone_id, from_number, to_number, body, at)
		SELECT 'M1', 'in', 'received', phone_id, '', '', 'hi', $1 FROM people WHERE name = 'Ofelia Reyes'`, b.Clock.Now())
	ok(t, err)
	list, err := b.Store.TextTalksOf(ctx, b.Coordinator.ID)
	ok(t, err)
	if len(list) != 2 || list[0].Person != "Ofelia Reyes" || !list[0].Theirs || list[1].Theirs {
		t.Errorf("%+v", list)
	}
}
