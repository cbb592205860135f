package wire_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/internal/wire"
	"github.com/cordage-go/cordage/value"
)

type sorting struct {
	Sort string `query:"sort"`
}

type listQuery struct {
	sorting
	Status   []projectStatus     `query:"filters[status]"`
	IDs      []int64             `query:"filters[id],brackets"`
	Vendors  []int64             `query:"filters[vendor_id][],comma"`
	Levels   []string            `query:"severity_in,comma"`
	Custom   map[string][]string `query:"custom_fields,json"`
	Active   *bool               `query:"active"`
	Deleted  bool                `query:"deleted"`
	Count    *int                `query:"count"`
	Share    float64             `query:"share"`
	Day      value.Date          `query:"day"`
	Updated  value.TimeRange     `query:"filters[updated_at]"`
	Due      value.DateRange     `query:"filters[due]"`
	Since    time.Time           `query:"since"`
	Sum      value.Decimal       `query:"sum"`
	More     url.Values          `query:"*"`
	unseen   int
	Internal string `query:"-"`
}

func TestQuery(t *testing.T) {
	at := time.Date(2026, 2, 3, 4, 5, 6, 7e6, time.FixedZone("", 3600))
	full := &listQuery{
		sorting: sorting{"-name"}, Status: []projectStatus{"a", "b"}, IDs: []int64{1, 2}, Vendors: []int64{3, 4}, Levels: []string{"low", "high"},
		Custom: map[string][]string{"12": {"x"}}, Active: new(false), Count: new(0), Share: 0.5,
		Day: value.Date{Year: 2026, Month: 5, Day: 17}, Updated: value.Between(at, at.Add(time.Hour)),
		Due:   value.BetweenDates(value.Date{Year: 2026, Month: 1, Day: 1}, value.Date{Year: 2026, Month: 1, Day: 31}),
		Since: at, Sum: value.NewDecimal(150, 2), More: url.Values{"deleted": {"only"}, "sort": {"name"}}, unseen: 1, Internal: "x",
	}
	want := url.Values{
		"sort": {"name"}, "filters[status]": {"a", "b"}, "filters[id][]": {"1", "2"}, "filters[vendor_id][]": {"3,4"}, "severity_in": {"low,high"},
		"custom_fields": {`{"12":["x"]}`}, "active": {"false"}, "count": {"0"}, "share": {"0.5"}, "day": {"2026-05-17"},
		"filters[updated_at]": {"2026-02-03T03:05:06Z...2026-02-03T04:05:06Z"}, "filters[due]": {"2026-01-01...2026-01-31"},
		"since": {"2026-02-03T03:05:06Z"}, "sum": {"1.50"}, "deleted": {"only"},
	}
	got, err := wire.Procore().Query(full)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	got, err = wire.SecurityScorecard().Query(listQuery{Since: at, Updated: value.Until(at), Due: value.SinceDate(value.Date{Year: 2026, Month: 1, Day: 1})})
	want = url.Values{"since": {"2026-02-03T03:05:06.007Z"}, "filters[updated_at]": {"...2026-02-03T03:05:06.007Z"}, "filters[due]": {"2026-01-01..."}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if got, err := wire.Scoro(nil).Query(listQuery{Active: new(true), Deleted: true}); err != nil || got.Encode() != "active=1&deleted=1" {
		t.Errorf("booleans of Scoro: %v, %v", got, err)
	}
}

func TestQueryOfNothing(t *testing.T) {
	for _, q := range []any{nil, (*listQuery)(nil), listQuery{}, &listQuery{IDs: []int64{}, Levels: []string{}}} {
		got, err := wire.Procore().Query(q)
		if err != nil || len(got) != 0 {
			t.Errorf("%#v: %v, %v", q, got, err)
		}
		filter, err := wire.Scoro(nil).Filter(q)
		if err != nil || len(filter) != 0 {
			t.Errorf("%#v: %v, %v", q, filter, err)
		}
	}
}

func TestQueryRefuses(t *testing.T) {
	for want, q := range map[string]any{
		"must be a struct with query tags, not int": 7,
		"field Name of": struct{ Name string }{"a"},
		`unknown query option "coma"`: struct {
			IDs []int `query:"ids,coma"`
		}{},
		"parameter owner: no way to write wire_test.user": struct {
			Owner user `query:"owner"`
		}{user{ID: 1}},
		"parameter day: the date is not set": struct {
			Day *value.Date `query:"day"`
		}{new(value.Date)},
		"parameter at: the date is not set": struct {
			At *time.Time `query:"at"`
		}{new(time.Time)},
		"parameter day: value: the calendar has no day": struct {
			Day value.Date `query:"day"`
		}{value.Date{Year: 2026, Month: 2, Day: 30}},
		"parameter days: value: the calendar has no day": struct {
			Days value.DateRange `query:"days"`
		}{value.SinceDate(value.Date{Year: 2026, Month: 2, Day: 30})},
	} {
		if got, err := wire.Procore().Query(q); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%#v: %v, %v; want an error with %q", q, got, err, want)
		}
	}
}

func TestFilter(t *testing.T) {
	type filter struct {
		Name     string            `query:"project_name"`
		Status   []projectStatus   `query:"status"`
		Private  *bool             `query:"is_private"`
		Due      value.DateRange   `query:"deadline"`
		Modified value.TimeRange   `query:"modified_date"`
		Contact  map[string]string `query:"means_of_contact"`
		Manager  int64             `query:"manager_id"`
	}
	site := time.FixedZone("site", 3*3600)
	late := time.Date(2026, 2, 3, 23, 0, 0, 0, time.UTC) // the next day on the site
	got, err := wire.Scoro(site).Filter(&filter{
		Name: "Acme%", Status: []projectStatus{"pending"}, Private: new(false), Due: value.UntilDate(value.Date{Year: 2026, Month: 3, Day: 1}),
		Modified: value.Since(late), Contact: map[string]string{"website": "x"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]json.RawMessage{
		"project_name": json.RawMessage(`"Acme%"`), "status": json.RawMessage(`["pending"]`), "is_private": json.RawMessage(`0`),
		"deadline": json.RawMessage(`{"to_date":"2026-03-01"}`), "modified_date": json.RawMessage(`{"from_date":"2026-02-04"}`),
		"means_of_contact": json.RawMessage(`{"website":"x"}`),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := wire.Procore().Filter(&filter{Due: value.UntilDate(value.Date{Year: 2026, Month: 3, Day: 1})}); err == nil {
		t.Error("Procore has no filter object, and a range is written all the same")
	}
}
