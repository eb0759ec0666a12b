package people

import (
	"encoding/csv"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever a file holds, every row of it ends in one place: read, repeated, or rejected with a line and a reason; and what is read has a
// name and a number.
func FuzzImport(f *testing.F) {
	for _, file := range []string{"name,phone\nAna,212 555 0140\n", "phone\n\"", "first_name;last_name;phone\nA;B;2125550140\nA;B;2125550140\n", "name,phone\n\"a\nb\",=1+1\n", "name,phone\n,,,,\nx\n",
		"phone,phone,cell\n1,2,3\n", "name,phone\n\"", "\n\n,\n", "name,phone,zone,state,zip\nAna,2125550140,Nowhere,ZZ,1\n"} {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file string) {
		if !utf8.ValidString(file) {
			return
		}
		in := csv.NewReader(strings.NewReader(file))
		in.FieldsPerRecord, in.LazyQuotes, in.TrimLeadingSpace = -1, true, true
		header, err := in.Read()
		if err != nil {
			return
		}
		report := Report{}
		columns := match(header, &report)
		if _, ok := columns["phone"]; !ok {
			return
		}
		list := (&Roster{}).read(in, columns, File{}, &report)
		if len(list)+report.Repeated+len(report.Rejected) != report.Rows {
			t.Errorf("%d rows: %d read, %d repeated, %d rejected", report.Rows, len(list), report.Repeated, len(report.Rejected))
		}
		for _, p := range list {
			if p.Name == "" || p.FirstName == "" || !p.Number.Valid() {
				t.Errorf("read: %+v", p)
			}
		}
		for _, r := range report.Rejected {
			if r.Reason == "" || r.Line < 1 {
				t.Errorf("rejected without a place or a reason: %+v", r)
			}
		}
		if rejects := report.RejectsCSV(header); strings.Count(rejects, "\n") < len(report.Rejected) {
			t.Errorf("%d rows are rejected, and the file to mend is %q", len(report.Rejected), rejects)
		}
	})
}
