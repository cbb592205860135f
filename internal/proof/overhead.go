package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/company"
	"github.com/cordage-go/cordage/procore/rfi"
	"github.com/cordage-go/cordage/store"
)

const (
	projectID = 9
	companyID = 42
	apiURL    = "https://api.procore.com/rest/v1.0"
)

// overhead compares what a call costs with what plain net/http and
// encoding/json take for the same request and the same struct, without any
// sign-in, pacing, retries and typed errors. Nothing leaves the program.
func overhead(ctx context.Context, s settings, r *report) error {
	turns, each := 15, 300*time.Millisecond
	if s.short {
		turns, each = 9, 60*time.Millisecond
	}
	small := procoreAnswer([]byte(`{"id":160586,"login":"carl.contractor@example.com","name":"Carl Contractor"}`))
	record, page := procoreAnswer([]byte(rfiJSON(1))), procoreAnswer(rfiPage(100))
	var ours [3]*procore.Client
	for i, transport := range []*answerer{small, record, page} {
		var err error
		if ours[i], err = signedInClient(ctx, procore.Options{Options: connector.Options{Transport: transport}}); err != nil {
			return err
		}
	}
	me, get, list := company.New(ours[0]).Me, rfi.New(ours[1]).RFIs, rfi.New(ours[2]).RFIs
	plainMe, plainGet, plainList := &http.Client{Transport: small}, &http.Client{Transport: record}, &http.Client{Transport: page}
	for _, job := range []struct {
		name        string
		cpu, allocs float64 // limits of the ratios; 0 for none
		ours, plain func() error
	}{
		{
			"GET of 80 bytes", 0, 1.5, // reading them takes plain net/http no time: what is left is what a call costs at all
			func() error { _, err := me.Get(ctx); return err },
			func() error { _, err := plainly[procore.UserRef](ctx, plainMe, "/me"); return err },
		},
		{
			"GET of an RFI", 1.3, 1.5,
			func() error { _, err := get.Get(ctx, projectID, 6_000_001); return err },
			func() error { _, err := plainly[rfi.RFI](ctx, plainGet, rfiPath(6_000_001)); return err },
		},
		{
			"page of 100 RFIs", 0.6, 1.5,
			func() error { return hundred(list.List(ctx, projectID, nil)) },
			func() error {
				_, err := plainly[[]rfi.RFI](ctx, plainList, rfisPath+"?page=1&per_page=100")
				return err
			},
		},
	} {
		pair, err := compare(turns, each, job.ours, job.plain)
		if err != nil {
			return fmt.Errorf("%s: %w", job.name, err)
		}
		r.tell(job.name, pair.ours)
		r.tell(job.name+", plain net/http", pair.theirs)
		if job.cpu > 0 {
			atMost(r, job.name+", ratio of CPU", pair.cpuRatio, job.cpu)
		} else {
			r.tell(job.name+", ratio of CPU", pair.cpuRatio)
		}
		atMost(r, job.name+", ratio of allocations", portion(pair.ours.allocs/pair.theirs.allocs), portion(job.allocs))
	}
	return nil
}

// signedInClient is a client with all layers on: a session, pacing, retries.
func signedInClient(ctx context.Context, o procore.Options) (*procore.Client, error) {
	grant, err := procore.App{ClientID: "app", ClientSecret: auth.NewSecret("s")}.Refresh()
	if err != nil {
		return nil, err
	}
	session := auth.NewSession(store.Memory(), "procore/proof", grant)
	if err := session.Set(ctx, auth.Token{Access: auth.NewSecret("access-token"), Expiry: time.Now().Add(time.Hour)}); err != nil {
		return nil, err
	}
	o.CompanyID = companyID
	return procore.New(session, &o)
}

// hundred is the error of a page, or that it has not the records that it should.
func hundred(page *connector.Page[rfi.RFI], err error) error {
	if err == nil && len(page.Items) != 100 {
		err = fmt.Errorf("a page of %d records", len(page.Items))
	}
	return err
}

// plainly is how a program reads a record without a library.
func plainly[T any](ctx context.Context, client *http.Client, path string) (*T, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, apiURL+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer access-token")
	request.Header.Set("Procore-Company-Id", strconv.Itoa(companyID))
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", answer.StatusCode)
	}
	out := new(T)
	return out, json.NewDecoder(answer.Body).Decode(out)
}

var rfisPath = fmt.Sprintf("/projects/%d/rfis", projectID)

func rfiPath(id int) string { return fmt.Sprintf("/projects/%d/rfis/%d", projectID, id) }
