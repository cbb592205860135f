package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"strconv"

	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/scoro/scorotest"
	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

// settings are the variables of the environment. For a platform without
// credentials they are those of an emulator that was started for the run.
type settings map[string]string

var variables = []string{
	"SCORO_SITE", "SCORO_COMPANY_ACCOUNT", "SCORO_USER_TOKEN", "SCORO_API_KEY", "SCORO_APP_ID", "SCORO_BASE_URL",
	"PROCORE_CLIENT_ID", "PROCORE_CLIENT_SECRET", "PROCORE_COMPANY_ID", "PROCORE_BASE_URL", "PROCORE_LOGIN_BASE_URL",
	"SECURITYSCORECARD_TOKEN", "SECURITYSCORECARD_BASE_URL",
}

// environment reads the variables and starts the emulators that are needed.
// stop ends them.
func environment() (env settings, stop func(), err error) {
	env = settings{}
	for _, name := range variables {
		env[name] = os.Getenv(name)
	}
	if _, err := strconv.ParseInt(env["PROCORE_COMPANY_ID"], 10, 64); err != nil && env["PROCORE_CLIENT_ID"] != "" {
		return nil, nil, errors.New("PROCORE_COMPANY_ID must be the number in the address of the company's pages")
	}
	var servers []io.Closer
	stop = func() {
		for _, server := range servers {
			server.Close()
		}
	}
	for _, platform := range emulators {
		if env.has(platform.credentials...) {
			fmt.Printf("%s: with the credentials of the environment\n", platform.name)
			continue
		}
		fmt.Printf("%s: emulated, since %s is not set\n", platform.name, platform.credentials[0])
		server, replaced, err := platform.start()
		if err != nil {
			stop()
			return nil, nil, err
		}
		servers = append(servers, server)
		maps.Copy(env, replaced)
	}
	return env, stop, nil
}

type emulator struct {
	name        string
	credentials []string
	start       func() (io.Closer, settings, error)
}

const anyPort = "127.0.0.1:0"

var emulators = []emulator{
	{"SCORO", []string{"SCORO_USER_TOKEN", "SCORO_API_KEY"}, func() (io.Closer, settings, error) {
		s, err := scorotest.Listen(anyPort, nil)
		if err != nil {
			return nil, nil, err
		}
		return s, settings{"SCORO_SITE": s.Site, "SCORO_COMPANY_ACCOUNT": s.CompanyAccount, "SCORO_USER_TOKEN": s.UserToken,
			"SCORO_APP_ID": "", "SCORO_BASE_URL": s.URL, "SCORO_EMULATED": "yes"}, nil
	}},
	{"PROCORE", []string{"PROCORE_CLIENT_ID", "PROCORE_CLIENT_SECRET"}, func() (io.Closer, settings, error) {
		s, err := procoretest.Listen(anyPort, nil)
		if err != nil {
			return nil, nil, err
		}
		return s, settings{"PROCORE_CLIENT_ID": s.ClientID, "PROCORE_CLIENT_SECRET": s.ClientSecret,
			"PROCORE_COMPANY_ID": strconv.FormatInt(s.CompanyID, 10), "PROCORE_BASE_URL": s.URL,
			"PROCORE_LOGIN_BASE_URL": s.LoginURL, "PROCORE_EMULATED": "yes"}, nil
	}},
	{"SECURITYSCORECARD", []string{"SECURITYSCORECARD_TOKEN"}, func() (io.Closer, settings, error) {
		s, err := securityscorecardtest.Listen(anyPort, nil)
		if err != nil {
			return nil, nil, err
		}
		return s, settings{"SECURITYSCORECARD_TOKEN": s.Token, "SECURITYSCORECARD_BASE_URL": s.URL}, nil
	}},
}

func (env settings) has(names ...string) bool {
	for _, name := range names {
		if env[name] != "" {
			return true
		}
	}
	return false
}

func (env settings) emulated(platform string) bool { return env[platform+"_EMULATED"] != "" }

// scoro prefers the user token where there is an API key too.
func (env settings) scoro() scoro.Credential {
	if env["SCORO_USER_TOKEN"] != "" {
		return scoro.UserToken(env["SCORO_USER_TOKEN"], env["SCORO_COMPANY_ACCOUNT"])
	}
	return scoro.APIKey(env["SCORO_API_KEY"], env["SCORO_COMPANY_ACCOUNT"])
}

// companyID reads PROCORE_COMPANY_ID, which environment has checked.
func (env settings) companyID() int64 {
	id, _ := strconv.ParseInt(env["PROCORE_COMPANY_ID"], 10, 64)
	return id
}

// procore is production, unless PROCORE_BASE_URL names another place. Its
// sign-in is there too, unless PROCORE_LOGIN_BASE_URL names yet another.
func (env settings) procore() procore.Environment {
	api, login := env["PROCORE_BASE_URL"], env["PROCORE_LOGIN_BASE_URL"]
	if api == "" {
		return procore.Production
	}
	if login == "" {
		login = api
	}
	return procore.Environment{Name: "custom", APIURL: api, LoginURL: login}
}
