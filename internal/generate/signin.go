package main

// signIn are the operations that no table has, with the hand-written methods
// that call them. What a table does have of a sign-in is of the class token.
var signIn = map[string][]struct{ name, by string }{
	"procore": {
		{"GET /oauth/authorize", "App.AuthorizeURL"},
		{"GET /oauth/token/info", "App.TokenInfo"},
		{"POST /oauth/revoke", "App.Revoke"},
		{"POST /oauth/token", "App.Exchange"},
	},
}
