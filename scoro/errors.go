package scoro

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
)

// codeAppID marks a 401 that is about the app, not about the token.
const codeAppID = "app_id"

// failure reads an error out of an answer. Scoro says "no" in two ways: by an
// HTTP status, and by an envelope inside a 200.
func (e *envelope) failure(call *connector.Call, a *rest.Answer) *connector.Error {
	var failure *connector.Error
	members, err := a.Members()
	if err != nil {
		failure = e.noEnvelope(a)
	} else {
		failure = e.inEnvelope(call, a, members)
	}
	if failure == nil {
		return nil
	}
	if failure.Status == http.StatusTooManyRequests {
		limited(failure, a.Header)
	}
	if call.Operation.Class == connector.Token && (err == nil || failure.Status == http.StatusUnauthorized) {
		refusedLogin(failure)
	}
	return failure
}

func (e *envelope) inEnvelope(call *connector.Call, a *rest.Answer, members map[string]json.RawMessage) *connector.Error {
	status := statusOf(a, members)
	if status < 400 {
		return nil
	}
	failure := &connector.Error{Status: status, Kind: rest.KindOf(status)}
	failure.Message, failure.Fields = messages(members["messages"], members["errors"])
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		e.refusal(call, failure)
	case http.StatusNotFound:
		failure.Remedy = "check the id; Scoro answers unknown modules and actions in the same way"
	}
	return failure
}

// refusedLogin marks a login that Scoro refused: it is not repeated by itself,
// since that could lock the user out.
func refusedLogin(failure *connector.Error) {
	remedy := "correct username, password and company account, then sign in again; it is not repeated by itself. " +
		"Users with two-factor or single sign-on presumably cannot sign in by password: make one for the API, or use the API key"
	if failure.Code == codeAppID {
		remedy = failure.Remedy
	}
	rest.RefusedSignIn(failure, remedy)
}

// noEnvelope explains an answer that is not Scoro's JSON.
func (e *envelope) noEnvelope(a *rest.Answer) *connector.Error {
	failure := &connector.Error{Status: a.Status, Kind: rest.KindOf(a.Status)}
	body := bytes.TrimSpace(a.Body)
	switch {
	case a.Status == http.StatusForbidden && bytes.Contains(body, []byte("1010")):
		failure.Message = "the network in front of Scoro refused the client's User-Agent (Cloudflare 1010)"
		failure.Remedy = "set Options.UserAgent to your product's name and version"
	case a.Status < 500 && bytes.HasPrefix(body, []byte("<")):
		failure.Message = "a web page answered, not the API of " + e.site.host()
		failure.Remedy = "check the site's name, or Options.BaseURL, which ends in /api/v2: Scoro answers unknown sites in this way"
		if a.Status < 400 || a.Status == http.StatusNotFound {
			failure.Kind = connector.Decode // what was asked for may well exist
		}
	case a.Status < 400:
		return nil // the pipeline explains what cannot be read
	}
	return failure
}

// statusOf is the effective status: HTTP's, else the envelope's.
func statusOf(a *rest.Answer, members map[string]json.RawMessage) int {
	if a.Status >= 400 {
		return a.Status
	}
	if code, err := wire.Int(members["statusCode"]); err == nil && code >= 400 {
		return int(code)
	}
	text, _ := wire.Text(members["status"])
	if strings.EqualFold(text, "ERROR") || !empty(members["errors"]) {
		return http.StatusBadRequest // a refusal without a code
	}
	return a.Status
}

func empty(raw json.RawMessage) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "", "null", "[]", "{}", `""`, "false":
		return true
	}
	return false
}

// limited tells a used-up day, where waiting is useless, from the short window.
func limited(failure *connector.Error, h http.Header) {
	if rest.HeaderCount(h, "X-Daily-Requests-Remaining") != 0 {
		return
	}
	failure.Kind = connector.QuotaExhausted
	failure.RetryAfter = rest.HeaderSeconds(h, "X-Daily-Requests-Reset")
	failure.Remedy = "wait until midnight UTC, or ask Scoro for a larger daily allowance"
}

// refusal finds out what a 401 or 403 is about.
func (e *envelope) refusal(call *connector.Call, failure *connector.Error) {
	text := strings.ToLower(failure.Message)
	other := e.cred.wantsOther(call.Operation)
	key := e.cred.usesKey(call.Operation)
	switch {
	case strings.Contains(text, "app-id") || strings.Contains(text, "app id") || strings.Contains(text, "app_id"):
		failure.Code = codeAppID
		failure.Remedy = "set Options.AppID to the App ID from Scoro's Developer Portal"
	case other != "":
		failure.Remedy = fmt.Sprintf("module %s is said to want %s: add it to the credential", moduleOf(call.Operation), other)
	case strings.Contains(text, "company"):
		failure.Remedy = "check Credential.CompanyAccount: it must be a company_account_id of this site"
	case failure.Status == http.StatusForbidden:
		failure.Remedy = "check that this user may do this, and that the credential belongs to this site"
	case key:
		failure.Remedy = "check the API key in Scoro's site settings, Options.AppID if the app is public, and the site"
	default:
		failure.Remedy = "check the user token, or log in for a new one; a public app must set Options.AppID too"
	}
}

// messages flattens what Scoro writes as null, text, a list, or an object of
// any of these, into one text and, where fields are named, a text per field.
func messages(parts ...json.RawMessage) (string, map[string][]string) {
	var all []string
	fields := map[string][]string{}
	for _, part := range parts {
		collect(part, "", 0, &all, fields)
	}
	if len(fields) == 0 {
		fields = nil
	}
	return strings.Join(all, "; "), fields
}

// deepest is how deep messages are looked for: each level is read anew.
const deepest = 8

func collect(raw json.RawMessage, field string, depth int, all *[]string, fields map[string][]string) {
	if empty(raw) || depth > deepest {
		return
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		for _, item := range list {
			collect(item, field, depth+1, all, fields)
		}
		return
	}
	if members, err := wire.Members(raw); err == nil {
		for _, key := range slices.Sorted(maps.Keys(members)) {
			inner := key
			if key == "error" || key == "errors" {
				inner = field
			}
			collect(members[key], inner, depth+1, all, fields)
		}
		return
	}
	text, err := wire.Text(raw)
	if err != nil {
		return
	}
	if field == "" {
		*all = append(*all, text)
		return
	}
	fields[field] = append(fields[field], text)
	*all = append(*all, field+": "+text)
}
