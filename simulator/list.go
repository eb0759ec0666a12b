package simulator

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// pageFields are the parameters of every list.
var pageFields = []string{"PageSize", "Page", "PageToken"}

func listFields(filters ...string) []string {
	fields := append([]string{}, pageFields...)
	for _, f := range filters {
		if day, ok := strings.CutSuffix(f, "<>"); ok {
			fields = append(fields, day, day+"<", day+">")
			continue
		}
		fields = append(fields, f)
	}
	return fields
}

// page cuts one page out of a list, newest first, and names its neighbours as Twilio's 2010 API does: relative
// addresses, with a token that keeps its place when new items arrive.
// Source: Twilio docs, "Twilio API responses" (pagination).
func page[T any](a *ask, key string, all []T, sid func(T) string, render func(T) any) (map[string]any, error) {
	size, number, start := 50, 0, 0
	if v := a.form.Get("PageSize"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			return nil, bad(20001, "PageSize must be 1 to 1000")
		}
		size = min(n, 1000)
	}
	if v := a.form.Get("Page"); v != "" {
		number, _ = strconv.Atoi(v)
	}
	if token, ok := strings.CutPrefix(a.form.Get("PageToken"), "PA"); ok {
		for i, item := range all {
			if sid(item) == token {
				start = i + 1
			}
		}
	}
	end := min(start+size, len(all))
	items := []any{}
	for _, item := range all[start:end] {
		items = append(items, render(item))
	}
	link := func(page, from int) string {
		query := url.Values{}
		for k, v := range a.form {
			query[k] = v
		}
		query.Set("PageSize", strconv.Itoa(size))
		query.Set("Page", strconv.Itoa(page))
		query.Del("PageToken")
		if from > 0 {
			query.Set("PageToken", "PA"+sid(all[from-1]))
		}
		return a.path + "?" + query.Encode()
	}
	var next, previous any
	if end < len(all) {
		next = link(number+1, end)
	}
	if start > 0 {
		previous = link(max(number-1, 0), max(start-size, 0))
	}
	return map[string]any{
		key: items, "page": number, "page_size": size, "start": number * size, "end": max(number*size+len(items)-1, 0),
		"uri": link(number, start), "first_page_uri": link(0, 0), "next_page_uri": next, "previous_page_uri": previous,
	}, nil
}

// within says whether a time passes a date filter: "DateSent" names a day, "DateSent<" and "DateSent>" bound it,
// both ends included; values are YYYY-MM-DD or ISO 8601. A zero time passes only where there is no filter.
func within(form url.Values, name string, t time.Time) bool {
	day, before, after := form.Get(name), form.Get(name+"<"), form.Get(name+">")
	if day == "" && before == "" && after == "" {
		return true
	}
	if t.IsZero() {
		return false
	}
	t = t.Truncate(time.Second)
	if from, to, ok := moment(day); ok && (t.Before(from) || !t.Before(to)) {
		return false
	}
	if _, to, ok := moment(before); ok && !t.Before(to) {
		return false
	}
	if from, _, ok := moment(after); ok && t.Before(from) {
		return false
	}
	return true
}

// moment reads a filter's value as the span of time it names: a whole day, or one second.
func moment(value string) (from, to time.Time, ok bool) {
	if day, err := time.Parse(time.DateOnly, value); err == nil {
		return day, day.AddDate(0, 0, 1), true
	}
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		t = t.UTC().Truncate(time.Second)
		return t, t.Add(time.Second), true
	}
	return time.Time{}, time.Time{}, false
}

// newestFirst returns the items that pass, last made first.
func newestFirst[T any](all []T, keep func(T) bool) []T {
	out := []T{}
	for i := len(all) - 1; i >= 0; i-- {
		if keep(all[i]) {
			out = append(out, all[i])
		}
	}
	return out
}

// is says whether a filter is absent or equal to the value.
func is(form url.Values, name, value string) bool {
	want := form.Get(name)
	return want == "" || want == value
}
