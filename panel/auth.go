package panel

import (
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/store"
)

// stay is how long a browser is remembered.
const stay = 30 * 24 * time.Hour

func (p *Panel) cookieName() string {
	if p.secure {
		return "__Host-phonebank" // the prefix makes browsers refuse it without Secure and from any other host
	}
	return "phonebank"
}

// whoIs finds who holds this browser's cookie; a cookie that is no longer good is nobody.
func (p *Panel) whoIs(r *http.Request) (phonebank.User, error) {
	c, err := r.Cookie(p.cookieName())
	if err != nil || c.Value == "" || len(c.Value) > 200 {
		return phonebank.User{}, nil
	}
	u, err := p.Store.Who(r.Context(), store.LoginSecret, c.Value, p.Now())
	if err != nil && phonebank.KindOf(err) == phonebank.NotFound {
		return phonebank.User{}, nil
	}
	return u, err
}

// remember gives this browser a cookie; only its hash is kept here.
func (p *Panel) remember(w http.ResponseWriter, r *http.Request, user phonebank.UserID) error {
	at, secret := p.Now(), phonebank.NewToken()
	if err := p.Store.AddSecret(r.Context(), store.LoginSecret, secret, user, "browser", at, at.Add(stay)); err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: p.cookieName(), Value: secret, Path: "/", MaxAge: int(stay.Seconds()), HttpOnly: true, Secure: p.secure, SameSite: http.SameSiteLaxMode})
	return nil
}

// home leads everybody to where their work is.
func (p *Panel) home(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	switch {
	case coordinator.lets(me):
		return to(w, r, "/room")
	case volunteer.lets(me):
		return to(w, r, "/shift")
	}
	p.show(w, r, me, http.StatusOK, "welcome", &welcomePage{Page: Page{Title: lang(r).Say("Welcome")}})
	return nil
}

type welcomePage struct{ Page }

type loginPage struct {
	Page
	Name  string
	Token string
}

// login shows one button and spends nothing: scanners of mail open every link.
func (p *Panel) login(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	token := mux.Vars(r)["token"]
	if !p.tries.open(address(r), p.Now()) {
		return errTooMany
	}
	u, err := p.Store.Who(r.Context(), store.LinkSecret, token, p.Now())
	if err != nil {
		return p.badLink(r, err)
	}
	p.show(w, r, me, http.StatusOK, "login", &loginPage{Page: Page{Title: lang(r).Say("Sign in")}, Name: u.Name, Token: token})
	return nil
}

// redeem spends the link, once.
func (p *Panel) redeem(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	if !p.tries.open(address(r), p.Now()) {
		return errTooMany
	}
	u, err := p.Store.Redeem(r.Context(), mux.Vars(r)["token"], p.Now())
	if err != nil {
		return p.badLink(r, err)
	}
	if err := p.remember(w, r, u.ID); err != nil {
		return err
	}
	return to(w, r, "/")
}

func (p *Panel) badLink(r *http.Request, err error) error {
	if phonebank.KindOf(err) != phonebank.NotFound {
		return err
	}
	p.tries.take(address(r), p.Now())
	return phonebank.Because(err, phonebank.NotFound, "This sign-in link has been used, or its 15 minutes are over. Ask whoever runs your phone bank for a new one: “phonebank user link NAME” makes it.")
}

// logout makes this browser's cookie worthless.
func (p *Panel) logout(w http.ResponseWriter, r *http.Request, _ phonebank.User) error {
	if c, err := r.Cookie(p.cookieName()); err == nil {
		if err := p.Store.Revoke(r.Context(), c.Value, p.Now()); err != nil {
			return err
		}
	}
	http.SetCookie(w, &http.Cookie{Name: p.cookieName(), Path: "/", MaxAge: -1, HttpOnly: true, Secure: p.secure, SameSite: http.SameSiteLaxMode})
	return to(w, r, "/")
}

// to sends a browser on after a press, so that a reload repeats nothing.
func to(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// clean is a field of a form without what surrounds it, cut to a length that no honest hand reaches.
func clean(r *http.Request, field string, most int) string {
	v := strings.TrimSpace(strings.ToValidUTF8(r.PostFormValue(field), ""))
	v = strings.Map(func(c rune) rune {
		if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			return -1
		}
		return c
	}, v)
	if runes := []rune(v); len(runes) > most {
		return string(runes[:most])
	}
	return v
}
