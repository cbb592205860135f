package procore_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/procore"
)

// on makes a client of a server on a real socket.
func on(t *testing.T, server *faulttest.Server, o procore.Options) *procore.Client {
	t.Helper()
	o.BaseURL, o.Pacer = server.URL, faulttest.Unpaced{}
	c, err := procore.New(auth.Static(accessToken), &o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

var syncParts = connector.Operation{ID: "parts.sync", Method: "PATCH", Path: "/rest/v1.0/parts/sync", Wrapper: "updates", Scope: []string{"project_id"}}

type part struct {
	ID       int64  `json:"id,omitzero"`
	OriginID string `json:"origin_id,omitzero"`
}

func parts(n int) []part {
	var all []part
	for i := range n {
		all = append(all, part{OriginID: fmt.Sprint(i)})
	}
	return all
}

// synced answers a call as Procore does: every record whose origin id ends in 7
// is refused.
func synced(_ int, a faulttest.Arrival) faulttest.Step {
	var body struct{ Updates []part }
	if err := json.Unmarshal(a.Body, &body); err != nil {
		return faulttest.JSON(400, `{}`)
	}
	var entities, refused []string
	for _, u := range body.Updates {
		if strings.HasSuffix(u.OriginID, "7") {
			refused = append(refused, fmt.Sprintf(`{"origin_id":%q,"errors":{"name":["is missing"]}}`, u.OriginID))
		} else {
			entities = append(entities, fmt.Sprintf(`{"id":"1%s","origin_id":%q}`, u.OriginID, u.OriginID))
		}
	}
	return faulttest.JSON(200, fmt.Sprintf(`{"entities":[%s],"errors":[%s]}`, strings.Join(entities, ","), strings.Join(refused, ",")))
}

// sizes are how many records each request carried.
func sizes(t *testing.T, server interface{ Arrivals() []faulttest.Arrival }) (all []int) {
	t.Helper()
	for _, a := range server.Arrivals() {
		var body struct {
			ProjectID int64 `json:"project_id"`
			Updates   []part
		}
		if err := json.Unmarshal(a.Body, &body); err != nil || body.ProjectID != 7 || a.Method != "PATCH" {
			t.Errorf("%s %v: %.200s", a.Method, err, a.Body)
		}
		all = append(all, len(body.Updates))
	}
	return all
}

func TestSync(t *testing.T) {
	for n, want := range map[int][]int{0: nil, 1: {1}, 1000: {1000}, 1001: {1000, 1}, 2500: {1000, 1000, 500}} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			server := faulttest.NewServer(t, synced)
			result, err := procore.Sync[part](t.Context(), on(t, server, procore.Options{CompanyID: 42}), syncParts.At(7), parts(n))
			if err != nil {
				t.Fatal(err)
			}
			if got := sizes(t, server); !slices.Equal(got, want) {
				t.Errorf("calls carried %v records, want %v", got, want)
			}
			if len(result.Entities)+len(result.Errors) != n || len(result.Errors) != n/10 {
				t.Errorf("%d entities and %d errors of %d", len(result.Entities), len(result.Errors), n)
			}
			if n == 2500 && (result.Entities[2249].ID != 12499 || result.Errors[249].Fields["name"][0] != "is missing") {
				t.Errorf("the last are %+v and %+v", result.Entities[2249], result.Errors[249])
			}
		})
	}
}

// What was done before a call failed is kept, and the error says how much.
func TestSyncBreaksOff(t *testing.T) {
	for name, test := range map[string]struct {
		step faulttest.Step
		kind connector.Kind
	}{
		"refused":                   {faulttest.JSON(413, `{"message":"too large"}`), connector.Invalid},
		"cut off":                   {faulttest.Step{Fault: faulttest.Reset}, connector.UnknownOutcome},
		"no right":                  {faulttest.JSON(403, ``), connector.Forbidden},
		"no word of any record":     {faulttest.JSON(200, `{}`), connector.Decode},
		"lists of another kind":     {faulttest.JSON(200, `{"entities":{"id":1},"errors":null}`), connector.Decode},
		"in an unexpected envelope": {faulttest.JSON(200, `{"data":{"entities":[{"id":1}]}}`), connector.Decode},
	} {
		t.Run(name, func(t *testing.T) {
			server := faulttest.NewServer(t, func(n int, a faulttest.Arrival) faulttest.Step {
				if n == 2 {
					return test.step
				}
				return synced(n, a)
			})
			result, err := procore.Sync[part](t.Context(), on(t, server, procore.Options{CompanyID: 42}), syncParts.At(7), parts(3500))
			if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), "; 2000 of 3500 records were sent and answered before") {
				t.Errorf("got %v", err)
			}
			if len(result.Entities) != 1800 || len(result.Errors) != 200 || server.Count() != 3 {
				t.Errorf("%d entities and %d errors after %d calls", len(result.Entities), len(result.Errors), server.Count())
			}
		})
	}
	server := faulttest.NewServer(t, faulttest.Steps(faulttest.JSON(200, `{"entities":[],"errors":[]}`)))
	if _, err := procore.Sync[part](t.Context(), on(t, server, procore.Options{CompanyID: 42}), syncParts.At(7), parts(5)); err != nil {
		t.Errorf("two empty lists: %v", err)
	}
	server = faulttest.NewServer(t, faulttest.Steps(faulttest.JSON(403, `{"message":"no"}`)))
	result, err := procore.Sync[part](t.Context(), on(t, server, procore.Options{CompanyID: 42}), syncParts.At(7), parts(5))
	if !errors.Is(err, connector.Forbidden) || strings.Contains(err.Error(), "records") || len(result.Entities) != 0 {
		t.Errorf("got %+v, %v", result, err)
	}
}

func TestSyncDryRun(t *testing.T) {
	var out strings.Builder
	server := faulttest.NewServer(t, synced)
	c := on(t, server, procore.Options{CompanyID: 42, Options: connector.Options{DryRun: &out}})
	_, err := procore.Sync[part](t.Context(), c, syncParts.At(7), parts(1001))
	if !errors.Is(err, connector.DryRun) || strings.Count(out.String(), "PATCH ") != 2 || server.Count() != 0 {
		t.Errorf("%d requests were shown and %d sent: %v", strings.Count(out.String(), "PATCH "), server.Count(), err)
	}
}
