package scoro

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
)

const name = "scoro"

// rows is how every Scoro list is paged: by number from 1, in the body, at
// most 100 rows, or 25 with Detailed, whatever is asked. Nothing tells the
// number of rows or of pages; a short page is the last one.
var rows = connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "per_page", Default: 100, Max: 100, Short: true, Body: true}

const maxDetailed = 25

// An envelope wraps calls as Scoro wants them: everything travels in one JSON
// object by POST, the credential too.
type envelope struct {
	*shared
	site    site
	cred    Credential
	located bool // Options.Location is that of the site
}

func (e *envelope) source(call *connector.Call) (auth.TokenSource, error) {
	if e.cred.usesKey(call.Operation) {
		return e.cred.APIKey, nil
	}
	return e.cred.UserToken, nil
}

// codec is the one for answers of which no login told the zone.
func (e *envelope) codec() *wire.Codec {
	if e.located {
		return e.local
	}
	return e.utc
}

// reader is the codec for answers to a token's calls: its login told the
// user's time zone.
func (e *envelope) reader(t auth.Token) *wire.Codec {
	if e.located {
		return e.local
	}
	if zone := t.Extra[ExtraTimezone]; zone != "" {
		return cmp.Or(e.zones.codec(zone), e.utc)
	}
	return e.utc
}

// ownMembers of the envelope belong to the client.
var ownMembers = []string{"apiKey", "user_token", "company_account_id", "request", "filter", "page", "per_page"}

func (e *envelope) prepare(call *connector.Call) error {
	op := &call.Operation
	if op.Class == connector.Token {
		return nil
	}
	if op.Envelope == "" {
		op.Envelope = "data"
	}
	if op.Class != connector.Read {
		op.NoAnswer = true // a change may be answered without data
	}
	if _, action, _ := strings.Cut(strings.Trim(op.Path, "/"), "/"); strings.HasPrefix(action, "modify") {
		withDefault(call, "return_data", 1) // else a change answers nothing
	}
	if call.Envelope[memberDetailed] != nil {
		op.Paging.Max = maxDetailed
	}
	for _, member := range ownMembers {
		if _, set := call.Envelope[member]; set {
			return fmt.Errorf("the envelope's member %s cannot be set by a call", member)
		}
	}
	return e.moveQuery(call)
}

// moveQuery makes filters of the typed query, which on other platforms stands
// in the address. A filter that the call names itself wins.
func (e *envelope) moveQuery(call *connector.Call) error {
	typed, err := e.codec().Filter(call.Query)
	if err != nil {
		return err
	}
	call.Query = nil
	filter := map[string]any{}
	for name, value := range typed {
		filter[name] = value
	}
	maps.Copy(filter, call.Filter)
	call.Filter = filter
	return nil
}

func withDefault(call *connector.Call, name string, value any) {
	if _, set := call.Envelope[name]; !set {
		call.Envelope = maps.Clone(call.Envelope)
		Member(name, value)(call)
	}
}

// body writes the envelope without the credential.
func (e *envelope) body(call *connector.Call, in any) ([]byte, error) {
	if call.Operation.Class == connector.Token {
		return e.codec().Encode(in)
	}
	members := map[string]any{}
	if e.options.Lang != "" {
		members["lang"] = e.options.Lang
	}
	maps.Copy(members, call.Envelope)
	request, err := rest.Scoped(call, in, e.codec())
	if err != nil {
		return nil, err
	}
	members["request"] = request
	filter, err := e.filter(call)
	if err != nil {
		return nil, err
	}
	if len(filter) > 0 {
		members["filter"] = filter
	}
	if call.Operation.Paging.Body {
		members["page"], members["per_page"] = rest.Place(call)
	}
	return e.codec().Encode(members)
}

// filter joins checked filters and raw ones.
func (e *envelope) filter(call *connector.Call) (map[string]json.RawMessage, error) {
	filter := map[string]json.RawMessage{}
	for _, more := range []map[string]any{call.Filter, call.RawFilter} {
		for _, key := range slices.Sorted(maps.Keys(more)) {
			data, err := e.codec().Encode(more[key])
			if err != nil {
				return nil, fmt.Errorf("filter %s: %w", key, err)
			}
			filter[key] = data
		}
	}
	return filter, nil
}

// authorize puts the credential into the body, last, so that nothing behind it
// can replace it, and the app id into its header.
func (e *envelope) authorize(call *connector.Call, r *http.Request, body []byte, t auth.Token) error {
	e.identify(r)
	if call.Operation.Class == connector.Token {
		return nil
	}
	account := cmp.Or(e.cred.CompanyAccount, t.Account)
	if account == "" {
		return errors.New("no company account: set Credential.CompanyAccount")
	}
	member := "user_token"
	if e.cred.usesKey(call.Operation) {
		member = "apiKey"
	}
	members, ok := bytes.CutSuffix(bytes.TrimSpace(body), []byte("}"))
	if !ok {
		return errors.New("the body must be a JSON object")
	}
	credential, err := json.Marshal(map[string]string{"company_account_id": account, member: t.Access.Reveal()})
	if err != nil {
		return err
	}
	whole := slices.Concat(members, []byte(","), credential[1:])
	if bytes.Equal(members, []byte("{")) {
		whole = credential
	}
	setBody(r, whole)
	return nil
}

// identify adds what is sent with every call, signing in included. A stand-in
// for Scoro on this machine learns the site as Scoro itself does, by the host.
func (e *envelope) identify(r *http.Request) {
	if e.options.AppID != "" {
		r.Header.Set("Scoro-App-Id", e.options.AppID)
	}
	if rest.IsLoopback(r.URL) {
		r.Host = e.site.host()
	}
}

func setBody(r *http.Request, body []byte) {
	r.ContentLength = int64(len(body))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r.Body, _ = r.GetBody()
}
