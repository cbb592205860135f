package auth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/cordage-go/cordage/connector"
)

// listenLoopback opens the ports that the redirect URL leads to, or one of its
// own choice if that is empty. They are bound to the machine's loopback
// addresses, never to a name, which may lead elsewhere.
func listenLoopback(ctx context.Context, redirectURL string) (*desk, error) {
	u, err := loopbackURL(redirectURL)
	if err != nil {
		return nil, signInError(connector.Invalid, "the redirect URL cannot be used: "+err.Error(), nil,
			"register one such as http://localhost:8765/callback at the platform")
	}
	addresses := loopbackAddresses(ctx, u.Hostname())
	if len(addresses) == 0 {
		return nil, signInError(connector.Unavailable, "this machine has no loopback address", nil, "switch its loopback interface on")
	}
	if redirectURL == "" {
		addresses = addresses[:1]
		u.Host = net.JoinHostPort(addresses[0], "0")
	}
	listeners, err := listenAll(ctx, addresses, u.Port())
	if err != nil {
		return nil, signInError(connector.Unavailable, fmt.Sprintf("the port for the answer cannot be opened: %v", err), err,
			"end the program that uses the port, perhaps another sign-in, or register another redirect URL")
	}
	if port := u.Port(); port == "" || port == "0" {
		u.Host = net.JoinHostPort(u.Hostname(), portOf(listeners[0]))
		redirectURL = u.String()
	}
	return &desk{redirectURL: redirectURL, host: u.Host, path: u.EscapedPath(), listeners: listeners}, nil
}

// loopbackURL reads the redirect URL. One of our own has a path that no other
// program can guess.
func loopbackURL(redirectURL string) (*url.URL, error) {
	if redirectURL == "" {
		return &url.URL{Scheme: "http", Host: "localhost", Path: "/" + randomText()}, nil
	}
	u, err := url.Parse(redirectURL)
	switch {
	case err != nil || u.Scheme != "http" || !isLoopback(u.Hostname()):
		return nil, errors.New("a program on a desk is reached by http on localhost, 127.0.0.1 or [::1]")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("it may hold a port and a path, and nothing else")
	case u.Path == "":
		return nil, errors.New("it has no path; end it with a slash at least")
	}
	return u, nil
}

// loopbackAddresses returns the addresses that a browser may try for host, as
// far as this machine has them.
func loopbackAddresses(ctx context.Context, host string) []string {
	wanted := []string{host}
	if host == "localhost" {
		wanted = []string{"127.0.0.1", "::1"}
	}
	var there []string
	for _, address := range wanted {
		if l, err := listen(ctx, address, "0"); err == nil {
			_ = l.Close()
			there = append(there, address)
		}
	}
	return there
}

// listenAll opens one port, any if port is empty or 0, on all addresses. It
// must have it on each of them: a browser would bring the answer to whoever
// has it on the other.
func listenAll(ctx context.Context, addresses []string, port string) ([]net.Listener, error) {
	if port != "" && port != "0" {
		return listenEach(ctx, addresses, port)
	}
	for tries := 0; ; tries++ {
		listeners, err := listenEach(ctx, addresses, "0")
		if err == nil || tries == 10 {
			return listeners, err
		}
	}
}

// listenEach gives the port that it got on the first address to the others.
func listenEach(ctx context.Context, addresses []string, port string) ([]net.Listener, error) {
	var listeners []net.Listener
	for _, address := range addresses {
		l, err := listen(ctx, address, port)
		if err != nil {
			for _, l := range listeners {
				_ = l.Close()
			}
			return nil, err
		}
		listeners = append(listeners, l)
		port = portOf(l)
	}
	return listeners, nil
}

func listen(ctx context.Context, address, port string) (net.Listener, error) {
	var config net.ListenConfig
	return config.Listen(ctx, "tcp", net.JoinHostPort(address, port))
}

func portOf(l net.Listener) string {
	_, port, _ := net.SplitHostPort(l.Addr().String()) // a TCP address always has one
	return port
}
