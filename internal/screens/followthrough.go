package main

import (
	"context"
	"time"

	"phonebank/internal/eyes"
)

// busy lets people write and ring, so that the lists of what waits for an answer are not empty.
func busy(ctx context.Context, d *eyes.Demo) error {
	for _, said := range []struct{ from, body string }{
		{"+12125550121", "Thanks, see you there!"}, {"+12125550122", "can you call at 7 instead?"},
		{"+12125550188", "Is this the number for the meeting about the heat?"}, {"+12125550124", "please leave me alone"},
	} {
		if err := d.Control(ctx, "/texts", map[string]string{"from": said.from, "to": "+12125550100", "body": said.body}); err != nil {
			return err
		}
	}
	time.Sleep(2 * time.Second) // the webhooks take their way over HTTP
	return nil
}

// wave takes the pictures of a wave from its plan to its report.
func wave(a *album, d *eyes.Demo) error {
	at, err := a.act(d.Base()+"/waves/new", `
		document.querySelector("#name").value = "Check-ins by phone"; document.querySelector("#new_to_us").checked = true;
		document.querySelector("#ask").value = "meeting"; document.querySelector("button[value=draft]").click()`)
	if err != nil {
		return err
	}
	for _, step := range []struct{ name, path, button string }{
		{"wave-plan", "", ""}, {"wave-launch", "/launch", `main form.row button`}, {"wave-live", "", ""}, {"wave-people", "/people", ""}, {"wave-callers", "/callers", ""},
		{"wave-end", "/finish", `main form.row button`}, {"wave-report", "/report", ""},
	} {
		if err := a.take("page-"+step.name, at+step.path, "main"); err != nil {
			return err
		}
		if step.button == "" {
			continue
		}
		if err := a.press(at+step.path, step.button); err != nil {
			return err
		}
	}
	return nil
}
