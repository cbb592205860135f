package emulate_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/internal/emulate"
)

var day = time.Date(2026, time.January, 5, 8, 0, 0, 0, time.UTC)

func TestStateCopiesAndKeepsOrder(t *testing.T) {
	s := emulate.NewState(day)
	in := emulate.Record{"name": "b", "lines": []emulate.Record{{"n": 1}}}
	s.Put("things", 9, in)
	s.Put("things", "4", emulate.Record{"name": "a"})
	in["lines"].([]emulate.Record)[0]["n"] = 2

	got, ok := s.Get("things", "9")
	want := emulate.Record{"name": "b", "lines": []any{emulate.Record{"n": 1}}}
	if !ok || !cmp.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	got["name"] = "changed"
	updated, _ := s.Update("things", 9, func(r emulate.Record) { r["done"] = true })
	updated["done"] = "changed"
	all := s.All("things")
	if len(all) != 2 || all[0]["name"] != "b" || all[0]["done"] != true || all[1]["name"] != "a" {
		t.Errorf("all: %v", all)
	}
	if id := s.NextID("things"); id != 10 {
		t.Errorf("next id %d, want 10", id)
	}
	if !s.Delete("things", 9) || s.Delete("things", 9) || s.Len("things") != 1 {
		t.Error("deleting is confused")
	}
	if !s.Now().Equal(day.Add(time.Second)) {
		t.Error("the clock does not move by a second")
	}
}

func TestStateTogether(t *testing.T) {
	s := emulate.NewState(day)
	s.Put("counters", 1, emulate.Record{"n": 0})
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			for range 50 {
				s.Update("counters", 1, func(r emulate.Record) { r["n"] = r["n"].(int) + 1 })
			}
		})
	}
	group.Wait()
	if r, _ := s.Get("counters", 1); r["n"] != 1000 {
		t.Errorf("counted %v, want 1000", r["n"])
	}
}

func TestTyped(t *testing.T) {
	router := emulate.NewRouter("", table())
	typed := emulate.NewTyped(table(), emulate.NewState(day), func(path []string) []string { return path })
	do := func(verb, path string, sent emulate.Record) emulate.Result {
		call := router.Find(httptest.NewRequest(verb, path, http.NoBody))
		if call.Operation() == nil {
			t.Fatalf("%s %s: no route", verb, path)
		}
		return typed.Do(emulate.Ask{Call: call, Sent: sent})
	}

	list := do("GET", "/teams/1/things", nil).List
	if len(list) != 3 {
		t.Fatalf("%d starters, want 3", len(list))
	}
	want := emulate.Record{
		"id": int64(1), "name": "name 1", "done": false, "created_at": "2026-01-05T09:00:00Z", "updated_at": "2026-01-05T09:00:00Z",
		"updated_by": "updated by 1", "tags": []any{"tags 1"},
		"owner": emulate.Record{"login": "login 1", "boss": emulate.Record{"login": "login 1", "boss": nil}},
	}
	if diff := cmp.Diff(want, list[0]); diff != "" {
		t.Errorf("starter (-want +got):\n%s", diff)
	}

	made := do("POST", "/teams/1/things", emulate.Record{"name": "new", "id": 99}).One
	want = emulate.Record{
		"id": int64(4), "name": "new", "done": false, "created_at": "2026-01-05T08:00:01Z", "updated_at": "2026-01-05T08:00:01Z",
		"updated_by": "", "tags": []any{}, "owner": nil,
	}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}

	changed := do("PATCH", "/teams/1/things/4", emulate.Record{"done": true}).One.(emulate.Record)
	if changed["done"] != true || changed["name"] != "new" || changed["updated_at"] != "2026-01-05T08:00:02Z" || changed["created_at"] != "2026-01-05T08:00:01Z" {
		t.Errorf("changed: %v", changed)
	}
	if n := len(do("GET", "/teams/2/things", nil).List); n != 3 {
		t.Errorf("another team has %d things, want its own 3", n)
	}
	if do("DELETE", "/teams/1/things/4", nil).Missing != "" || do("GET", "/teams/1/things/4", nil).Missing != "4" || do("DELETE", "/teams/1/things/4", nil).Missing == "" {
		t.Error("a deleted record is still there")
	}
	if one := do("GET", "/teams/1/things/summary", nil).One.(emulate.Record); one["login"] != "login 1" {
		t.Errorf("summary: %v", one)
	}
}

func TestReadJSON(t *testing.T) {
	got, err := emulate.ReadJSON([]byte(` {"id": 9007199254740993, "sum": 1.10, "list": [true, null, {"a": "b"}]} `))
	if err != nil {
		t.Fatal(err)
	}
	again := emulate.JSON(200, got)
	if string(again.Body) != `{"id":9007199254740993,"list":[true,null,{"a":"b"}],"sum":1.10}` {
		t.Errorf("digits were lost: %s", again.Body)
	}
	for _, bad := range []string{
		"", "{", "[1,]", "{} {}", `{"a":1,"a":2}`, "\"\xff\"", strings.Repeat("[", 102) + strings.Repeat("]", 102), "nul", "}",
	} {
		if v, err := emulate.ReadJSON([]byte(bad)); err == nil {
			t.Errorf("%q was read as %v", bad, v)
		}
	}
}

func FuzzReadJSON(f *testing.F) {
	f.Add([]byte(`{"a":[1,2.5,"x",null,{"b":true}]}`))
	f.Add([]byte(`[]`))
	f.Add([]byte("\"\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := emulate.ReadJSON(data)
		if err != nil {
			return
		}
		once := emulate.JSON(200, v).Body
		again, err := emulate.ReadJSON(once)
		if err != nil {
			t.Fatalf("%s: %v", once, err)
		}
		if twice := emulate.JSON(200, again).Body; string(once) != string(twice) {
			t.Fatalf("%s became %s", once, twice)
		}
	})
}

func TestPages(t *testing.T) {
	all := []int{1, 2, 3, 4, 5}
	for _, c := range []struct {
		index, size int
		want        []int
	}{{0, 2, []int{1, 2}}, {2, 2, []int{5}}, {3, 2, []int{}}, {1 << 40, 1 << 40, []int{}}, {-1, 2, []int{}}, {0, 0, []int{}}} {
		if got := emulate.Page(all, c.index, c.size); !cmp.Equal(got, c.want) {
			t.Errorf("page %d of %d: %v, want %v", c.index, c.size, got, c.want)
		}
	}
	if emulate.Pages(5, 2) != 3 || emulate.Pages(0, 2) != 0 || emulate.Pages(4, 2) != 2 {
		t.Error("pages are miscounted")
	}
}

func TestCursor(t *testing.T) {
	all := []int{1, 2, 3, 4, 5}
	var got []int
	cursor, rounds := "", 0
	for {
		part, next, err := emulate.Cursor(all, cursor, 2)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, part...)
		rounds++
		if next == "" {
			break
		}
		cursor = next
	}
	if !cmp.Equal(got, all) || rounds != 3 {
		t.Errorf("got %v in %d rounds", got, rounds)
	}
	if _, _, err := emulate.Cursor(all, "nonsense", 2); err == nil {
		t.Error("a foreign cursor was taken")
	}
}

func TestAfter(t *testing.T) {
	var all []emulate.Record
	for i := range 5 {
		all = append(all, emulate.Record{"id": strconv.Itoa(i)})
	}
	part, ok := emulate.After(all, "id", "3", 2)
	if !ok || len(part) != 1 || part[0]["id"] != "4" {
		t.Errorf("got %v, %v", part, ok)
	}
	if part, ok := emulate.After(all, "id", "", 2); !ok || len(part) != 2 {
		t.Errorf("start: %v, %v", part, ok)
	}
	if _, ok := emulate.After(all, "id", "9", 2); ok {
		t.Error("an unknown id was taken")
	}
}

func TestLinks(t *testing.T) {
	address, _ := url.Parse("http://host/things?per_page=2&page=2")
	want := `<http://host/things?page=1&per_page=2>; rel="first", <http://host/things?page=1&per_page=2>; rel="prev", ` +
		`<http://host/things?page=3&per_page=2>; rel="next", <http://host/things?page=3&per_page=2>; rel="last"`
	if got := emulate.Links(*address, "page", 2, 3, 1); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := emulate.Links(*address, "page", 0, 1, 0); got != "" {
		t.Errorf("a single page has links: %s", got)
	}
}
