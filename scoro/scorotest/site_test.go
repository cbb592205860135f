package scorotest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/scoro/scorotest"
)

// The site is known by the Host header, as at Scoro: another site does not exist.
func TestHostNamesTheSite(t *testing.T) {
	server := scorotest.NewServer(t)
	for host, want := range map[string]int{
		"":                         http.StatusOK,
		server.Site + ".scoro.com": http.StatusOK,
		server.Site + ".scoro.ee":  http.StatusOK,
		"nobody.scoro.com":         http.StatusNotFound,
	} {
		body := `{"user_token":"` + server.UserToken + `","company_account_id":"` + server.CompanyAccount + `","request":{}}`
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/users/list", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode != want {
			t.Errorf("host %q: status %d, want %d", host, answer.StatusCode, want)
		}
		if isPage := strings.HasPrefix(string(text), "<"); isPage != (want == http.StatusNotFound) {
			t.Errorf("host %q: answered %.60q", host, text)
		}
	}
}
