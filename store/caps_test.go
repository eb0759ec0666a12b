package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/store"
)

// crowd writes numbers down with some ready texts and reserved calls each, past everything in Go that could say no.
func crowd(t *testing.T, b *testbank.Bank, numbers, each int) {
	t.Helper()
	for _, statement := range []string{
		`INSERT INTO phones (id, number, created_at) SELECT 'ph' || n, '+1646555' || lpad(n::text, 4, '0'), $1 FROM generate_series(0, $2::int - 1) n WHERE $3 > 0`,
		`INSERT INTO outbox (id, state, phone_id, from_number, to_number, body, token, not_before, not_after, created_at)
			SELECT 'o' || n || '-' || i, 'ready', 'ph' || n, '+12125550100', '+1646555' || lpad(n::text, 4, '0'), 'Hi', 'o' || n || '-' || i, $1, $1::timestamptz + interval '4 hours', $1
			FROM generate_series(0, $2::int - 1) n, generate_series(1, $3::int) i`,
		`INSERT INTO calls (id, kind, state, token, phone_id, from_number, to_number, created_at)
			SELECT 'c' || n || '-' || i, 'outbound', 'reserved', 'c' || n || '-' || i, 'ph' || n, '+12125550100', '+1646555' || lpad(n::text, 4, '0'), $1
			FROM generate_series(0, $2::int - 1) n, generate_series(1, $3::int) i`,
	} {
		_, err := b.Store.DB().Exec(statement, b.Clock.Now(), numbers, each)
		ok(t, err)
	}
}

// lets are the two ways in which something goes out, as SQL that no rule of Go has looked at.
var lets = []struct{ name, id, claim, after, over string }{
	{"text", "o", `UPDATE outbox SET state = 'sending', claimed_at = $2 WHERE id = $1`, `UPDATE outbox SET state = 'accepted' WHERE id = $1`,
		`SELECT count(*) FROM (SELECT FROM outbox WHERE claimed_at IS NOT NULL GROUP BY phone_id HAVING count(*) > 3) over`},
	{"call", "c", `UPDATE calls SET state = 'placing', placed_at = $2 WHERE id = $1`, `UPDATE calls SET state = 'ended' WHERE id = $1`,
		`SELECT count(*) FROM (SELECT FROM calls WHERE placed_at IS NOT NULL GROUP BY phone_id HAVING count(*) > 3) over`},
}

// P21: whatever the code does, the database lets a number have three texts and three calls a day.
func TestCap_TheDatabaseRefusesAFourth(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	crowd(t, b, 1, 12)
	for _, let := range lets {
		next := 0
		claim := func(at time.Time) error {
			next++
			id := fmt.Sprintf("%s0-%d", let.id, next)
			_, err := b.Store.DB().Exec(let.claim, id, at)
			if err == nil {
				_, err = b.Store.DB().Exec(let.after, id)
			}
			return err
		}
		at := b.Clock.Now()
		most := map[string]int{"text": phonebank.TextsPerDay, "call": phonebank.CallsPerDay}[let.name]
		for i := range most {
			if err := claim(at.Add(time.Duration(i) * time.Minute)); err != nil {
				t.Fatalf("%s %d of the day: %v", let.name, i+1, err)
			}
		}
		if err := claim(at.Add(time.Hour)); !store.Capped(err) {
			t.Errorf("one more %s within the day: %v", let.name, err)
		}
		if err := claim(at.Add(24*time.Hour + 30*time.Second)); err != nil {
			t.Errorf("a %s after the first is a day old: %v", let.name, err)
		}
		if err := claim(at.Add(24*time.Hour + 40*time.Second)); !store.Capped(err) {
			t.Errorf("one more %s then: %v", let.name, err)
		}
		_, err := b.Store.DB().Exec(`UPDATE phones SET last_inbound_at = $1`, at.Add(25*time.Hour))
		ok(t, err)
		for range most {
			ok(t, claim(at.Add(26*time.Hour)))
		}
		if err := claim(at.Add(26 * time.Hour)); !store.Capped(err) {
			t.Errorf("one more %s after they were in touch: %v", let.name, err)
		}
		_, err = b.Store.DB().Exec(`UPDATE phones SET last_inbound_at = NULL`)
		ok(t, err)
	}
	// The reply that the law asks for is exempt, and nothing gets in by being born on its way.
	if _, err := b.Store.DB().Exec(`UPDATE outbox SET legal = true, state = 'sending', claimed_at = $1 WHERE id = 'o0-12'`, b.Clock.Now().Add(26*time.Hour)); err != nil {
		t.Errorf("the legal reply: %v", err)
	}
	if _, err := b.Store.DB().Exec(`INSERT INTO outbox (id, state, phone_id, from_number, to_number, body, token, not_before, not_after, claimed_at, created_at)
		VALUES ('born', 'sending', 'ph0', '', '', '', 'born', $1, $1, $1, $1)`, b.Clock.Now().Add(26*time.Hour)); !store.Capped(err) {
		t.Errorf("a text that is written down on its way: %v", err)
	}
	if _, err := b.Store.DB().Exec(`INSERT INTO calls (id, kind, state, phone_id, from_number, to_number, token, placed_at, created_at)
		VALUES ('born', 'outbound', 'placing', 'ph0', '', '', 'born', $1, $1)`, b.Clock.Now().Add(26*time.Hour)); !store.Capped(err) {
		t.Errorf("a call that is written down on its way: %v", err)
	}
}

// Many at once, each on its own: a claim that waited for another's lock must see what that one did (finding 6 of the design:
// counted in the same statement, 108 of 400 numbers got too much).
func TestCap_HoldsAgainstClaimsInParallel(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	const numbers, each = 400, 6
	crowd(t, b, numbers, each)
	for _, let := range lets {
		var all sync.WaitGroup
		var mu sync.Mutex
		went, refused := 0, 0
		for worker := range each {
			all.Go(func() {
				for n := range numbers {
					_, err := b.Store.DB().Exec(let.claim, fmt.Sprintf("%s%d-%d", let.id, n, worker+1), b.Clock.Now())
					mu.Lock()
					switch {
					case err == nil:
						went++
					case store.Capped(err):
						refused++
					default:
						t.Error(err)
					}
					mu.Unlock()
				}
			})
		}
		all.Wait()
		over := b.Count(let.over)
		if over != 0 || went != 3*numbers || refused != 3*numbers {
			t.Errorf("%d numbers got too many %ss; %d went and %d were refused of %d", over, let.name, went, refused, numbers*each)
		}
		t.Logf("%d numbers, %d claims each at once: %d numbers with more than three %ss", numbers, each, over, let.name)
	}
}

// A call that only the database refuses is ended with a sentence, and the calls behind it are placed.
func TestCap_ARefusedCallDoesNotStandInTheWay(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	walt, rosa := b.Neighbor("Walt Brandt", "+12125550123"), b.Neighbor("Rosa Diaz", "+12125550124")
	now := b.Clock.Now()
	// Three calls that another claim wrote down after this one had counted, as only a fault of ours could.
	_, err := b.Store.DB().Exec(`CREATE FUNCTION hide() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
			INSERT INTO calls (id, kind, state, token, phone_id, from_number, to_number, placed_at, created_at)
			SELECT ''past'' || i, ''outbound'', ''ended'', ''past'' || i, NEW.phone_id, '''', '''', NEW.placed_at, NEW.created_at FROM generate_series(1, 3) i;
			RETURN NEW; END'`)
	ok(t, err)
	_, err = b.Store.DB().Exec(`CREATE TRIGGER a_hide BEFORE UPDATE OF state ON calls FOR EACH ROW WHEN (NEW.state = 'placing' AND NEW.id = 'first') EXECUTE FUNCTION hide()`)
	ok(t, err)
	for i, c := range []struct {
		id     string
		person phonebank.Person
	}{{"first", walt}, {"second", rosa}} {
		_, err := b.Store.DB().Exec(`INSERT INTO calls (id, kind, state, token, campaign_id, person_id, phone_id, from_number, to_number, created_at) VALUES ($1, 'outbound', 'reserved', $1, $2, $3, $4, '', '', $5)`,
			c.id, b.Campaign.ID, c.person.ID, c.person.PhoneID, now.Add(time.Duration(i)*time.Millisecond))
		ok(t, err)
	}
	call, err := b.Store.ClaimCall(ctx, now.Add(time.Second))
	ok(t, err)
	if call.ID != "first" || call.State != phonebank.CallEnded || call.Sentence != phonebank.RungOften {
		t.Errorf("%s is %s: %q", call.ID, call.State, call.Sentence)
	}
	if call, err = b.Store.ClaimCall(ctx, now.Add(time.Second)); err != nil || call.ID != "second" || call.State != phonebank.CallPlacing {
		t.Errorf("%s is %s: %v", call.ID, call.State, err)
	}
}
