package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/directory"
	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/scoro/scorotest"
	"github.com/cordage-go/cordage/securityscorecard"
	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

// A platform is an emulator behind a proxy, and one operation that creates a
// record of a name.
type platform struct {
	name  string
	on    string // the operation, as the emulator's faults name it
	proxy *faultyProxy
	round int

	inject func(procoretest.Fault)
	names  func() []string // of all records that the server has
	stop   func() error
	client func(o connector.Options) (write, io.Closer, error)
	plain  func(base, name string) (*http.Request, error) // the same call by hand
}

// A write creates a record for a tenant.
type write func(ctx context.Context, name string, opts ...connector.CallOption) error

func platforms() []func() (*platform, error) {
	return []func() (*platform, error){scoroPlatform, procorePlatform, securityScorecardPlatform}
}

// behindProxy completes the platform of an emulator that listens at address.
func behindProxy(address string, p *platform) (*platform, error) {
	proxy, err := startProxy(address)
	if err != nil {
		return nil, errors.Join(err, p.stop())
	}
	p.proxy = proxy
	return p, nil
}

func (p *platform) close() {
	p.proxy.listener.Close()
	_ = p.stop() // what it served is known
}

// transport is the library's, dialling as the proxy likes. It keeps no
// connection where each call shall look for one.
func (p *platform) transport(m mishap) *http.Transport {
	t := connector.NewTransport()
	t.DialContext, t.DisableKeepAlives = p.proxy.dial, m.spoil == refuse
	return t
}

// writer makes writes with the library's client, each for a tenant of its own,
// so that no retry budget ends.
func (p *platform) writer(m mishap) (writer, func(), error) {
	transport := p.transport(m)
	write, client, err := p.client(connector.Options{BaseURL: p.proxy.url, Transport: transport, Pacer: unpaced{}})
	if err != nil {
		return nil, nil, err
	}
	limit := 30 * time.Second
	if m.late {
		limit = writeTime
	}
	one := func(ctx context.Context, name string) error {
		return write(ctx, name, connector.Account(name), connector.Timeout(limit))
	}
	return one, func() { client.Close(); transport.CloseIdleConnections() }, nil
}

// usual makes them with go-retryablehttp and its own policies. Only its pauses
// are shortened, which changes nothing of what it repeats.
func (p *platform) usual(m mishap) (writer, func(), error) {
	transport := p.transport(m)
	client := retryablehttp.NewClient()
	client.Logger, client.RetryWaitMin, client.RetryWaitMax = nil, 10*time.Millisecond, 50*time.Millisecond
	client.HTTPClient.Transport = transport
	if m.late {
		client.HTTPClient.Timeout = writeTime
	}
	one := func(ctx context.Context, name string) error {
		plain, err := p.plain(p.proxy.url, name)
		if err != nil {
			return err
		}
		request, err := retryablehttp.FromRequest(plain.WithContext(ctx))
		if err != nil {
			return err
		}
		answer, err := client.Do(request)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.StatusCode >= 300 {
			return errors.New(answer.Status)
		}
		return json.NewDecoder(answer.Body).Decode(new(any))
	}
	return one, transport.CloseIdleConnections, nil
}

// post makes a request by hand.
func post(address string, header http.Header, body any) (*http.Request, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	r.Header = header
	r.Header.Set("Content-Type", "application/json")
	return r, nil
}

func scoroPlatform() (*platform, error) {
	server, err := scorotest.Listen("127.0.0.1:0", &scorotest.Options{Empty: true})
	if err != nil {
		return nil, err
	}
	return behindProxy(server.URL, &platform{
		name: "scoro", on: "/projects/modify", inject: server.Inject, stop: server.Close,
		names: func() []string { return texts(server.Records("projects"), "project_name") },
		client: func(o connector.Options) (write, io.Closer, error) {
			cred := scoro.Credential{UserToken: auth.Static(server.UserToken), CompanyAccount: server.CompanyAccount}
			c, err := scoro.New(server.Site, cred, &scoro.Options{Options: o})
			if err != nil {
				return nil, nil, err
			}
			return func(ctx context.Context, name string, opts ...connector.CallOption) error {
				_, err := c.Projects.Create(ctx, &scoro.ProjectCreate{Name: name}, opts...)
				return err
			}, c, nil
		},
		plain: func(base, name string) (*http.Request, error) {
			r, err := post(base+"/projects/modify", http.Header{}, map[string]any{
				"user_token": server.UserToken, "company_account_id": server.CompanyAccount, "request": map[string]string{"project_name": name},
			})
			if err == nil {
				r.Host = server.Site + ".scoro.com"
			}
			return r, err
		},
	})
}

func procorePlatform() (*platform, error) {
	server, err := procoretest.Listen("127.0.0.1:0", &procoretest.Options{Empty: true})
	if err != nil {
		return nil, err
	}
	return behindProxy(server.URL, &platform{
		name: "procore", on: "POST /rest/v1.0/vendors", inject: server.Inject, stop: server.Close,
		names: func() []string { return texts(server.Records("vendors"), "name") },
		client: func(o connector.Options) (write, io.Closer, error) {
			c, err := procore.New(auth.Static(server.AccessToken), &procore.Options{CompanyID: server.CompanyID, Options: o})
			if err != nil {
				return nil, nil, err
			}
			vendors := directory.New(c).CompanyVendors
			return func(ctx context.Context, name string, opts ...connector.CallOption) error {
				_, err := vendors.Create(ctx, &directory.CompanyVendorInput{Name: &name}, nil, opts...)
				return err
			}, c, nil
		},
		plain: func(base, name string) (*http.Request, error) {
			header := http.Header{"Authorization": {"Bearer " + server.AccessToken}}
			header.Set("Procore-Company-Id", fmt.Sprint(server.CompanyID))
			return post(base+"/rest/v1.0/vendors", header, map[string]any{"company_id": server.CompanyID, "vendor": map[string]string{"name": name}})
		},
	})
}

func securityScorecardPlatform() (*platform, error) {
	server, err := securityscorecardtest.Listen("127.0.0.1:0", &securityscorecardtest.Options{Empty: true})
	if err != nil {
		return nil, err
	}
	return behindProxy(server.URL, &platform{
		name: "securityscorecard", on: "POST /portfolios", inject: server.Inject, stop: server.Close,
		names: func() []string { return texts(server.Records("portfolios"), "name") },
		client: func(o connector.Options) (write, io.Closer, error) {
			c, err := securityscorecard.New(auth.Static(server.Token), &securityscorecard.Options{Options: o})
			if err != nil {
				return nil, nil, err
			}
			return func(ctx context.Context, name string, opts ...connector.CallOption) error {
				_, err := c.Portfolios.Create(ctx, &securityscorecard.PortfolioCreate{Name: name}, opts...)
				return err
			}, c, nil
		},
		plain: func(base, name string) (*http.Request, error) {
			return post(base+"/portfolios", http.Header{"Authorization": {"Token " + server.Token}}, map[string]string{"name": name})
		},
	})
}
