package procore_test

import (
	"context"
	"fmt"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/company"
	"github.com/cordage-go/cordage/procore/directory"
	"github.com/cordage-go/cordage/procore/project"
	"github.com/cordage-go/cordage/procore/rfi"
	"github.com/cordage-go/cordage/procore/submittals"
	"github.com/cordage-go/cordage/procore/webhooks"
	"github.com/cordage-go/cordage/value"
)

func showCompany(c *company.Company) string {
	return fmt.Sprint(c.ID, " ", c.Name, " active ", c.IsActive)
}

func showTrade(t *company.Trade) string { return fmt.Sprint(t.ID, " ", t.Name, " ", t.Active) }

func showProject(p *project.Project) string { return fmt.Sprint(p.ID, " ", p.DisplayName) }

func showVendor(v *directory.CompanyVendor) string { return fmt.Sprint(v.ID, " ", v.Name) }

func showTrigger(t *webhooks.Trigger) string {
	return fmt.Sprint(t.ID, " ", t.ResourceName, " ", t.EventType)
}

func showDelivery(d *webhooks.DeliveryV10) string {
	return fmt.Sprint(d.EventID, " ", d.Event.ULID, " ", d.Outcome, " ", d.ResponseStatus, " at ", d.Event.Timestamp.Format(time.RFC3339))
}

func showOption(o *procore.FilterOption) string { return o.Key + "=" + o.Label }

func listCompanies(opts ...connector.CallOption) func(context.Context, *procore.Client) (string, error) {
	return func(ctx context.Context, c *procore.Client) (string, error) {
		return rows(showCompany)(company.New(c).Companies.List(ctx, nil, opts...))
	}
}

func listTrades(opts ...connector.CallOption) func(context.Context, *procore.Client) (string, error) {
	return func(ctx context.Context, c *procore.Client) (string, error) {
		return rows(showTrade)(company.New(c).Trades.List(ctx, nil, opts...))
	}
}

func listTriggers(opts ...connector.CallOption) func(context.Context, *procore.Client) (string, error) {
	return func(ctx context.Context, c *procore.Client) (string, error) {
		return rows(showTrigger)(webhooks.New(c).Triggers.List(ctx, projectID, hook, opts...))
	}
}

func listDeliveries(q *webhooks.DeliveryV10Query, opts ...connector.CallOption) func(context.Context, *procore.Client) (string, error) {
	return func(ctx context.Context, c *procore.Client) (string, error) {
		return rows(showDelivery)(webhooks.New(c).DeliveriesV10.List(ctx, projectID, hookID, q, opts...))
	}
}

// listProjects lists them in the small view.
func listProjects(q project.ProjectQuery, opts ...connector.CallOption) func(context.Context, *procore.Client) (string, error) {
	q.View = project.ProjectViewCompact
	return func(ctx context.Context, c *procore.Client) (string, error) {
		return rows(showProject)(project.New(c).Projects.List(ctx, &q, opts...))
	}
}

func listVendors(q directory.CompanyVendorQuery) func(context.Context, *procore.Client) (string, error) {
	q.View = directory.CompanyVendorViewCompact
	return func(ctx context.Context, c *procore.Client) (string, error) {
		return rows(showVendor)(directory.New(c).CompanyVendors.List(ctx, &q))
	}
}

const (
	twoCompanies = "1 One active true; 2 Two active true of "
	threeTrades  = "562950043421313 name 1 false; 562950043421314 name 2 true; 562950043421315 name 3 false of 3"
	discarded    = "562949953451317 01DEMO00000000000000000005 discarded 0 at 2026-08-31T08:04:00Z of -1"
)

var listCalls = map[string]goldenCall{
	"list-first-page": {
		anywhere: true, do: listCompanies(connector.PageSize(1)),
		want: "562949954421313 Demo Builders active true of 3, then page=2&per_page=1#1",
	},
	"list-middle-page": {
		anywhere: true, do: listCompanies(connector.From("page=2&per_page=1#1")),
		want: "562949954421314 Sample Construction active true of 3, then page=3&per_page=1#2",
	},
	"list-last-page": {
		anywhere: true, do: listCompanies(connector.From("page=3&per_page=1#2")),
		want: "562949954421315 Example Contractors active true of 3",
	},
	"list-beyond":       {anywhere: true, do: listCompanies(connector.From("page=4&per_page=1#3")), want: " of 3"},
	"list-single-page":  {do: listTrades(), want: threeTrades},
	"list-largest-page": {do: listTrades(connector.PageSize(5000)), want: threeTrades},
	"list-empty": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(showProject)(project.New(c).Projects.List(ctx, &project.ProjectQuery{Name: "Nowhere"}))
		},
		want: " of 0",
	},
	"list-whole": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(r *procore.IDName) string { return r.Name })(company.New(c).RolesV10.List(ctx, nil))
		},
		want: "name 1; name 2; name 3 of -1",
	},
	"list-resumed": {
		do: listProjects(project.ProjectQuery{ByStatus: project.StatusFilterActive}, connector.From("page=2&per_page=3#3")),
		want: "562949957421316 P-004 - Girder Street Tower; 562949957421317 P-005 - Hoist Street Library; 562949957421319 P-007 - Keel Street Hospital of 7" +
			", then company_id=562949954421313&filters%5Bby_status%5D=Active&page=3&per_page=3&view=compact#6",
	},
	"list-other-company": {
		do: listProjects(project.ProjectQuery{}, procore.Company(companyID+1), connector.PageSize(2)),
		want: "562949957421321 P-009 - Facade Street Bridge; 562949957421322 P-010 - Beam Street Tower of 4" +
			", then company_id=562949954421314&page=2&per_page=2&view=compact#2",
	},
	"list-first-page-v2": {do: listTriggers(connector.PageSize(1)), want: "562949966421315 RFIs CREATE of 2, then page=2&per_page=1#1"},
	"list-last-page-v2":  {do: listTriggers(connector.From("page=2&per_page=1#1")), want: "562949966421316 RFIs UPDATE of 2"},
	"list-single-page-v2": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(showHook)(webhooks.New(c).Hooks.List(ctx, projectID, nil, connector.PageSize(500)))
		},
		want: seededHook + " of 1",
	},
	"list-empty-v2": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &webhooks.DeliveryQuery{Status: webhooks.DeliveryStatusEnqueued}
			return rows(func(d *webhooks.Delivery) string { return d.ID })(webhooks.New(c).Deliveries.List(ctx, projectID, hook, query))
		},
		want: " of 0",
	},
	"list-relative-link": {anywhere: true, do: listCompanies(connector.PageSize(2)), want: twoCompanies + "3, then page=2&per_page=2#2"},
	"list-without-total": {anywhere: true, do: listCompanies(connector.PageSize(2)), want: twoCompanies + "-1, then page=2&per_page=2#2"},
	"list-foreign-link": {
		anywhere: true, do: listCompanies(connector.PageSize(2)),
		fails: &failure{kind: connector.Origin, says: []string{"https://elsewhere.example.com", "nothing was sent there"}},
	},
	"deliveries-first-page": {
		do:   listDeliveries(nil, connector.PageSize(1)),
		want: "562949953451313 01DEMO00000000000000000001 ok 200 at 2026-08-31T08:00:00Z of -1, then page_start=562949953451313#1",
	},
	"deliveries-middle-page": {
		do:   listDeliveries(nil, connector.PageSize(1), connector.From("page_start=562949953451313#1")),
		want: "562949953451314 01DEMO00000000000000000002 ok 200 at 2026-08-31T08:01:00Z of -1, then page_start=562949953451314#2",
	},
	"deliveries-beyond": {do: listDeliveries(nil, connector.PageSize(1), connector.From("page_start=562949953451317#5")), want: " of -1"},
	"deliveries-filter": {
		do:   listDeliveries(&webhooks.DeliveryV10Query{Status: webhooks.DeliveryV10StatusDiscarded}),
		want: discarded + ", then page_start=562949953451317#1",
	},
}

const (
	hospital = "562949957421313 P-001 - Lintel Street Hospital"
	school   = "562949957421314 P-002 - Lintel Street School"
	bridge   = "562949957421315 P-003 - Anvil Street Bridge"
	tower    = "562949957421316 P-004 - Girder Street Tower"
	depot    = "562949957421318 P-006 - Keel Street Depot"
)

var filterCalls = map[string]goldenCall{
	"filter-scalar": {do: listProjects(project.ProjectQuery{ByStatus: project.StatusFilterInactive}), want: depot + " of 1"},
	"filter-list": {
		do:   listProjects(project.ProjectQuery{IDs: []int64{projectID, projectID + 3}}),
		want: hospital + "; " + tower + " of 2",
	},
	"filter-list-vendors": {
		do:   listVendors(directory.CompanyVendorQuery{IDs: []int64{562949956421313, 562949956421315}}),
		want: "562949956421313 Concrete Works 1; 562949956421315 Electric Works 3 of 2",
	},
	"filter-range": {
		do: listProjects(project.ProjectQuery{CreatedAt: value.Between(
			time.Date(2026, time.February, 12, 16, 0, 0, 0, time.FixedZone("PST", -8*60*60)), time.Date(2026, time.February, 14, 12, 0, 0, 0, time.UTC))}),
		want: hospital + "; " + school + "; " + bridge + "; " + tower + " of 4",
	},
	"filter-bool":    {do: listProjects(project.ProjectQuery{IsDemo: new(true)}), want: hospital + " of 1"},
	"filter-several": {do: listProjects(project.ProjectQuery{ByStatus: project.StatusFilterActive, ProjectNumber: "P-002"}), want: school + " of 1"},
	"filter-raw":     {do: listProjects(project.ProjectQuery{Name: "Depot"}, connector.Param("filters[include_deleted]", "with")), want: depot + " of 1"},
	"filter-search": {
		do:   listVendors(directory.CompanyVendorQuery{Search: "steel"}),
		want: "562949956421314 Steel Works 2; 562949956421320 Steel Works 8 of 2",
	},
	"filter-options": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return each(showOption)(rfi.New(c).FilterOptions.Statuses(ctx, projectID))
		},
		want: "open=open; closed=closed; draft=draft",
	},
	"filter-options-bool": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return each(showOption)(submittals.New(c).FilterOptions.Private(ctx, projectID))
		},
		want: "true=Yes; 7=Seven; 9=Nine",
	},
	"sort": {
		do:   listProjects(project.ProjectQuery{Sort: "-name"}, connector.PageSize(2)),
		want: school + "; " + hospital + " of 8, then company_id=562949954421313&page=2&per_page=2&sort=-name&view=compact#2",
	},
	"sort-rfis": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &rfi.RFIQuery{SortAttribute: "number", SortDirection: "desc"}
			return rows(func(r *rfi.RFI) string { return r.Number + " " + string(r.Status) })(rfi.New(c).RFIs.List(ctx, projectID, query, connector.PageSize(1)))
		},
		want: "40 draft of 40, then page=2&per_page=1&sort%5Battribute%5D=number&sort%5Bdirection%5D=desc#1",
	},
}
