package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/scoro/scorotest"
	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

const asProgram = "QUICKSTART_TEST_AS_PROGRAM"

// The test runs the program whole: its own binary, told to be the program.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Args = append(os.Args[:1], strings.Fields(os.Getenv(asProgram+"_ARGS"))...)
		main()
		return
	}
	os.Exit(m.Run())
}

// start runs the program with variables on top of an environment without any
// of the program's own.
func start(t *testing.T, args string, env map[string]string) (stdout, stderr string, code int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := exec.CommandContext(t.Context(), self)
	program.Env = []string{asProgram + "=1", asProgram + "_ARGS=" + args}
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); !isOurs(name) {
			program.Env = append(program.Env, variable)
		}
	}
	for name, value := range env {
		program.Env = append(program.Env, name+"="+value)
	}
	var out, errOut bytes.Buffer
	program.Stdout, program.Stderr = &out, &errOut
	err = program.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return out.String(), errOut.String(), exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), errOut.String(), 0
}

func isOurs(name string) bool {
	for _, variable := range variables {
		if name == variable {
			return true
		}
	}
	return false
}

// records finds a line of the closing table.
func records(t *testing.T, stdout, what string) int {
	t.Helper()
	match := regexp.MustCompile(`(?m)^` + what + `\s+(\d+)\s+\S+$`).FindStringSubmatch(stdout)
	if match == nil {
		t.Fatalf("no line for %s in:\n%s", what, stdout)
	}
	n, err := strconv.Atoi(match[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOnEmulators(t *testing.T) {
	stdout, stderr, code := start(t, "", nil)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	for what, want := range map[string]int{
		"Scoro projects":               240,
		"Scoro time entries":           1000,
		"Scoro task":                   1,
		"Procore projects":             12,
		"Procore RFIs":                 480,
		"Procore RFI":                  1,
		"SecurityScorecard portfolios": 3,
		"SecurityScorecard companies":  60,
	} {
		if got := records(t, stdout, what); got != want {
			t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	if strings.Count(stdout, "emulated") != 3 {
		t.Errorf("the output does not say that all three are emulated:\n%s", stdout)
	}
}

// servers are emulators beside the program, and the environment that names them.
func servers(t *testing.T) (map[string]string, *scorotest.Server, *procoretest.Server, *securityscorecardtest.Server) {
	t.Helper()
	s, err := scorotest.Listen(anyPort, &scorotest.Options{PublicApp: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	p := procoretest.NewServer(t)
	c := securityscorecardtest.NewServer(t)
	return map[string]string{
		"SCORO_SITE": s.Site, "SCORO_USER_TOKEN": s.UserToken, "SCORO_COMPANY_ACCOUNT": s.CompanyAccount,
		"SCORO_APP_ID": s.AppID, "SCORO_BASE_URL": s.URL,
		"PROCORE_CLIENT_ID": p.ClientID, "PROCORE_CLIENT_SECRET": p.ClientSecret,
		"PROCORE_COMPANY_ID": fmt.Sprint(p.CompanyID), "PROCORE_BASE_URL": p.URL,
		"SECURITYSCORECARD_TOKEN": c.Token, "SECURITYSCORECARD_BASE_URL": c.URL,
	}, s, p, c
}

func TestWritesToAccountsOnlyWhenAsked(t *testing.T) {
	env, s, p, c := servers(t)
	for _, step := range []struct {
		args  string
		wrote bool
	}{{"", false}, {"-write", true}} {
		stdout, stderr, code := start(t, step.args, env)
		if code != 0 {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		if strings.Contains(stdout, "emulated") {
			t.Errorf("emulated, though there are credentials:\n%s", stdout)
		}
		if got := strings.Contains(stdout, "wrote Scoro task") && strings.Contains(stdout, "wrote Procore RFI"); got != step.wrote {
			t.Errorf("with %q it wrote: %v, want %v\n%s", step.args, got, step.wrote, stdout)
		}
	}
	if len(s.Requests()) == 0 || len(p.Requests()) == 0 || len(c.Requests()) == 0 {
		t.Error("an emulator was not asked")
	}
	if writes := strings.Count(fmt.Sprint(paths(s.Requests())), "/tasks/modify"); writes != 1 {
		t.Errorf("%d tasks were written, want 1", writes)
	}
}

func paths(requests []scorotest.Request) []string {
	var all []string
	for _, r := range requests {
		all = append(all, r.Path)
	}
	return all
}

// Each message names the fault and what to do.
func TestWrongCredentials(t *testing.T) {
	env, _, p, _ := servers(t)
	for _, test := range []struct {
		name, variable, value string
		want                  []string
	}{
		{"Scoro token", "SCORO_USER_TOKEN", "wrong-token", []string{"scoro", "unauthorized", "check the user token"}},
		{"Scoro app id missing", "SCORO_APP_ID", "", []string{"scoro", "unauthorized", "set Options.AppID"}},
		{"Scoro site", "SCORO_SITE", "no-such-site", []string{"scoro", "web page", "check the site's name"}},
		{"Procore secret", "PROCORE_CLIENT_SECRET", "wrong-secret", []string{"procore", "invalid_client", "check App.ClientID and App.ClientSecret"}},
		{"Procore company", "PROCORE_COMPANY_ID", "987654", []string{"procore", "company 987654"}},
		{"Procore app not installed", "PROCORE_COMPANY_ID", fmt.Sprint(p.UnconnectedCompanyID), []string{"procore", "not connected to this company", "install the app"}},
		{"SecurityScorecard token", "SECURITYSCORECARD_TOKEN", "wrong-token", []string{"securityscorecard", "unauthorized", "check the API token"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			wrong := map[string]string{}
			for name, value := range env {
				wrong[name] = value
			}
			wrong[test.variable] = test.value
			_, stderr, code := start(t, "", wrong)
			if code != 1 {
				t.Errorf("exit %d, want 1", code)
			}
			for _, part := range test.want {
				if !strings.Contains(stderr, part) {
					t.Errorf("the message lacks %q: %s", part, stderr)
				}
			}
			if test.value != "" && strings.HasPrefix(test.value, "wrong") && strings.Contains(stderr, test.value) {
				t.Errorf("the message shows a secret: %s", stderr)
			}
			t.Log(strings.TrimSpace(stderr))
		})
	}
}
