package scoro

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
	"github.com/cordage-go/cordage/pace"
)

// Options are the settings of a client. The zero value is right for a private
// app in production.
type Options struct {
	// AppID is the App ID of a public integration, from Scoro's Developer
	// Portal. It is sent with every call. Private apps have none.
	AppID string
	// Location is the site's time zone, in which date-times without a zone are
	// read. Nil means the zone of the user who logged in, by [LogIn] or [SignIn],
	// else UTC.
	Location *time.Location
	// Lang is the language of localized texts, three letters such as "eng";
	// empty leaves it to the site.
	Lang string

	connector.Options
}

// A Client calls one Scoro site. It is safe for concurrent use. Its services
// are named after Scoro's modules.
type Client struct {
	services
	service service
	tenant  tenant
	shared  *shared
	rest    *rest.Client // its own token source is the user token
}

// shared is what a client and its copies have in common.
type shared struct {
	options Options
	home    site        // the first client's, whose time zone is Options.Location
	local   *wire.Codec // reads date-times without a zone in Options.Location
	utc     *wire.Codec // in UTC
	zones   zones       // in that of a login
	pacing  pace.Policy
}

// A tenant is what is a copy's own. It is kept small: what a call needs besides
// is made for that call.
type tenant struct {
	site site
	cred *Credential // nil for a user token alone, whose login names the account
}

// New returns a client of a site with a credential. site is the site's name
// ("acme") or host ("acme.scoro.com", "acme.scoro.ee"). o may be nil.
//
// A malformed site, credential or option is an error of kind
// [connector.Invalid] that names it. Nothing is sent.
func New(site string, cred Credential, o *Options) (*Client, error) {
	if o == nil {
		o = &Options{}
	}
	t, err := newTenant(site, cred)
	if err == nil && strings.ContainsFunc(o.AppID, func(r rune) bool { return r <= ' ' || r > '~' }) {
		err = errors.New("option AppID must be the plain App ID from the Developer Portal")
	}
	if err != nil {
		return nil, rest.OptionError(name, "New", err)
	}
	common := &shared{options: *o, home: t.site, local: wire.Scoro(o.Location), utc: wire.Scoro(nil), pacing: Pacing()}
	pipeline, err := rest.New(*common.platform(t, cred.UserToken), cred.UserToken, o.Options)
	if err != nil {
		return nil, err
	}
	return newClient(t, common, pipeline), nil
}

func newClient(t tenant, common *shared, pipeline *rest.Client) *Client {
	c := &Client{tenant: t, shared: common, rest: pipeline}
	c.service.client = c
	c.services = newServices(&c.service)
	return c
}

func newTenant(siteText string, cred Credential) (tenant, error) {
	where, err := parseSite(siteText)
	if err != nil {
		return tenant{}, err
	}
	if cred, err = cred.checked(); err != nil {
		return tenant{}, err
	}
	if cred.APIKey == nil && cred.CompanyAccount == "" {
		return tenant{site: where}, nil
	}
	return tenant{site: where, cred: &cred}, nil
}

// platform describes Scoro, as a tenant sees it, to the pipeline.
func (s *shared) platform(t tenant, user auth.TokenSource) *rest.Platform {
	e := &envelope{shared: s, site: t.site, located: s.options.Location != nil && t.site == s.home}
	if e.cred.UserToken = user; t.cred != nil {
		e.cred = *t.cred
	}
	return &rest.Platform{
		Name:      name,
		BaseURL:   t.site.baseURL(),
		Codec:     e.codec(),
		Reader:    e.reader,
		Tokens:    e.source,
		Prepare:   e.prepare,
		Body:      e.body,
		Authorize: e.authorize,
		Failure:   e.failure,
		Renewable: func(err *connector.Error) bool { return err.Code != codeAppID },
		Pacing:    s.pacing,
		PaceKey:   func(*connector.Call) string { return paceKey(t.site, e.cred) },
	}
}

// As returns a client for another tenant, with its own site and credential. It
// shares connections and pacing with c; the options become defaults of its
// calls. Options.Location goes along only to the same site: another one's zone
// is that of its login, else UTC. Closing the copy leaves c open; closing c
// closes the copy. A copy takes about half a kilobyte, so that a program can
// hold one for each of its tenants.
func (c *Client) As(site string, cred Credential, opts ...connector.CallOption) (*Client, error) {
	t, err := newTenant(site, cred)
	if err != nil {
		return nil, rest.OptionError(name, "As", err)
	}
	return newClient(t, c.shared, c.rest.As(cred.UserToken, opts...)), nil
}

// pipeline returns what sends one call of the tenant.
func (c *Client) pipeline() (*rest.Client, error) {
	platform := c.shared.platform(c.tenant, c.rest.Source())
	return c.rest.At(platform, cmp.Or(c.shared.options.BaseURL, platform.BaseURL))
}

// Do calls an operation: one of the package's, or your own for a module that
// has no methods here. in is the content of the envelope's request member; out
// gets what stands under data. Either may be nil.
//
//	op := connector.Operation{ID: "Meters.Get", Method: "POST", Path: "/meters/view/{id}", Class: connector.Read}
//	err := client.Do(ctx, op.At(17), nil, &meter)
//
// All errors are [connector.Error].
func (c *Client) Do(ctx context.Context, op connector.Operation, in, out any, opts ...connector.CallOption) error {
	pipeline, err := c.pipeline()
	if err != nil {
		return err
	}
	return pipeline.Do(ctx, op, in, out, opts...)
}

// Decode reads an answer that a method returned as JSON, because its form is
// not documented, into out: a pointer to a struct, a slice or a map. It is as
// lenient as the reading of typed answers: values that do not fit stay unset
// and are told to Options.OnDrift. JSON of another outer shape than out is an
// error of kind [connector.Decode].
//
// Date-times without a zone are read in Options.Location, and in UTC without it.
func (c *Client) Decode(raw json.RawMessage, out any) error {
	pipeline, err := c.pipeline()
	if err != nil {
		return err
	}
	return pipeline.Decode(connector.Operation{ID: "Decode", Class: connector.Read}, raw, out)
}

// Close ends waits and running calls. Later calls fail with [connector.Closed].
// Calling it again does nothing.
func (c *Client) Close() error { return c.rest.Close() }

// A site is the host of one Scoro site: "acme.scoro.com".
type site string

func (s site) host() string { return string(s) }

func (s site) baseURL() string { return "https://" + s.host() + "/api/v2" }

// parseSite reads what people take for their site: a name, a host, an address.
func parseSite(text string) (site, error) {
	cleaned := strings.ToLower(strings.TrimSpace(text))
	if _, rest, found := strings.Cut(cleaned, "://"); found {
		cleaned = rest
	}
	cleaned, _, _ = strings.Cut(cleaned, "/")
	if cleaned == "" {
		return "", errors.New("the site is empty; give its name, such as acme for acme.scoro.com")
	}
	for label := range strings.SplitSeq(cleaned, ".") {
		if !isLabel(label) {
			// The text is not shown: it may be a key in the wrong place.
			return "", errors.New("the site is malformed; give its name, such as acme for acme.scoro.com")
		}
	}
	if !strings.Contains(cleaned, ".") {
		return site(cleaned + ".scoro.com"), nil
	}
	return site(cleaned), nil
}

func isLabel(s string) bool {
	return s != "" && len(s) <= 63 && s[0] != '-' && s[len(s)-1] != '-' &&
		strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// zones keeps one codec for each time zone that a login named.
type zones struct{ codecs sync.Map }

// codec returns nil for a name that is no zone's.
func (z *zones) codec(zone string) *wire.Codec {
	if codec, ok := z.codecs.Load(zone); ok {
		return codec.(*wire.Codec)
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		return nil
	}
	kept, _ := z.codecs.LoadOrStore(zone, wire.Scoro(location))
	return kept.(*wire.Codec)
}
