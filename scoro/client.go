package scoro

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

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
	// read. Nil means the zone of the user who logged in by [SignIn], else UTC.
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
	site    site
	options Options
	rest    *rest.Client
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
	c := &Client{options: *o}
	platform, err := c.platform(site, cred)
	if err != nil {
		return nil, err
	}
	if c.rest, err = rest.New(platform, nil, o.Options, newPacer()); err != nil {
		return nil, err
	}
	c.services = newServices(c)
	return c, nil
}

// newPacer stays within the lowest window that is known of any plan: 25
// requests in any 2 seconds.
func newPacer() *pace.Pacer { return pace.New(10, 5, readPause) }

// platform checks the site and credential and describes Scoro to the pipeline.
func (c *Client) platform(siteText string, cred Credential) (rest.Platform, error) {
	parsed, err := parseSite(siteText)
	if err == nil {
		cred, err = cred.checked()
	}
	if err == nil && strings.ContainsFunc(c.options.AppID, func(r rune) bool { return r <= ' ' || r > '~' }) {
		err = errors.New("option AppID must be the plain App ID from the Developer Portal")
	}
	if err != nil {
		return rest.Platform{}, rest.OptionError(name, err)
	}
	c.site = parsed
	e := &envelope{appID: c.options.AppID, lang: c.options.Lang, site: parsed, cred: cred,
		codec: wire.Scoro(c.options.Location), fixedZone: c.options.Location != nil}
	return rest.Platform{
		Name:      name,
		BaseURL:   parsed.baseURL(),
		Codec:     e.codec,
		Reader:    e.reader,
		Tokens:    e.source,
		Prepare:   e.prepare,
		Body:      e.body,
		Authorize: e.authorize,
		Failure:   e.failure,
		Renewable: func(err *connector.Error) bool { return err.Code != codeAppID },
		Pause:     readPause,
		PaceKey:   func(call *connector.Call) string { return parsed.host() + "/" + call.Account },
	}, nil
}

// As returns a client for another tenant, with its own site and credential. It
// shares connections and pacing with c; the options become defaults of its
// calls. Options.Location goes along only to the same site: another one's zone
// is that of its login, else UTC. Closing the copy leaves c open; closing c
// closes the copy.
func (c *Client) As(site string, cred Credential, opts ...connector.CallOption) (*Client, error) {
	copied := &Client{options: c.options}
	if parsed, err := parseSite(site); err == nil && parsed != c.site {
		copied.options.Location = nil
	}
	platform, err := copied.platform(site, cred)
	if err != nil {
		return nil, err
	}
	copied.rest = c.rest.As(nil, opts...)
	if err := copied.rest.At(platform, cmp.Or(c.options.BaseURL, platform.BaseURL)); err != nil {
		return nil, err
	}
	copied.services = newServices(copied)
	return copied, nil
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
	return c.rest.Do(ctx, op, in, out, opts...)
}

// Decode reads an answer that a method returned as JSON, because its form is
// not documented, into out: a pointer to a struct, a slice or a map. It is as
// lenient as the reading of typed answers: values that do not fit stay unset
// and are told to Options.OnDrift. JSON of another outer shape than out is an
// error of kind [connector.Decode].
//
// Date-times without a zone are read in Options.Location, and in UTC without it.
func (c *Client) Decode(raw json.RawMessage, out any) error {
	return c.rest.Decode(connector.Operation{ID: "Decode", Class: connector.Read}, raw, out)
}

// Close ends waits and running calls. Later calls fail with [connector.Closed].
// Calling it again does nothing.
func (c *Client) Close() error { return c.rest.Close() }

// A site is one Scoro site's address.
type site struct {
	label  string // "acme"
	domain string // "scoro.com"
}

func (s site) host() string {
	if s.label == "" {
		return s.domain
	}
	return s.label + "." + s.domain
}

func (s site) baseURL() string { return "https://" + s.host() + "/api/v2" }

// parseSite reads what people take for their site: a name, a host, an address.
func parseSite(text string) (site, error) {
	cleaned := strings.ToLower(strings.TrimSpace(text))
	if _, rest, found := strings.Cut(cleaned, "://"); found {
		cleaned = rest
	}
	cleaned, _, _ = strings.Cut(cleaned, "/")
	if cleaned == "" {
		return site{}, errors.New("the site is empty; give its name, such as acme for acme.scoro.com")
	}
	for label := range strings.SplitSeq(cleaned, ".") {
		if !isLabel(label) {
			// The text is not shown: it may be a key in the wrong place.
			return site{}, errors.New("the site is malformed; give its name, such as acme for acme.scoro.com")
		}
	}
	label, domain, found := strings.Cut(cleaned, ".")
	switch {
	case !found:
		return site{label: label, domain: "scoro.com"}, nil
	case domain == "scoro.com", domain == "scoro.ee":
		return site{label: label, domain: domain}, nil
	}
	return site{domain: cleaned}, nil // a host of its own
}

func isLabel(s string) bool {
	return s != "" && len(s) <= 63 && s[0] != '-' && s[len(s)-1] != '-' &&
		strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// zones keeps one codec for each time zone that a token names.
type zones struct{ codecs sync.Map }

func (z *zones) codec(zone string, fallback *wire.Codec) *wire.Codec {
	if codec, ok := z.codecs.Load(zone); ok {
		return codec.(*wire.Codec)
	}
	codec := fallback
	if location, err := time.LoadLocation(zone); err == nil {
		codec = wire.Scoro(location)
	}
	kept, _ := z.codecs.LoadOrStore(zone, codec)
	return kept.(*wire.Codec)
}
