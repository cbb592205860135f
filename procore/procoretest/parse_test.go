package procoretest

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/internal/emulate"
)

// What is hand-written must be for operations that exist.
func TestBehaviourIsInTheTable(t *testing.T) {
	table, err := emulate.ProcoreTable()
	if err != nil {
		t.Fatal(err)
	}
	p := newPlatform(table, &Options{Empty: true}, "")
	for route := range p.routes {
		if _, ok := p.table[route]; !ok {
			t.Errorf("the table has no %s", route)
		}
	}
}

func TestNest(t *testing.T) {
	values, err := url.ParseQuery("rfi[subject]=a&rfi[subject]=b&rfi[ids][]=1&rfi[ids][]=2&rfi[question][body]=why&company_id=7")
	if err != nil {
		t.Fatal(err)
	}
	got, err := nest(values, map[string][]any{"attachments[]": {record{"filename": "x"}}})
	want := record{
		"rfi":        record{"subject": "b", "ids": []any{"1", "2"}, "question": record{"body": "why"}},
		"company_id": "7", "attachments": []any{record{"filename": "x"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
}

// Whatever a form says, nesting it gives a record or an error, and a record
// can be answered.
func FuzzNest(f *testing.F) {
	for _, seed := range []string{"a=1", "a[b]=1&a=2", "a[]=1&a[b]=2", "[]=1", "a[=1", "a][b=1", "a[b][][c]=1", "a=1&a[b][c]=2", "="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		values, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		if r, err := nest(values, nil); err == nil {
			emulate.JSON(200, emulate.Copy(r))
		}
	})
}

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{"1...5", `"2026-01-01...2026-01-31"`, "2026-01-01T00:00:00Z...2026-01-01T08:00:00+08:00", "a,b", `["a",1]`, "...", "[", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, param := range []emulate.Param{{Type: "[]int"}, {Type: "datetime", Form: "range"}, {Type: "string"}, {Type: "bool"}} {
			got, err := readFilter("filters[id]", "id", []string{value}, param)
			if err == nil {
				got.keeps(record{"id": int64(3)})
				got.keeps(record{"id": nil})
			}
		}
	})
}

func TestReadBound(t *testing.T) {
	for _, c := range []struct {
		text  string
		upper bool
		want  string
	}{
		{"2026-09-23", false, "2026-09-23T00:00:00Z"},
		{"2026-09-23", true, "2026-09-23T23:59:59Z"},
		{"2026-09-23T16:30:00Z", true, "2026-09-23T16:30:00Z"},
		{"2026-09-23T16:30:00+02:00", false, "2026-09-23T14:30:00Z"},
	} {
		got, err := readBound(c.text, c.upper)
		if err != nil || got.moment.UTC().Format(time.RFC3339) != c.want {
			t.Errorf("%s: %v, %v; want %s", c.text, got.moment, err, c.want)
		}
	}
	if _, err := readBound("yesterday", false); err == nil {
		t.Error("yesterday is a bound")
	}
}
