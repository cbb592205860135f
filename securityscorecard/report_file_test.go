package securityscorecard_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/securityscorecard"
)

// The address of a report's file is followed as it came, with the token, and
// the storage that it redirects to gets none.
func TestDownloadReport(t *testing.T) {
	var reached []string
	storage := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached = append(reached, "storage "+r.URL.Path+" "+r.Header.Get("Authorization"))
		_, _ = io.WriteString(w, "the file")
	}))
	defer storage.Close()
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached = append(reached, r.RequestURI+" "+r.Header.Get("Authorization"))
		http.Redirect(w, r, storage.URL+"/kept", http.StatusFound)
	}))
	defer platform.Close()
	client := newClient(t, platform.URL, storage.Client().Transport)
	report := &securityscorecard.Report{DownloadURL: platform.URL + "/reports/files/2026/A%2FB%20%7Bx%7D.PDF?sig=a%7Bb%7D"}

	var file strings.Builder
	if err := client.DownloadReport(t.Context(), report, &file, connector.Param("lng", "de-DE")); err != nil {
		t.Fatal(err)
	}

	if file.String() != "the file" {
		t.Errorf("the file is %q", file.String())
	}
	want := []string{"/reports/files/2026/A%2FB%20%7Bx%7D.PDF?lng=de-DE&sig=a%7Bb%7D Token " + demoToken, "storage /kept "}
	if strings.Join(reached, "\n") != strings.Join(want, "\n") {
		t.Errorf("reached %q, want %q", reached, want)
	}
}

func TestDownloadReportRefuses(t *testing.T) {
	platform := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was sent", r.RequestURI)
	}))
	defer platform.Close()
	client := newClient(t, platform.URL, nil)
	for name, test := range map[string]struct {
		report *securityscorecard.Report
		kind   connector.Kind
	}{
		"nil":           {nil, connector.Invalid},
		"unfinished":    {&securityscorecard.Report{ID: "1"}, connector.NotReady},
		"failed":        {&securityscorecard.Report{ID: "1", CompletedAt: time.Unix(1, 0)}, connector.Invalid},
		"elsewhere":     {&securityscorecard.Report{DownloadURL: "https://elsewhere.example/reports/files/a.pdf"}, connector.Origin},
		"somebody else": {&securityscorecard.Report{DownloadURL: strings.Replace(platform.URL, "//", "//user@", 1) + "/reports/files/a.pdf"}, connector.Origin},
	} {
		if err := client.DownloadReport(context.Background(), test.report, io.Discard); !errors.Is(err, test.kind) {
			t.Errorf("%s: error %v, want kind %q", name, err, test.kind)
		}
	}
}

func newClient(t *testing.T, url string, transport http.RoundTripper) *securityscorecard.Client {
	t.Helper()
	client, err := securityscorecard.New(auth.Static(demoToken), &securityscorecard.Options{Options: connector.Options{BaseURL: url, Transport: transport}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}
