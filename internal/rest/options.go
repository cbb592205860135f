package rest

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/cordage-go/cordage/connector"
)

// complete fills defaults and checks bounds.
func complete(p Platform, o connector.Options) (connector.Options, error) {
	if o.BaseURL == "" {
		o.BaseURL = p.BaseURL
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Minute
	}
	if o.MaxWait == 0 {
		o.MaxWait = time.Minute
	}
	if o.MaxAttempts == 0 {
		o.MaxAttempts = 4
	}
	if o.MaxBody == 0 {
		o.MaxBody = 64 << 20
	}
	o.MaxBody = min(o.MaxBody, math.MaxInt64/2) // room to count a little beyond it
	if o.DryRun != nil {
		o.DryRun = &inTurn{Writer: o.DryRun}
	}
	return o, OptionError(p.Name, "New", checkBounds(o))
}

func checkBounds(o connector.Options) error {
	switch {
	case o.Timeout < 0:
		return errors.New("option Timeout must not be negative; leave it zero for 2 minutes")
	case o.MaxWait < 0:
		return errors.New("option MaxWait must not be negative; leave it zero for 1 minute")
	case o.MaxAttempts < 1 || o.MaxAttempts > 10:
		return fmt.Errorf("option MaxAttempts must lie between 1 and 10, not %d; leave it zero for 4", o.MaxAttempts)
	case o.MaxBody < 0:
		return errors.New("option MaxBody must not be negative; leave it zero for 64 MiB")
	case hasControl(o.UserAgent):
		return errors.New("option UserAgent must not contain control characters")
	case hasControl(o.Account):
		return errors.New("option Account must not contain control characters")
	}
	return nil
}

// OptionError turns what is wrong with an argument or an option of a function
// such as New into the platform's error; nil stays nil.
func OptionError(platform, function string, err error) error {
	if err == nil {
		return nil
	}
	return &connector.Error{Platform: platform, Operation: function, Kind: connector.Invalid, Message: err.Error(), Err: err}
}

// CheckURL reads the base URL given for option. It must be https, or http to a
// loopback address, and bare: no user, query or fragment.
func CheckURL(option, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case text == "":
		return nil, fmt.Errorf("%s is empty; write it like https://api.example.com", option)
	case err != nil || u.Hostname() == "" || hasControl(text):
		return nil, fmt.Errorf("%s is not an absolute URL; write it like https://api.example.com", option)
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(text, "#"):
		return nil, fmt.Errorf("%s must have no user, query or fragment; give the bare address", option)
	case u.Scheme == "https", IsLoopback(u):
		u.Path = strings.TrimRight(u.Path, "/")
		u.RawPath = ""
		return u, nil
	}
	return nil, fmt.Errorf("%s must use https; plain http is for loopback addresses alone", option)
}

// CheckText checks an option that a person copies from somewhere: it must not
// be empty, nor have white space around it or a control character in it. It
// never shows the text.
func CheckText(option, text, hint string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return fmt.Errorf("%s is empty; %s", option, hint)
	case strings.TrimSpace(text) != text, hasControl(text):
		return fmt.Errorf("%s has white space around it, or a line break in it; trim it", option)
	}
	return nil
}

// IsLoopback reports whether u is plain http to this machine.
//
// The name localhost counts: it is what people write, and nothing but the
// machine itself may answer to it (RFC 6761, section 6.3).
func IsLoopback(u *url.URL) bool {
	if u.Scheme != "http" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return strings.EqualFold(u.Hostname(), "localhost") || err == nil && ip.IsLoopback()
}

func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return true
		}
	}
	return false
}
