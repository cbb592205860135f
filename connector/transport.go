package connector

import (
	"net"
	"net/http"
	"time"
)

// NewTransport returns the transport that a client makes where Options.Transport
// is nil. A program that makes several clients gives one to all of them, so that
// they share their connections:
//
//	transport := connector.NewTransport()
//	transport.TLSClientConfig = &tls.Config{RootCAs: authorities} // where a proxy has an authority of its own
//	options := connector.Options{Transport: transport}
//
// It takes proxies from the environment (HTTPS_PROXY, NO_PROXY), speaks HTTP/2
// where the server does, and gives up a server that does not accept a connection
// within 10 seconds. It keeps 256 idle connections for 90 seconds, 64 of them to
// one host, so that a pool of workers finds its connections again over HTTP/1.1.
// Headers of an answer may take 1 MiB. An HTTP/2 connection on which nothing
// comes for 30 seconds during a call is asked whether it still lives, and given
// up 15 seconds later: else all calls would hang on it until their time limits.
func NewTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    64,
		IdleConnTimeout:        90 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 1 << 20,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second},
	}
}
