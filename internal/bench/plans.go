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
	return nil
}

// printPlan finds the plan of the statement that has these words; Postgres writes it a little after it has answered.
func printPlan(title string, log *said, words string) {
	text := ""
	for range 200 {
		text += log.take()
		if _, after, ok := strings.Cut(text, words); ok && strings.Contains(after, "(actual time") && strings.HasSuffix(text, "\n") {
			break
		}
		time.Sleep(10 * time.Millisecond) // nothing signals it
	}
	for _, entry := range strings.Split(text, "LOG:  duration: ")[1:] {
		took, plan, found := strings.Cut(entry, "plan:\n")
		if !found || !strings.Contains(plan, words) {
			continue
		}
		fmt.Printf("### %s (%s)\n\n```\n", title, strings.TrimSpace(took))
		for line := range strings.SplitSeq(strings.TrimRight(plan, "\n"), "\n") {
			fmt.Println(strings.TrimPrefix(line, "\t"))
		}
		fmt.Print("```\n\n")
		return
	}
	fmt.Printf("### %s: Postgres printed no plan\n\n", title)
}
