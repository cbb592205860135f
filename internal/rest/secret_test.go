package rest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// L1: a server that repeats what it was sent, in every place of an answer.
func TestEchoedCredential(t *testing.T) {
	filler := strings.Repeat("x", 290)
	slashed := strings.ReplaceAll(canary, "-", `\u002d`)
	for name, step := range map[string]faulttest.Step{
		"message":               status(400, `{"message":"bad token `+canary+`"}`),
		"message, escaped":      status(400, `{"message":"bad token `+slashed+`"}`),
		"message over its cut":  status(400, `{"message":"`+filler+canary+`"}`),
		"excerpt over its cut":  status(400, `{"error":"`+strings.Repeat("y", 490)+canary+`"}`),
		"other member":          status(400, `{"request":{"authorization":"`+canary+`"}}`),
		"name of a member":      status(400, `{"`+canary+`":"x"}`),
		"below an error":        status(400, `{"errors":{"`+canary+`":["`+canary+`"]}}`),
		"list":                  status(400, `["`+canary+`"]`),
		"text":                  status(400, canary),
		"HTML":                  status(400, "<html>"+canary),
		"success, unreadable":   status(200, canary),
		"success, wrong shape":  status(200, `["`+canary+`"]`),
		"success, wrong values": status(200, `{"id":7,"count":"`+canary+`"}`),
		"redirect":              faulttest.Step{Status: 302}.With("Location", "https://evil.example/"+canary+"?a="+canary),
		"content type":          status(200, "x").With("Content-Type", "text/plain; "+strings.Repeat("z", 400)),
		"500":                   status(500, `{"message":"`+canary+`"}`),
		"429":                   status(429, `{"message":"`+canary+`"}`).With("Retry-After", "1"),
	} {
		for _, op := range []connector.Operation{find, create} {
			t.Run(name+"/"+op.Class.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var log bytes.Buffer
					var drift []connector.Drift
					var events []connector.Event
					c := newClient(t, faulttest.NewTransport(faulttest.Steps(step)), connector.Options{
						Logger:  slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
						OnDrift: func(d connector.Drift) { drift = append(drift, d) },
						OnEvent: func(_ context.Context, e connector.Event) {
							events = append(events, e)
							if e.Err != nil {
								noCanary(t, e.Err)
							}
						},
					})
					_, err := rest.Send[thing](t.Context(), c, op, thing{}, nil)
					if err == nil && name != "success, wrong values" {
						t.Fatal("no error")
					}
					if err != nil {
						noCanary(t, err)
					}
					noCanary(t, log.String())
					noCanary(t, drift)
					noCanary(t, events)
				})
			})
		}
	}
}

// A token that is repeated as a member's name is found in the path to it, too,
// where a slash is written in another way.
func TestEchoedTokenInPath(t *testing.T) {
	const token = "begin/middle~end"
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewTransport(faulttest.Steps(status(200, `{"`+token+`"`)))
		c := newClientOf(t, headed(), auth.Static(token), server, connector.Options{MaxAttempts: 1})
		_, err := rest.Get[thing](t.Context(), c, find, nil, nil)
		if e, ok := connector.AsError(err); !ok || !strings.Contains(e.Message, "[redacted]") || strings.Contains(e.Message, "middle") {
			t.Errorf("got %v", err)
		}
	})
}

// L3: a client can be printed.
func TestPrintedClient(t *testing.T) {
	c := newClient(t, nil, connector.Options{})
	noCanary(t, c)
	noCanary(t, c.As(auth.Static(canary)))
}

// A sign-in carries its secrets in its body: those are kept out, too.
func TestEchoedSignIn(t *testing.T) {
	for _, body := range []any{
		[]byte("grant_type=refresh_token&refresh_token=" + url.QueryEscape(canary) + "&client_secret=" + canary),
		[]byte("code=" + canary),
		map[string]string{"username": "u", "password": canary},
		map[string]string{"client_secret": canary},
	} {
		onFakeTime(t, faulttest.Steps(status(400, `{"message":"what is `+canary+`?"}`)), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
			err := c.Do(t.Context(), signIn, body, nil)
			if e := wantKind(t, err, connector.Invalid); !strings.Contains(e.Message, "[redacted]") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// L2: a transport's error repeats the address; a query may hold a secret.
func TestTransportErrorsLoseTheirAddress(t *testing.T) {
	broken := tripper(func(r *http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("wrapped: %w", &url.Error{Op: "Get", URL: r.URL.String(), Err: errors.New("broken")})
	})
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, broken, connector.Options{})
		for _, op := range []connector.Operation{find, create} {
			_, err := rest.Send[thing](t.Context(), c, op, thing{}, []connector.CallOption{connector.Param("key", canary)})
			if err == nil {
				t.Fatal("no error")
			}
			noCanary(t, err)
		}
	})
}

// A dry run shows the write and sends nothing; reads and sign-ins are sent,
// for a sign-in's body is a secret.
func TestDryRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		server := faulttest.NewTransport(faulttest.Steps(status(200, ok)))
		for _, p := range []rest.Platform{headed(), bodied()} {
			c := newClientOf(t, p, auth.Static(canary), server, connector.Options{DryRun: &out})
			for _, op := range []connector.Operation{create, replace, remove} {
				before := server.Count()
				_, err := rest.Send[thing](t.Context(), c, op, thing{Name: "bolt"}, nil)
				wantKind(t, err, connector.DryRun)
				wantCount(t, server, before)
			}
			if _, err := rest.Send[thing](t.Context(), c, find, thing{}, nil); err != nil {
				t.Error(err)
			}
			if _, err := rest.Send[thing](t.Context(), c, signIn, map[string]string{"password": canary}, nil); err != nil {
				t.Error(err)
			}
		}
		wantCount(t, server, 4)
		noCanary(t, out.String())
		if text := out.String(); !strings.Contains(text, "POST https://api.fake.example/v1/things\n") || !strings.Contains(text, `"name": "bolt"`) {
			t.Errorf("the dry run shows %s", text)
		}
	})
}
