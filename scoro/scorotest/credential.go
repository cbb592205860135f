package scorotest

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// checkApp looks at the header that names a public app. Private apps need none,
// and the company's key is a private app's.
func (s *Server) checkApp(c *emulate.Call, body emulate.Record) *emulate.Answer {
	_, private := body["apiKey"]
	switch id := c.Header.Get("Scoro-app-id"); {
	case id == s.AppID, id == "" && (!s.publicApp || private):
		return nil
	case id == "":
		return refusal(http.StatusUnauthorized, messages("The header Scoro-app-id is missing: public apps must send it with every call"))
	default:
		return refusal(http.StatusUnauthorized, messages("The header Scoro-app-id names no app that is allowed here"))
	}
}

// checkCredential looks for exactly one credential and the company account,
// and says which user asks; 0 for the company key.
func (s *Server) checkCredential(body emulate.Record) (user int64, refused *emulate.Answer) {
	token, withToken := body["user_token"].(string)
	key, withKey := body["apiKey"].(string)
	if withToken == withKey {
		return 0, refusal(http.StatusUnauthorized, messages("Send exactly one of user_token and apiKey in the body"))
	}
	if withKey {
		if _, err := s.tokens.Check(key); err != nil || key != s.APIKey {
			return 0, refusal(http.StatusUnauthorized, messages("Wrong apiKey"))
		}
		return 0, s.checkAccount(body)
	}
	pair, err := s.tokens.Check(token)
	if err != nil || token == s.APIKey {
		return 0, refusal(http.StatusUnauthorized, messages("Wrong user_token: sign in again"))
	}
	user, err = strconv.ParseInt(pair.Holder.Subject, 10, 64)
	if err != nil {
		return 0, refusal(http.StatusUnauthorized, messages("The user of this user_token does not exist"))
	}
	return user, s.checkAccount(body)
}

func (s *Server) checkAccount(body emulate.Record) *emulate.Answer {
	switch account, _ := body["company_account_id"].(string); {
	case account == "":
		return refusal(http.StatusBadRequest, messages("company_account_id is missing"))
	case !slices.Contains(s.accounts(), account):
		return refusal(http.StatusForbidden, []any{"This credential has no access to the company account " + account})
	default:
		return nil
	}
}

// accounts are the business entities of the site.
func (s *Server) accounts() []string { return []string{s.CompanyAccount, s.CompanyAccount + "2"} }

// tokenLife is how long a token lasts that a sign-in gave. The platform's own
// figure is unknown; within a test it never matters.
const tokenLife = 365 * 24 * time.Hour

// signIn is userAuth/modify. The company account may be given as the site's
// name here: the answer's settings say which account later calls must name.
func (s *Server) signIn(body emulate.Record) emulate.Answer {
	wrong := emulate.Record{}
	for _, name := range []string{"company_account_id", "username", "password", "device_type", "device_name", "device_id"} {
		if _, ok := body[name].(string); !ok {
			wrong[name] = []any{"must be text at the top level of the body"}
		}
	}
	if len(wrong) > 0 {
		return refuse(http.StatusBadRequest, emulate.Record{"error": wrong})
	}
	if body["username"] != s.Username || body["password"] != s.Password {
		return refuse(http.StatusUnauthorized, messages("Wrong username or password"))
	}
	if account := body["company_account_id"].(string); account != s.Site && !slices.Contains(s.accounts(), account) {
		return refuse(http.StatusForbidden, []any{"This user has no access to the company account " + account})
	}
	pair := s.tokens.Issue(emulate.Pair{Holder: emulate.Holder{Subject: "1"}}, tokenLife, false)
	return emulate.JSON(http.StatusOK, emulate.Record{
		"status": "OK", "statusCode": http.StatusOK, "messages": nil,
		"data": emulate.Record{"token": pair.Access, "settings": s.settings(1, "1")},
	})
}

// settings are a user's; the first day of the week is text at the sign-in and
// a number in users/settings.
func (s *Server) settings(user int64, firstDay any) emulate.Record {
	accounts := []any{}
	for i, id := range s.accounts() {
		accounts = append(accounts, emulate.Record{"account_id": id, "account_name": "Demo company " + strconv.Itoa(i+1)})
	}
	return emulate.Record{
		"user_id":                user,
		"master_company_account": s.CompanyAccount,
		"first_day_of_week":      firstDay,
		"timezone":               zoneName,
		"locale_clock":           "24",
		"locale_date":            "d.m.Y",
		"locale_number":          emulate.Record{"thousandSeparator": " ", "decimalSeparator": ","},
		"company_accounts":       accounts,
	}
}
