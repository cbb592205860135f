package procoretest

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"github.com/cordage-go/cordage/internal/emulate"
)

// authorize begins the way on which a user lets the app in. A client or
// address that is not registered is told to the user and never redirected to.
func (s *signIn) authorize(c *emulate.Call) emulate.Answer {
	query := c.URL.Query()
	if query.Get("client_id") != s.clientID {
		return s.consent.Refuse(http.StatusUnauthorized, "This app is not known", "invalid_client: client_id is unknown")
	}
	if !s.isRegistered(query.Get("redirect_uri")) {
		return s.consent.Refuse(http.StatusBadRequest, "This app asks from a wrong address",
			"invalid_redirect_uri: redirect_uri is not one of the app's, compared whole, with scheme, port and last slash")
	}
	if code, why := s.checkRequest(query); code != "" {
		return s.back(query, url.Values{"error": {code}, "error_description": {why}})
	}
	switch {
	case s.options.RefuseConsent:
		return s.denied(query)
	case s.options.AutoConsent:
		return s.allowed(query, demoEmail)
	}
	return s.consent.Begin(c, func(string) emulate.Petition { return s.petition(query) })
}

// checkRequest is what the app is told in the redirect if its request is wrong.
func (s *signIn) checkRequest(query url.Values) (code, why string) {
	challenged := query.Has("code_challenge") || query.Has("code_challenge_method")
	switch {
	case query.Get("response_type") != "code":
		return "unsupported_response_type", "response_type must be code"
	case !challenged || s.options.PKCE == PKCEIgnored:
		return "", ""
	case s.options.PKCE == PKCERefused:
		return "invalid_request", "code_challenge is not a parameter of this request"
	case query.Get("code_challenge") == "" || query.Get("code_challenge_method") != "S256":
		return "invalid_request", "code_challenge_method must be S256, with a code_challenge"
	}
	return "", ""
}

// petition is what the consent page shows.
func (s *signIn) petition(query url.Values) emulate.Petition {
	app := cmp.Or(s.options.AppName, "Demo App")
	company, _ := s.state.Get("companies", companyID(0))
	return emulate.Petition{
		Title: app + " asks for access",
		Text:  []string{app + " wants to read and change, on your behalf, what you can see and change in Procore."},
		Facts: []emulate.Fact{
			{Name: "App", Value: app}, {Name: "Company", Value: emulate.IDText(company["name"])}, {Name: "Returns to", Value: query.Get("redirect_uri")},
		},
		Buttons: []emulate.Button{{ID: "allow", Label: "Allow"}, {ID: "deny", Label: "Deny"}},
		Query:   query,
	}
}

// decided follows a user's answer on the consent page.
func (s *signIn) decided(_ *emulate.Call, d emulate.Decision) emulate.Answer {
	if d.Answer == "allow" {
		return s.allowed(d.Query, d.User)
	}
	return s.denied(d.Query)
}

func (s *signIn) allowed(query url.Values, user string) emulate.Answer {
	challenge := query.Get("code_challenge")
	if s.options.PKCE == PKCEIgnored {
		challenge = ""
	}
	subject := user
	if user == demoEmail {
		subject = demoSubject()
	}
	return s.back(query, url.Values{"code": {s.code(query.Get("redirect_uri"), subject, challenge)}})
}

func (s *signIn) denied(query url.Values) emulate.Answer {
	return s.back(query, url.Values{"error": {"access_denied"}, "error_description": {"The resource owner denied the request"}})
}

// back takes the user back to the app, or shows what it would be told.
func (s *signIn) back(query, answer url.Values) emulate.Answer {
	redirect := query.Get("redirect_uri")
	if redirect == outOfBand {
		return shown(answer)
	}
	if query.Has("state") {
		answer.Set("state", query.Get("state"))
	}
	return emulate.Redirect(redirect, answer)
}

// shown is the page of the out-of-band way.
func shown(answer url.Values) emulate.Answer {
	if code := answer.Get("code"); code != "" {
		return emulate.Screen{
			Platform: "Procore", Title: "Authorization code", Text: []string{"Copy this code into the app. It works once, within 10 minutes."}, Code: code,
		}.Answer(http.StatusOK)
	}
	return emulate.Screen{
		Platform: "Procore", Title: "No authorization code", Alert: answer.Get("error") + ": " + answer.Get("error_description"),
	}.Answer(http.StatusOK)
}

func (s *signIn) code(redirect, subject, challenge string) string {
	return s.tokens.NewCode(emulate.Code{
		Holder: emulate.Holder{Client: s.clientID, Subject: subject}, Redirect: redirect, Challenge: challenge, Life: codeLife,
	})
}

// verifier is the code_verifier of a token request, where it counts.
func (s *signIn) verifier(form map[string]string) string {
	if s.options.PKCE == PKCEIgnored {
		return ""
	}
	return form["code_verifier"]
}

func (s *signIn) addRedirect(uri string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.redirects = append(s.redirects, uri)
}

func (s *signIn) isRegistered(uri string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.redirects, uri)
}
