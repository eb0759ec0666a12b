package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"phonebank"
)

// printPlans shows how Postgres carries out the claim and the sweeper, at the sizes of the other parts: the statements are the
// product's own, explained as they ran.
func printPlans(ctx context.Context, w *world) error {
	shifts, err := w.readyShifts(ctx, 6, false)
	if err != nil {
		return err
	}
	claim := func(title string, list []phonebank.Shift) error {
		for i, s := range list {
			at := w.clock.Now()
			change, err := s.Apply(phonebank.ShiftReserve, at)
			if err != nil {
				return err
			}
			w.said.take()
			if _, err := w.store.ClaimPerson(ctx, s, w.campaign.ID, change); err != nil {
				return err
			}
			if i == len(list)-1 { // the first ones read what is not in memory yet
				printPlan(title, w.said, "call_list")
			}
		}
		return nil
	}
	if err := claim("Claim, 100,000 people, everybody is due", shifts[:3]); err != nil {
		return err
	}
	if err := w.hideTop(ctx); err != nil {
		return err
	}
	if err := w.tidy(ctx); err != nil {
		return err
	}
	if err := claim("Claim, the top priority (25,000 people) is not due yet", shifts[3:]); err != nil {
		return err
	}
	if err := w.agree(ctx); err != nil {
		return err
	}
	if _, err := w.promise(ctx, 0); err != nil {
		return err
	}
	for i := range 3 {
		w.said.take()
		if _, err := w.store.RingTexts(ctx, w.clock.Now().Add(promisedAhead), 0, false, 1000); err != nil {
			return err
		}
		if i == 2 {
			printPlan("Sweeper: the next 1,000 of 10,000 texts that are due", w.said, "UPDATE outbox")
		}
	}
	return printSweep(ctx, w)
}

// ofSweep are the statements of one pass of the sweeper that read outbox or follow_ups, by words that only they have.
var ofSweep = []struct{ title, words string }{
	{"calls and drafts that are due", "UPDATE follow_ups SET generation"},
	{"texts that are due", "UPDATE outbox SET generation"},
	{"calls whose last moment has passed", "AND not_after < $1"},
	{"texts about nothing that is open", "UPDATE messages SET weighed_at"},
	{"check-ins that nobody answered", "f.call_if_silent AND"},
	{"claims whose lease ran out", "AND claimed_at <"},
	{"texts whose last moment has passed", "AND not_after <= $1"},
	{"texts whose outcome nobody knows", "state = 'unknown' AND asked_at IS NULL"},
}

// printSweep shows a whole pass of the sweeper over a million follow-ups of which nothing is due.
func printSweep(ctx context.Context, w *world) error {
	if _, err := w.admin.ExecContext(ctx, `DELETE FROM outbox`); err != nil { // the texts that were due until now
		return err
	}
	if err := w.planAMillion(ctx); err != nil {
		return err
	}
	sweeper := w.sweeper()
	for range 3 { // the first ones read what is not in memory yet
		w.said.take()
		if err := sweeper.Sweep(ctx); err != nil {
			return err
		}
	}
	text := w.said.until(ofSweep[len(ofSweep)-1].words)
	for _, s := range ofSweep {
		printPlanIn("Sweeper, a million planned and nothing due: "+s.title, text, s.words)
	}
	return nil
}

// until reads on until the plan of the statement with these words is there: Postgres writes it a little after it has answered.
func (s *said) until(words string) (text string) {
	for range 200 {
		text += s.take()
		if _, after, ok := strings.Cut(text, words); ok && strings.Contains(after, "(actual time") && strings.HasSuffix(text, "\n") {
			break
		}
		time.Sleep(10 * time.Millisecond) // nothing signals it
	}
	return text
}

// printPlan finds the plan of the statement that has these words.
func printPlan(title string, log *said, words string) { printPlanIn(title, log.until(words), words) }

func printPlanIn(title, text, words string) {
	for _, entry := range strings.Split(text, "LOG:  duration: ")[1:] {
		took, plan, found := strings.Cut(entry, "plan:\n")
		if !found || !strings.Contains(plan, words) {
			continue
		}
		fmt.Printf("### %s (%s)\n\n```\n", title, strings.TrimSpace(took))
		begun := false // after the words of the statement, which may have several lines
		for line := range strings.SplitSeq(strings.TrimRight(plan, "\n"), "\n") {
			if begun = begun || strings.Contains(line, "(cost="); begun {
				fmt.Println(strings.TrimPrefix(line, "\t"))
			}
		}
		fmt.Print("```\n\n")
		return
	}
	fmt.Printf("### %s: Postgres printed no plan\n\n", title)
}
