package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
)

type scriptCommand struct {
	Lint   scriptLintCommand   `cmd:"" help:"Say what to mend in script files, in sentences with their place."`
	Export scriptExportCommand `cmd:"" help:"Write a script to the screen, as a file to keep or to change."`
	Import scriptImportCommand `cmd:"" help:"Bring a script file in as a draft."`
}

type scriptLintCommand struct {
	Files []string `arg:"" help:"Script files, YAML or JSON."`
}

// Run reads scripts as a coordinator would. Something that keeps a script from going live is an error of the command too.
func (l *scriptLintCommand) Run() error {
	wrong := 0
	for _, name := range l.Files {
		problems, err := lintFile(name, time.Now())
		if err != nil {
			return misuse{err}
		}
		tell(os.Stdout, name, problems)
		if script.HasErrors(problems) {
			wrong++
		}
	}
	switch {
	case wrong == 0:
		return nil
	case len(l.Files) == 1:
		return errors.New("this script can't go live yet")
	}
	return fmt.Errorf("%d of %d scripts can't go live yet", wrong, len(l.Files))
}

func lintFile(name string, today time.Time) ([]script.Problem, error) {
	doc, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	s, err := script.Parse(doc)
	var malformed *script.Malformed
	switch {
	case errors.As(err, &malformed):
		return malformed.Problems, nil
	case err != nil:
		return nil, err
	}
	return script.Locate(doc, append(script.Lint(s), script.Stale(s, today)...)), nil
}

// tell lists problems, each with the line that it stands on.
func tell(w io.Writer, name string, problems []script.Problem) {
	if len(problems) == 0 {
		_, _ = fmt.Fprintf(w, "%s: nothing to mend.\n", name) // as with any other print
	}
	for _, p := range problems {
		mark := "mend"
		if p.Level == script.Warning {
			mark = "look"
		}
		_, _ = fmt.Fprintf(w, "%s:%d: %s: %s\n", name, max(1, p.Line), mark, p)
	}
}

type scriptExportCommand struct {
	ID      string `arg:"" help:"The script's id, such as heat-recruitment."`
	Version int    `help:"Which version. Without it: the one that new talks begin with, or the newest draft." placeholder:"N"`
	JSON    bool   `name:"json" xor:"form" help:"As JSON."`
	YAML    bool   `name:"yaml" xor:"form" help:"As YAML, which is the default."`
}

// Run writes one version of a script.
func (e *scriptExportCommand) Run(ctx context.Context) error {
	return withStore(ctx, func(_ config, s *store.Store) error {
		doc, err := e.document(ctx, s)
		if phonebank.KindOf(err) == phonebank.NotFound {
			return misuse{noScript(ctx, s, e.ID, e.Version)}
		}
		if err != nil {
			return err
		}
		if !e.JSON {
			kept, err := script.Parse(doc)
			if err != nil {
				return err
			}
			doc, err = kept.YAML()
			if err != nil {
				return err
			}
			_, err = os.Stdout.Write(doc)
			return err
		}
		var out bytes.Buffer
		if err := json.Indent(&out, doc, "", "  "); err != nil {
			return err
		}
		out.WriteByte('\n')
		_, err = out.WriteTo(os.Stdout)
		return err
	})
}

func (e *scriptExportCommand) document(ctx context.Context, s *store.Store) ([]byte, error) {
	if e.Version > 0 {
		return s.Script(ctx, e.ID, e.Version)
	}
	_, doc, err := s.LiveScript(ctx, e.ID)
	if phonebank.KindOf(err) != phonebank.NotFound {
		return doc, err
	}
	newest, err := s.NewestVersion(ctx, e.ID)
	return newest.Document, err
}

func noScript(ctx context.Context, s *store.Store, id string, version int) error {
	if newest, err := s.NewestVersion(ctx, id); err == nil {
		return fmt.Errorf("%s has no version %d; its newest is %d", id, version, newest.Version)
	}
	all, err := s.ScriptVersions(ctx)
	if err != nil {
		return err
	}
	names := ""
	for i, v := range all {
		if i > 0 && v.ID == all[i-1].ID {
			continue
		}
		if names != "" {
			names += ", "
		}
		names += v.ID
	}
	return fmt.Errorf("there is no script %q. There is: %s", id, or(names, "none yet"))
}

type scriptImportCommand struct {
	File string `arg:"" help:"A script file, YAML or JSON."`
	Live bool   `help:"Let new talks begin with it at once. Only a script with nothing to mend goes live."`
}

// Run brings a file in as the next version of its script.
func (i *scriptImportCommand) Run(ctx context.Context) error {
	doc, err := os.ReadFile(i.File)
	if err != nil {
		return misuse{err}
	}
	problems, err := lintFile(i.File, time.Now())
	if err != nil {
		return misuse{err}
	}
	tell(os.Stderr, i.File, problems)
	s, err := script.Parse(doc)
	if err != nil {
		return errors.New("nothing was stored: this file isn't a script yet")
	}
	if i.Live && script.HasErrors(problems) {
		return errors.New("nothing was stored: this script can't go live yet. Without --live it comes in as a draft")
	}
	return withStore(ctx, func(_ config, b *store.Store) error {
		if err := bring(ctx, b, s, i.Live, time.Now()); err != nil {
			return err
		}
		state := "a draft"
		if i.Live {
			state = "live: new talks begin with it"
		}
		fmt.Printf("%s, version %d, is %s.\n", s.ID, s.Version, state)
		return nil
	})
}

// bring stores a script as the next version, and publishes it where it is wanted.
func bring(ctx context.Context, b *store.Store, s *script.Script, live bool, at time.Time) error {
	return b.InTx(ctx, func(tx *store.Tx) error {
		newest, err := tx.NewestVersion(ctx, s.ID)
		switch {
		case err != nil && phonebank.KindOf(err) != phonebank.NotFound:
			return err
		case newest.State == phonebank.ScriptDraft:
			return phonebank.Fail(phonebank.Conflict, "Version %d of this script is being written. Publish it or throw it away before another one comes in.", newest.Version)
		}
		s.Version, s.Status = newest.Version+1, string(phonebank.ScriptDraft)
		doc, err := s.JSON()
		if err != nil {
			return err
		}
		if err := tx.AddDraft(ctx, s.ID, s.Version, s.Title.In("en"), doc, "", at); err != nil || !live {
			return err
		}
		draft, err := tx.LockScriptVersion(ctx, s.ID, s.Version)
		if err != nil {
			return err
		}
		change, err := draft.Apply(phonebank.ScriptPublish, at)
		if err != nil {
			return err
		}
		return tx.SaveScriptMove(ctx, draft, change, "")
	})
}
