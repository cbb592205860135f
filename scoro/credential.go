package scoro

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
)

// A Credential is what a site knows a program by: a user token, the company's
// API key, or both. With both, the module decides: the key where only the key
// is known to work, else the user token.
type Credential struct {
	UserToken auth.TokenSource // nil for none; a session over SignIn renews itself
	APIKey    auth.TokenSource // nil for none
	// CompanyAccount is the company_account_id of the business entity inside
	// the site. It often equals the site's name, but not always. Empty means
	// the one that the login named.
	CompanyAccount string

	fixed bool // made from plain texts: no login will name an account
}

// UserToken returns the credential of a user, from a token that was obtained
// before. [SignIn] obtains one by name and password.
func UserToken(token, companyAccount string) Credential {
	return Credential{UserToken: auth.Static(token), CompanyAccount: companyAccount, fixed: true}
}

// APIKey returns the credential of the company, from its API key.
func APIKey(key, companyAccount string) Credential {
	return Credential{APIKey: auth.Static(key), CompanyAccount: companyAccount, fixed: true}
}

// checked returns the credential without white space around the account.
func (c Credential) checked() (Credential, error) {
	c.CompanyAccount = strings.TrimSpace(c.CompanyAccount)
	switch {
	case c.UserToken == nil && c.APIKey == nil:
		return c, errors.New("the credential has neither a user token nor an API key; give one")
	case c.fixed && c.CompanyAccount == "":
		return c, errors.New("the credential has no CompanyAccount; give the company_account_id from Scoro's site settings")
	case strings.ContainsFunc(c.CompanyAccount, unicode.IsControl):
		return c, errors.New("the credential's CompanyAccount has a line break or another control character in it")
	}
	return c, cmp.Or(checkSource("UserToken", c.UserToken), checkSource("APIKey", c.APIKey))
}

func checkSource(member string, source auth.TokenSource) error {
	if source == nil {
		return nil
	}
	if err := auth.Check(source); err != nil {
		return fmt.Errorf("the credential's %s: %w", member, err)
	}
	return nil
}

// The only list of modules that take one kind of credential comes from one
// integrator and is undated, and working programs contradict it in part. So it
// only decides between two credentials, and explains a refusal.
var (
	keyModules  = []string{"properties", "meters", "readings", "priceLists", "productGroups", "depot"}
	userModules = []string{"bookmarks", "search", "webhooks"}
)

// moduleOf returns the module in a path such as "/tasks/list".
func moduleOf(op connector.Operation) string {
	module, _, _ := strings.Cut(strings.TrimPrefix(op.Path, "/"), "/")
	return module
}

// usesKey reports whether a call goes out with the API key.
func (c Credential) usesKey(op connector.Operation) bool {
	if c.UserToken == nil || c.APIKey == nil {
		return c.APIKey != nil
	}
	return slices.Contains(keyModules, moduleOf(op))
}

// wantsOther returns the credential that a module is said to want, if the call
// went out with the other one.
func (c Credential) wantsOther(op connector.Operation) string {
	switch module := moduleOf(op); {
	case !c.usesKey(op) && slices.Contains(keyModules, module):
		return "the company's API key"
	case c.usesKey(op) && slices.Contains(userModules, module):
		return "a user token"
	}
	return ""
}
