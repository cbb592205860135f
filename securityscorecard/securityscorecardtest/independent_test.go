package securityscorecardtest_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

// A client that is written from the platform's page about apps alone: it asks
// without a state and with the manifest's address, its exchange has whatever
// headers its language adds, and members that OAuth libraries add.
func TestForeignInstallation(t *testing.T) {
	c := listen(t, &securityscorecardtest.Options{AutoConsent: true, RedirectURI: "http://localhost:8910/installed?via=popup"})
	s := c.server
	for _, query := range []string{"", "?popup=true", "?state=a%26b&popup=true&utm_source=x", "?redirect_uri=" + url.QueryEscape("http://localhost:8910/installed?via=popup")} {
		r := c.do("GET", "/marketplace/"+s.AppID+"/authorize"+query, "", "Authorization", "")
		back, err := url.Parse(r.header.Get("Location"))
		if err != nil || r.status != 302 || back.Query().Get("code") == "" || back.Query().Get("via") != "popup" {
			t.Fatalf("%q: %d %v", query, r.status, r.header)
		}
		if asked := strings.Contains(query, "state="); back.Query().Has("state") != asked || asked && back.Query().Get("state") != "a&b" {
			t.Errorf("%q came back with the state %q", query, back.Query().Get("state"))
		}
		body := fmt.Sprintf(`{"code":%q,"client_id":%q,"client_secret":%q,"grant_type":"authorization_code","redirect_uri":null}`, back.Query().Get("code"), s.AppID, s.AppSecret)
		answer := c.do("POST", "/apps/authorize/tokens", body, "Authorization", "", "Content-Type", "Application/JSON; Charset=UTF-8", "Cookie", "a=b", "Accept", "*/*")
		token, _ := answer.json["token"].(string)
		if answer.status != 200 || token == "" {
			t.Fatalf("%q: %d %s", query, answer.status, answer.body)
		}
		if r := c.do("GET", "/portfolios", "", "Authorization", "Token "+token); r.status != 200 {
			t.Errorf("%q: the token gives %d", query, r.status)
		}
	}
	basic := &http.Request{Header: http.Header{}}
	basic.SetBasicAuth(s.AppID, s.AppSecret)
	exchange(c, s.AppID, s.AppSecret, s.NewInstallCode(), "Authorization", basic.Header.Get("Authorization")).refused(t, 400, "no Authorization header")
}

func TestOldProtocol(t *testing.T) {
	s := securityscorecardtest.NewServer(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := fmt.Sprintf(`{"client_id":%q,"client_secret":%q,"code":%q}`, s.AppID, s.AppSecret, s.InstallCode)
	fmt.Fprintf(conn, "POST /apps/authorize/tokens HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s", len(body), body)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || response.StatusCode != 200 || !response.Close {
		t.Errorf("%v, %v", response, err)
	}
}
