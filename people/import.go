package people

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"phonebank"
	"phonebank/store"
)

// Roster brings people in.
type Roster struct {
	store *store.Store
	now   func() time.Time
}

// New makes a roster over the store.
func New(s *store.Store, now func() time.Time) *Roster { return &Roster{store: s, now: now} }

// File is one import: a CSV file, and what the one who brings it states about consent, once, for all of it.
type File struct {
	Name     string
	Campaign phonebank.CampaignID
	By       string // who imports, for the record
	// TextConsent is on whose word these people may be texted ("signed in at the May block party"); empty: calls only, but
	// for rows whose own column says so.
	TextConsent string
	CallConsent string
	CSV         io.Reader
}

// Report says what an import did, in numbers and, for the rows that could not be used, in words.
type Report struct {
	ID       string     `json:"id"`
	Rows     int        `json:"rows"`
	New      int        `json:"new"`
	Known    int        `json:"known"`
	Stopped  int        `json:"stopped"` // known numbers that asked us to stop: they stay stopped
	Repeated int        `json:"repeated"`
	Rejected []Rejected `json:"rejected"`
	Texts    int        `json:"may_be_texted"`
	Matched  []string   `json:"matched"` // column -> field, as it was read
	Ignored  []string   `json:"ignored"`
}

// Rejected is one row that could not be used.
type Rejected struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
	raw    []string
}

// MaxRows bounds one file.
const MaxRows = 200_000

// field is what a column may be, with the headers by which exports of the field's common tools name it (VAN, Action Network,
// Spoke, Solidarity Tech), folded.
var fields = []struct {
	name    string
	headers []string
}{
	{"first_name", []string{"first name", "firstname", "first", "given name", "nombre"}},
	{"last_name", []string{"last name", "lastname", "last", "surname", "family name", "apellido"}},
	{"name", []string{"name", "full name", "fullname"}},
	{"phone", []string{"phone", "phone number", "phonenumber", "cell phone", "cellphone", "cell", "mobile", "mobile number", "mobile phone", "pref phone", "preferred phone", "telephone", "number", "telefono"}},
	{"say_name", []string{"say name", "pronunciation", "how to say"}},
	{"place", []string{"place", "address", "apt", "unit", "street", "address line 1", "can2 user address"}},
	{"languages", []string{"languages", "language", "preferred language", "idioma"}},
	{"zone", []string{"zone", "time zone", "timezone"}},
	{"state", []string{"state", "region", "province", "state province", "mailing state", "home state", "can2 state abbreviated", "estado"}},
	{"zip", []string{"zip", "zip code", "zipcode", "zip5", "zip or postal code", "postal code", "postalcode", "postcode", "mailing zip", "can2 zip code", "codigo postal"}},
	{"external_id", []string{"external id", "externalid", "voter file vanid", "vanid", "van id", "id"}},
	{"text_consent", []string{"text consent", "sms consent", "sms opt in", "text opt in", "opt in"}},
	{"call_consent", []string{"call consent", "phone consent"}},
	{"priority", []string{"priority"}},
}

// Import reads a file and writes its people. Bad rows are told with their line and reason and never stop the good ones; a
// second import of the same file changes nothing; an opt-out is never cleared.
func (r *Roster) Import(ctx context.Context, f File) (Report, error) {
	report := Report{Rejected: []Rejected{}}
	if _, err := r.store.Campaign(ctx, f.Campaign); err != nil {
		return report, err
	}
	raw, err := io.ReadAll(io.LimitReader(f.CSV, 64<<20))
	if err != nil {
		return report, phonebank.Because(err, phonebank.Invalid, "The file could not be read to its end. Nothing was imported.")
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(raw) {
		return report, phonebank.Fail(phonebank.Invalid, "The file is not in UTF-8. Save it as “CSV UTF-8” and try again. Nothing was imported.")
	}
	in := csv.NewReader(bytes.NewReader(raw))
	in.FieldsPerRecord, in.LazyQuotes, in.TrimLeadingSpace = -1, true, true
	if first, _, _ := bytes.Cut(raw, []byte("\n")); bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		in.Comma = ';'
	} else if bytes.Count(first, []byte("\t")) > bytes.Count(first, []byte(",")) {
		in.Comma = '\t'
	}
	header, err := in.Read()
	if err != nil {
		return report, phonebank.Because(err, phonebank.Invalid, "The file is empty. Its first line must name the columns, such as first_name,last_name,phone.")
	}
	columns := match(header, &report)
	if _, ok := columns["phone"]; !ok {
		return report, phonebank.Fail(phonebank.Invalid, "No column of this file is named like a phone number. We read: %s. Name one of them “phone”.", strings.Join(header, ", "))
	}
	list := r.read(in, columns, f, &report)
	if report.Rows == 0 {
		return report, phonebank.Fail(phonebank.Invalid, "The file has column names and no rows.")
	}
	at := r.now()
	report.ID = phonebank.NewID[string](at)
	err = r.store.InTx(ctx, func(tx *store.Tx) error {
		done, err := tx.ImportPeople(ctx, f.Campaign, list, f.By, at)
		if err != nil {
			return err
		}
		report.New, report.Known, report.Stopped = done.New, done.Known, done.Stopped
		words, err := json.Marshal(report)
		if err != nil {
			return err
		}
		return tx.SaveImport(ctx, report.ID, f.Campaign, f.Name, f.By, words, report.RejectsCSV(header), at)
	})
	return report, err
}

func (r *Roster) read(in *csv.Reader, columns map[string]int, f File, report *Report) []store.NewPerson {
	var list []store.NewPerson
	seen := map[string]bool{}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return list
		}
		line, _ := in.FieldPos(0)
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			report.Rows++
			report.reject(broken.Line, row, phonebank.Fail(phonebank.Invalid, "This line is not well-formed CSV: %s", broken.Err.Error()))
			continue
		}
		if err != nil || report.Rows >= MaxRows {
			report.reject(line, row, phonebank.Fail(phonebank.Invalid, "Only the first %d rows of a file are read. Split it.", MaxRows))
			return list
		}
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		report.Rows++
		p, err := person(func(field string) string {
			if i, ok := columns[field]; ok && i < len(row) {
				return clean(row[i])
			}
			return ""
		}, f)
		if err != nil {
			report.reject(line, row, err)
			continue
		}
		if key := string(p.Number) + "\x00" + p.Name; seen[key] {
			report.Repeated++
			continue
		} else {
			seen[key] = true
		}
		if p.TextSource != "" {
			report.Texts++
		}
		list = append(list, p)
	}
}

// person reads one row, or answers with the reason why it cannot be used.
func person(get func(string) string, f File) (p store.NewPerson, err error) {
	name := get("name")
	if first, last := get("first_name"), get("last_name"); first != "" || last != "" {
		name = strings.TrimSpace(first + " " + last)
		p.FirstName = first
	}
	if name == "" {
		return p, phonebank.Fail(phonebank.Invalid, "There is no name, so nobody would know whom to ask for.")
	}
	if len([]rune(name)) > 120 {
		return p, phonebank.Fail(phonebank.Invalid, "The name is longer than 120 letters.")
	}
	if p.FirstName == "" {
		p.FirstName = FirstName(name)
	}
	if get("phone") == "" {
		return p, phonebank.Fail(phonebank.Invalid, "There is no phone number.")
	}
	number, zones, err := ParseNumber(get("phone"))
	if err != nil {
		return p, err
	}
	p.Name, p.Number, p.Zones = name, number, zones
	p.SayName, p.Place, p.Languages, p.ExternalID = cut(get("say_name"), 120), cut(get("place"), 200), cut(get("languages"), 120), cut(get("external_id"), 80)
	if z := get("zone"); z != "" {
		if _, err := phonebank.Zone(z); err != nil {
			return p, phonebank.Fail(phonebank.Invalid, "%q is no time zone. Write it like America/New_York, or leave it empty.", cut(z, 40))
		}
		p.Zone = z
	}
	if p.Region = phonebank.StateCode(get("state")); p.Region == "" {
		p.Region = phonebank.StateOfZip(get("zip"))
	}
	p.Priority = 1
	switch get("priority") {
	case "", "1":
	case "0", "2", "3":
		p.Priority = int(get("priority")[0] - '0')
	default:
		return p, phonebank.Fail(phonebank.Invalid, "The priority must be 0, 1, 2 or 3.")
	}
	p.TextSource, p.CallSource = consent(get("text_consent"), f.TextConsent), consent(get("call_consent"), f.CallConsent)
	return p, nil
}

// consent reads a row's own word on consent, which wins over what was stated for the file.
func consent(own, stated string) string {
	switch strings.ToLower(own) {
	case "":
		return stated
	case "no", "n", "false", "0", "unsubscribed", "opted out":
		return ""
	case "yes", "y", "true", "1", "subscribed":
		if stated != "" {
			return stated
		}
		return "a column of the file"
	}
	return cut(own, 200)
}

// match finds which column is which, by header alone.
func match(header []string, report *Report) map[string]int {
	columns := map[string]int{}
	for i, h := range header {
		folded := strings.Join(strings.FieldsFunc(strings.ToLower(clean(h)), func(r rune) bool { return r == ' ' || r == '_' || r == '-' || r == '.' }), " ")
		found := false
		for _, f := range fields {
			for _, known := range f.headers {
				if phonebank.Fold(folded) == known && !found {
					if _, taken := columns[f.name]; !taken {
						columns[f.name], found = i, true
						report.Matched = append(report.Matched, strings.TrimSpace(h)+" → "+strings.ReplaceAll(f.name, "_", " "))
					}
				}
			}
		}
		if !found {
			report.Ignored = append(report.Ignored, strings.TrimSpace(h))
		}
	}
	return columns
}

func (r *Report) reject(line int, row []string, err error) {
	r.Rejected = append(r.Rejected, Rejected{Line: line, Reason: phonebank.SentenceOf(err), raw: row})
}

// RejectsCSV writes the rows that could not be used with their line and reason, to mend and import again.
func (r *Report) RejectsCSV(header []string) string {
	if len(r.Rejected) == 0 {
		return ""
	}
	var b strings.Builder
	out := csv.NewWriter(&b)
	_ = out.Write(append([]string{"line", "reason"}, Neutral(header)...)) // a strings.Builder takes everything
	for _, bad := range r.Rejected {
		_ = out.Write(append([]string{fmt.Sprint(bad.Line), bad.Reason}, Neutral(bad.raw)...))
	}
	out.Flush()
	return b.String()
}

// Neutral makes cells safe to open in a spreadsheet: what would be read as a formula is read as text.
func Neutral(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		if c != "" && strings.ContainsRune("=+-@\t\r", rune(c[0])) && !phonebank.Number(c).Valid() {
			c = "'" + c
		}
		out[i] = c
	}
	return out
}

// clean composes letters and takes away what is invisible: controls, and marks that turn the direction of a line.
func clean(s string) string {
	s = norm.NFC.String(s)
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 0x7f, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0xfeff:
			return -1
		}
		return r
	}, s))
}

func cut(s string, n int) string {
	r := []rune(s)
	if len(r) > n {
		return string(r[:n])
	}
	return s
}
