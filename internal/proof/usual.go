package main

import (
	"net/http"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/oauth2"
)

// usualClient is the usual stack: x/oauth2 in go-retryablehttp, with what it
// does by default.
func usualClient() *http.Client {
	client := retryablehttp.NewClient()
	client.Logger = nil
	client.HTTPClient.Transport = &oauth2.Transport{
		Base: client.HTTPClient.Transport, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "token"}),
	}
	return client.StandardClient()
}
