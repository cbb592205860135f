package main

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// The picture of the README is taken with
//
//	go test -run TestBrowser -screenshot ../../docs/marketplace-install.png
var screenshot = flag.String("screenshot", "", "write a picture of the connections page to this file")

// A user connects all three platforms through their own pages, over two
// replicas and a restart; loses one and signs in again; installs from the
// marketplace; disconnects.
func TestBrowser(t *testing.T) {
	b := newBrowser(t)
	b.enter()
	b.connectScoro()
	b.signInAtProcore()
	b.signInAtSecurityScorecard()

	b.restart()
	b.visit(b.url)
	b.test("procore", "Procore answers")
	b.test("securityscorecard", "SecurityScorecard answers")
	b.test("scoro", "Scoro answers. Company: ")

	for _, pair := range b.procore.Issued() {
		b.procore.Revoke(pair.Access)
	}
	b.click("#procore .test")
	b.see("#procore .lost")
	if reason := b.text("#procore .reason"); reason == "" {
		t.Error("the page does not say why")
	}
	b.signInAtProcore()
	b.test("procore", "Procore answers")

	b.securityscorecard.Uninstall()
	b.click("#securityscorecard .test")
	b.see("#securityscorecard .lost")
	b.installFromMarketplace()

	b.click("#scoro .disconnect")
	b.see("#scoro .none")
	b.click("#procore .disconnect")
	b.see("#procore .none")
	b.see("#securityscorecard .connected")
}

// TestScreenshot shows one card in each state.
func TestScreenshot(t *testing.T) {
	if *screenshot == "" {
		t.Skip("give -screenshot FILE to take the picture")
	}
	b := newBrowser(t)
	b.enter()
	b.connectScoro()
	b.signInAtProcore()
	b.scoro.Revoke(b.scoroToken())
	b.click("#scoro .test")
	b.see("#scoro .lost")
	b.test("procore", "Procore answers")
	b.do("the size", chromedp.EmulateViewport(1120, 620, chromedp.EmulateScale(1.5)))
	b.picture(*screenshot)
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
	}); err != nil {
		t.Fatal(err)
	}
	b.picture(strings.TrimSuffix(*screenshot, ".png") + "-dark.png")
}

// A browser is a real one, in which somebody clicks.
type browser struct {
	*stage
	ctx context.Context
}

// newBrowser starts a browser in front of two replicas.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		const how = "install it: apt-get install chromium"
		if os.Getenv("CI") == "true" {
			t.Fatalf("chromium is missing; %s", how)
		}
		t.Skipf("chromium is missing; %s", how)
	}
	s := newStage(t, 2)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, end := chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))...)
	t.Cleanup(end)
	ctx, leave := chromedp.NewContext(ctx)
	t.Cleanup(leave)
	return &browser{s, ctx}
}

// do takes steps; one that has not succeeded after 15 seconds is an error.
func (b *browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx); err != nil { // starts the browser, whose life must not be that of one step
		b.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(b.ctx, 15*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		page, _ := chromedp.Run(b.ctx, chromedp.OuterHTML("html"))
		b.Fatalf("%s: %v\n%s\n%s", what, err, page, b.log)
	}
}

func (b *browser) visit(url string)   { b.Helper(); b.do(url, chromedp.Navigate(url)) }
func (b *browser) see(sel string)     { b.Helper(); b.do("see "+sel, chromedp.WaitVisible(sel)) }
func (b *browser) fill(sel, s string) { b.Helper(); b.do("fill "+sel, chromedp.SetValue(sel, s)) }

// click waits until the page is complete: a style sheet that comes late moves
// what is clicked on away.
func (b *browser) click(sel string) {
	b.Helper()
	b.do("click "+sel, chromedp.WaitVisible(sel), chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := chromedp.Poll[bool]("document.readyState === 'complete'")(ctx, tab)
		return err
	}), chromedp.Click(sel))
}

func (b *browser) text(sel string) string {
	b.Helper()
	b.see(sel)
	text, err := chromedp.Run(b.ctx, chromedp.Text(sel))
	if err != nil {
		b.Fatal(err)
	}
	return text
}

// enter signs the tenant in to the app.
func (b *browser) enter() {
	b.Helper()
	b.visit(b.url)
	b.fill("#name", "harbour-works")
	b.click("#enter")
	b.see("#scoro .none")
}

func (b *browser) connectScoro() {
	b.Helper()
	b.click("#scoro .connect")
	b.fill("#site", b.scoro.Site)
	b.fill("#account", b.scoro.CompanyAccount)
	b.fill("#username", b.scoro.Username)
	b.fill("#password", b.scoro.Password)
	b.click("#connect")
	b.see("#scoro .connected")
}

// signInAtProcore connects, or connects again.
func (b *browser) signInAtProcore() {
	b.Helper()
	b.click("#procore .connect")
	b.fill("#username", b.procore.Username)
	b.fill("#password", b.procore.Password)
	b.click("#sign-in")
	b.click("#allow")
	b.see("#procore .connected")
}

func (b *browser) signInAtSecurityScorecard() {
	b.Helper()
	b.click("#securityscorecard .connect")
	b.fill("#username", b.securityscorecard.Username)
	b.fill("#password", b.securityscorecard.Password)
	b.click("#sign-in")
	b.click("#allow")
	b.see("#securityscorecard .connected")
}

// installFromMarketplace begins at the vendor's.
func (b *browser) installFromMarketplace() {
	b.Helper()
	b.visit(b.securityscorecard.PageURL + b.securityscorecard.AppID)
	b.fill("#username", b.securityscorecard.Username)
	b.fill("#password", b.securityscorecard.Password)
	b.click("#sign-in")
	b.click("#allow")
	b.click("#confirm")
	b.see("#securityscorecard .connected")
}

// test clicks on Test and wants an answer.
func (b *browser) test(platform, want string) {
	b.Helper()
	b.click("#" + platform + " .test")
	if got := b.text("#" + platform + " .answer"); !strings.Contains(got, want) {
		b.Errorf("%s: %q, want %q", platform, got, want)
	}
}

func (b *browser) picture(path string) {
	b.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		b.Fatal(err)
	}
}
