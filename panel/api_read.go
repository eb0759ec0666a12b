package panel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"phonebank"
)

const (
	bodyLimit   = 64 << 10
	importLimit = 8 << 20
)

// read takes the JSON body of a request: one object, no field that we don't know (a misspelt one would otherwise be
// dropped in silence), no longer than limit.
func (c apiCall) read(into any, limit int64) error {
	mediaType, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" {
		return newProblem(http.StatusUnsupportedMediaType, "unsupported_media_type", "Not JSON",
			"Send JSON, with “Content-Type: application/json”.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, c.Body, limit))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return newProblem(http.StatusRequestEntityTooLarge, "too_large", "Too large",
			fmt.Sprintf("The body may be %d KB long.", limit>>10))
	case err != nil:
		return malformed("The body ended too soon.")
	case !json.Valid(body):
		return malformed("The body is not well-formed JSON.")
	}
	in := json.NewDecoder(bytes.NewReader(body))
	in.DisallowUnknownFields()
	return unfit(in.Decode(into))
}

func malformed(detail string) error {
	return newProblem(http.StatusBadRequest, "malformed", "Malformed", detail)
}

// unfit says what is wrong with well-formed JSON that is not what was asked for.
func unfit(err error) error {
	var shape *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &shape) && shape.Field == "":
		return phonebank.Because(err, phonebank.Invalid, "The body must be a JSON object.")
	case errors.As(err, &shape):
		return phonebank.Because(err, phonebank.Invalid, "“%s” can't be a %s.", shape.Field, shape.Value)
	}
	return phonebank.Because(err, phonebank.Invalid, "The body can't be read: %s.", strings.TrimPrefix(err.Error(), "json: "))
}

// readInstant reads a time as other programs write it.
func readInstant(field, text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, phonebank.Because(err, phonebank.Invalid, "“%s” must be a time with its zone, like 2026-12-03T18:30:00-05:00.", field)
	}
	return at, nil
}

// checkWords checks one piece of text that people will read: there where it must be, no longer than most letters, and
// without marks that nobody sees, such as those that turn the direction of a line.
func checkWords(field, text string, required bool, most int) error {
	switch {
	case required && strings.TrimSpace(text) == "":
		return phonebank.Fail(phonebank.Invalid, "“%s” is missing.", field)
	case utf8.RuneCountInString(text) > most:
		return phonebank.Fail(phonebank.Invalid, "“%s” is longer than %d letters.", field, most)
	}
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) {
			return phonebank.Fail(phonebank.Invalid, "“%s” contains a mark that nobody can see (U+%04X).", field, r)
		}
	}
	return nil
}

// apiRow is one item of a list. Lists go by id, so the id of the last item is the cursor.
type apiRow interface{ key() string }

// apiItem gives an item its id.
type apiItem struct {
	ID string `json:"id"`
}

func (i apiItem) key() string { return i.ID }

// apiPage is one part of a list, and where the next part begins.
type apiPage struct {
	Items any     `json:"items"`
	Next  *string `json:"next"`
}

// apiAsked is which part of a list a request wants.
type apiAsked struct {
	after string
	limit int
	query url.Values
	id    string // from the path, of a list that belongs to one thing
}

// listOf makes a handler of a list. It reads one item more than it shows, to know whether there is a next page.
func listOf[T apiRow](read func(context.Context, apiAsked) ([]T, error)) apiHandler {
	return func(ctx context.Context, c apiCall) (any, error) {
		want := apiAsked{query: c.URL.Query(), limit: 100, id: mux.Vars(c.Request)["id"]}
		if limit := want.query.Get("limit"); limit != "" {
			n, err := strconv.Atoi(limit)
			if err != nil || n < 1 || n > 500 {
				return nil, phonebank.Fail(phonebank.Invalid, "“limit” is a number from 1 to 500.")
			}
			want.limit = n
		}
		if want.after = want.query.Get("cursor"); want.after != "" && !phonebank.ValidID(want.after) {
			return nil, phonebank.Fail(phonebank.Invalid, "“cursor” is not one of ours. Take it from “next” of the page before.")
		}
		show := want.limit
		want.limit++
		items, err := read(ctx, want)
		if err != nil || len(items) <= show {
			return apiPage{Items: items}, err
		}
		next := items[show-1].key()
		return apiPage{Items: items[:show], Next: &next}, nil
	}
}

// apiOne answers with the thing that the path names.
func apiOne[I ~string, T, V any](ctx context.Context, c apiCall, find func(context.Context, I) (T, error), show func(T) V) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	thing, err := find(ctx, I(id))
	if err != nil {
		return nil, err
	}
	return show(thing), nil
}

// unknownID turns "not found" about an id in a body into "this can't be used": the path itself was found.
func unknownID(err error, field string) error {
	if phonebank.KindOf(err) == phonebank.NotFound {
		return phonebank.Because(err, phonebank.Invalid, "“%s” names nothing that is there.", field)
	}
	return err
}
