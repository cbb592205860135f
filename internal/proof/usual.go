package main

import (
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/oauth2"
)

// usualRetries is the usual stack: x/oauth2 in go-retryablehttp, with what it
// does by default.
func usualRetries() *retryablehttp.Client {
	token := &oauth2.Token{AccessToken: "access-token", Expiry: time.Now().Add(time.Hour)}
	client := retryablehttp.NewClient()
	client.Logger = nil
	client.HTTPClient.Transport = &oauth2.Transport{Base: client.HTTPClient.Transport, Source: oauth2.ReuseTokenSource(token, nil)}
	return client
}

// usualClient is the same as a client of net/http's.
func usualClient() *http.Client { return usualRetries().StandardClient() }
