package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"phonebank"
	"phonebank/people"
	"phonebank/store"
)

// withDatabase runs a tool where the database is: the environment's, that of a demo which runs on DATA_DIR, or one started for it.
func withDatabase(ctx context.Context, do func(config) error) error {
	c, err := read(os.Getenv)
	if err != nil {
		return err
	}
	end, err := c.reach(ctx)
	defer end()
	if err != nil {
		return err
	}
	return do(c)
}

// withStore runs a tool against the database, whichever way it is reached.
func withStore(ctx context.Context, do func(config, *store.Store) error) error {
	return withDatabase(ctx, func(c config) error {
		s, err := store.Open(c.DatabaseURL, store.Options{Wall: time.Now, Deadline: time.Minute, Conns: 2})
		if err != nil {
			return err
		}
		defer func() { _ = s.Close() }() // the tool ends with it
		return do(c, s)
	})
}

type importCommand struct {
	File        string `arg:"" help:"A CSV file whose first line names its columns."`
	Campaign    string `required:"" help:"The campaign whose list they go on, by name."`
	TextConsent string `help:"On whose word these people may be texted. Without it: calls only." placeholder:"WORDS"`
	CallConsent string `help:"On whose word these people may be called." placeholder:"WORDS"`
}

// Run brings people in and says what became of every row.
func (i *importCommand) Run(ctx context.Context) error {
	file, err := os.Open(i.File)
	if err != nil {
		return misuse{err}
	}
	defer func() { _ = file.Close() }() // it was only read
	return withStore(ctx, func(_ config, s *store.Store) error {
		campaign, err := s.CampaignByName(ctx, i.Campaign)
		if err != nil {
			return noCampaign(ctx, s, i.Campaign, err)
		}
		report, err := people.New(s, time.Now).Import(ctx, people.File{Name: filepath.Base(i.File), Campaign: campaign.ID, By: "command line",
			TextConsent: i.TextConsent, CallConsent: i.CallConsent, CSV: file})
		if err != nil {
			return err
		}
		return i.tell(ctx, s, report)
	})
}

func (i *importCommand) tell(ctx context.Context, s *store.Store, r people.Report) error {
	fmt.Printf("%d rows: %d new, %d known already, %d twice in the file, %d rejected.\n", r.Rows, r.New, r.Known, r.Repeated, len(r.Rejected))
	fmt.Printf("Columns: %s.", strings.Join(r.Matched, "; "))
	if len(r.Ignored) > 0 {
		fmt.Printf(" Not used: %s.", strings.Join(r.Ignored, ", "))
	}
	fmt.Println()
	if r.Stopped > 0 {
		fmt.Printf("%d of these numbers asked us to stop. They stay stopped.\n", r.Stopped)
	}
	if r.Texts == 0 {
		fmt.Println("Nobody has stated consent to texts, so these people can be called and not texted (--text-consent).")
	}
	if len(r.Rejected) == 0 {
		return nil
	}
	rejects, err := s.Rejects(ctx, r.ID)
	if err != nil {
		return err
	}
	path := strings.TrimSuffix(i.File, filepath.Ext(i.File)) + ".rejected.csv"
	if err := os.WriteFile(path, []byte(rejects), 0o600); err != nil {
		return err
	}
	fmt.Printf("The rejected rows are in %s, each with its reason. Mend them and import that file.\n", path)
	if r.New+r.Known == 0 {
		return errors.New("no row could be used")
	}
	return nil
}

func noCampaign(ctx context.Context, s *store.Store, name string, cause error) error {
	if phonebank.KindOf(cause) != phonebank.NotFound {
		return cause
	}
	all, err := s.Campaigns(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, c := range all {
		names = append(names, fmt.Sprintf("%q", c.Name))
	}
	return misuse{fmt.Errorf("there is no campaign %q. There is: %s", name, or(strings.Join(names, ", "), "none yet; a coordinator makes one under Campaigns"))}
}

type userCommand struct {
	Add  userAddCommand  `cmd:"" help:"Add somebody and print their one-time sign-in link."`
	Link userLinkCommand `cmd:"" help:"Print a new one-time sign-in link."`
}

type userAddCommand struct {
	Name  string `arg:"" help:"Their name, as others see it."`
	Role  string `default:"coordinator" enum:"lead,coordinator,admin" help:"lead, coordinator or admin."`
	Phone string `help:"Their phone, for test calls and for calling themselves." placeholder:"NUMBER"`
}

// Run adds one who organizes the bank.
func (u *userAddCommand) Run(ctx context.Context) error {
	number := phonebank.Number("")
	if u.Phone != "" {
		var err error
		if number, err = people.VolunteerNumber(u.Phone); err != nil {
			return misuse{err}
		}
	}
	return withStore(ctx, func(c config, s *store.Store) error {
		at := time.Now()
		if _, err := s.UserByName(ctx, u.Name, phonebank.Role(u.Role)); err == nil {
			return misuse{fmt.Errorf("%q is there already; 'phonebank user link %q' gives a new link", u.Name, u.Name)}
		}
		user := phonebank.User{ID: phonebank.NewID[phonebank.UserID](at), Name: u.Name, Role: phonebank.Role(u.Role), Phone: number, CreatedAt: at}
		if err := s.AddUser(ctx, user); err != nil {
			return err
		}
		return printLink(ctx, c, s, user, at)
	})
}

type userLinkCommand struct {
	Name string `arg:"" help:"The name they were added with."`
}

// Run prints a new link for somebody who is there.
func (u *userLinkCommand) Run(ctx context.Context) error {
	return withStore(ctx, func(c config, s *store.Store) error {
		user, err := findStaff(ctx, s, u.Name)
		if err != nil {
			return err
		}
		return printLink(ctx, c, s, user, time.Now())
	})
}

// findStaff finds one who organizes the bank by name, whatever their role.
func findStaff(ctx context.Context, s *store.Store, name string) (phonebank.User, error) {
	for _, role := range []phonebank.Role{phonebank.Coordinator, phonebank.Admin, phonebank.Lead} {
		user, err := s.UserByName(ctx, name, role)
		if err == nil || phonebank.KindOf(err) != phonebank.NotFound {
			return user, err
		}
	}
	return phonebank.User{}, misuse{fmt.Errorf("nobody called %q organizes here; 'phonebank user add %q' adds them", name, name)}
}

// linkGood is how long a sign-in link may be opened; it works once.
const linkGood = 15 * time.Minute

func printLink(ctx context.Context, c config, s *store.Store, user phonebank.User, at time.Time) error {
	link := phonebank.NewToken()
	if err := s.AddSecret(ctx, store.LinkSecret, link, user.ID, "command line", at, at.Add(linkGood)); err != nil {
		return err
	}
	fmt.Printf("%s/login/%s\n", or(c.PublicURL, "http://"+c.Listen), link)
	fmt.Fprintf(os.Stderr, "For %s. It works once, within %d minutes.\n", user.Name, int(linkGood.Minutes()))
	return nil
}

type tokenCommand struct {
	User string `arg:"" help:"In whose name the token acts: a coordinator."`
	Name string `default:"command line" help:"What it is for, for the record."`
}

// Run makes an API token; it is shown this once.
func (t *tokenCommand) Run(ctx context.Context) error {
	return withStore(ctx, func(_ config, s *store.Store) error {
		user, err := findStaff(ctx, s, t.User)
		if err != nil {
			return err
		}
		token := phonebank.NewToken()
		if err := s.AddSecret(ctx, store.TokenSecret, token, user.ID, t.Name, time.Now(), time.Time{}); err != nil {
			return err
		}
		_, err = io.WriteString(os.Stdout, token+"\n")
		return err
	})
}
