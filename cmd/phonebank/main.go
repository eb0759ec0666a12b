// Command phonebank is the whole phone bank in one binary: the demo, the service, its local Twilio, and the tools of those who run it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the zones of people, on machines without them

	"github.com/alecthomas/kong"

	"phonebank"
)

type commands struct {
	Demo      demoCommand      `cmd:"" help:"Run everything here, with a private Postgres, a local Twilio and demo people."`
	Serve     serveCommand     `cmd:"" help:"Run the service, or a part of it, with what the environment names."`
	Simulator simulatorCommand `cmd:"" help:"Run the local Twilio alone."`
	Migrate   migrateCommand   `cmd:"" help:"Bring the database up to this version."`
	Import    importCommand    `cmd:"" help:"Bring people in from a CSV file."`
	Script    scriptCommand    `cmd:"" help:"Check scripts, and move them in and out as files."`
	User      userCommand      `cmd:"" help:"Add coordinators, and give out their sign-in links."`
	Token     tokenCommand     `cmd:"" help:"Make a token for the JSON API."`
	Purge     purgeCommand     `cmd:"" help:"Remove old voicemails, and people with whom nothing happened for RETAIN_DAYS."`
	Backup    backupCommand    `cmd:"" help:"Write the whole database into one file."`
	Restore   restoreCommand   `cmd:"" help:"Bring a backup into an empty database."`
	Resume    resumeCommand    `cmd:"" help:"Say what Phonebank has paused by itself, after a restore or an alarm, and go on."`
	Doctor    doctorCommand    `cmd:"" help:"Say in words what is wrong with this installation, if anything."`
}

// misuse is an error of whoever typed the command: exit code 2.
type misuse struct{ error }

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	var c commands
	exit := -1
	parser, err := kong.New(&c, kong.Name("phonebank"), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Description("A phone bank for one-on-one organizing. The environment is described in docs/configuration.md."),
		kong.Exit(func(code int) { exit = code }))
	if err != nil {
		panic(err) // the commands above are wrong
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 {
		return exit // --help
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "phonebank: %v\nRun 'phonebank --help'.\n", err)
		return 2
	}
	// The first signal ends everything in order, the second at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run()
	var wrong misuse
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintf(os.Stderr, "phonebank: %v\n", err)
		return 2
	}
	var named *phonebank.Error
	if errors.As(err, &named) {
		fmt.Fprintf(os.Stderr, "phonebank: %s\n", named.Sentence)
		if named.Cause != nil {
			fmt.Fprintf(os.Stderr, "  (%v)\n", named.Cause)
		}
		return 1
	}
	fmt.Fprintf(os.Stderr, "phonebank: %v\n", err)
	return 1
}
