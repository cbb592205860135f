package procoretest

import (
	"testing"
	"time"

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
