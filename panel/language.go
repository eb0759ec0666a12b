package panel

import (
	"context"
	"net/http"
	"strings"

	"phonebank"
	"phonebank/words"
)

type langKey struct{}

// languageCookie remembers what somebody without an account chose.
const languageCookie = "language"

// speaking settles in which language a request is answered: what its reader chose, else what their browser asks for.
func speaking(r *http.Request, me phonebank.User) *http.Request {
	l := words.Wanted(r.Header.Get("Accept-Language"))
	if c, err := r.Cookie(languageCookie); err == nil {
		l = words.Known(c.Value)
	}
	if me.Locale != "" {
		l = words.Known(me.Locale)
	}
	return r.WithContext(context.WithValue(r.Context(), langKey{}, l))
}

// lang is the language in which a request is answered.
func lang(r *http.Request) words.Language { return spoken(r.Context()) }

// spoken is lang for what sees no request any more.
func spoken(ctx context.Context) words.Language {
	if l, ok := ctx.Value(langKey{}).(words.Language); ok {
		return l
	}
	return words.English
}

// speak changes the language of whoever presses, and leads back to where they were.
func (p *Panel) speak(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	l := words.Known(r.PostFormValue("language"))
	if me.ID != "" {
		if err := p.Store.SetUserLocale(r.Context(), me.ID, string(l)); err != nil {
			return err
		}
	}
	http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: string(l), Path: "/", MaxAge: 365 * 24 * 60 * 60, HttpOnly: true, Secure: p.secure, SameSite: http.SameSiteLaxMode})
	back := r.PostFormValue("back")
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.HasPrefix(back, "/\\") {
		back = "/"
	}
	return to(w, r, back)
}
