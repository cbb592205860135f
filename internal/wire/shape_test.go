package wire_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cordage-go/cordage/internal/wire"
)

// The fields that a program's own type may have beside those of generated ones.
type (
	base struct {
		ID   int64  `json:"id"`
		Note string `json:"note"`
	}
	Extra struct {
		More string `json:"more"`
		Note string `json:"note"`
	}
	own struct {
		base
		*Extra
		Note    string `json:"note"`
		Plain   string
		Skipped string               `json:"-"`
		Count   uint8                `json:"count"`
		Point   [2]float64           `json:"point"`
		Data    []byte               `json:"data"`
		ByYear  map[int]string       `json:"by_year"`
		ByIP    map[netip.Addr]bool  `json:"by_ip"`
		Matrix  [][]int64            `json:"matrix"`
		Deep    *own                 `json:"deep"`
		Any     any                  `json:"any"`
		Pointer **string             `json:"pointer"`
		Nested  map[string][]*Extra  `json:"nested"`
		IP      netip.Addr           `json:"ip"`
		Ch      chan int             `json:"ch"`
		At      map[string]time.Time `json:"at"`
	}
)

func TestDecodeIntoOwnTypes(t *testing.T) {
	text := "x"
	pointer := &text
	want := own{
		base: base{ID: 7}, Extra: &Extra{More: "m"}, Note: "outer", Plain: "p", Count: 200, Point: [2]float64{1.5, -2}, Data: []byte("hi"),
		ByYear: map[int]string{2026: "a"}, ByIP: map[netip.Addr]bool{netip.MustParseAddr("::1"): true}, Matrix: [][]int64{{1}, {}, {2, 3}},
		Deep: &own{base: base{ID: 8}}, Any: []any{json.Number("1"), "b"}, Pointer: &pointer,
		Nested: map[string][]*Extra{"n": {{More: "1"}, nil}}, IP: netip.MustParseAddr("10.0.0.1"),
		At: map[string]time.Time{"start": time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)},
	}
	var got own
	mustDecode(t, wire.Procore(), ` {"id" : 7 ,"more":"m","note":"outer","Plain":"p","Skipped":"s","hidden":"h","count":200,"point":[1.5,"-2"],"data":"aGk=",
		"by_year":{"2026":"a"},"by_ip":{"::1":true},"matrix":[[1],[],[2,3]],"deep":{"id":8},"any":[1,"b"],"pointer":"x",
		"nested":{"n":[{"more":"1"},null]},"ip":"10.0.0.1","at":{"start":"2026-02-03T04:05:06Z"},"unknown":{"a":"}\"]"}}`, &got)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(own{}), cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestDecodeIntoOwnTypesDrifts(t *testing.T) {
	for text, want := range map[string]wire.Drift{
		`{"count":256}`:                     {Path: "/count", Want: "integer", Got: "number"},
		`{"count":-1}`:                      {Path: "/count", Want: "integer", Got: "number"},
		`{"point":[1]}`:                     {Path: "/point", Want: "list of 2", Got: "list"},
		`{"point":7}`:                       {Path: "/point", Want: "list", Got: "number"},
		`{"data":"?"}`:                      {Path: "/data", Want: "base64", Got: "string"},
		`{"by_year":{"x":"a"}}`:             {Path: "/by_year", Want: "object with other names", Got: "object"},
		`{"matrix":[[1],7]}`:                {Path: "/matrix/1", Want: "list", Got: "number"},
		`{"nested":{"a/b~":[{"more":[]}]}}`: {Path: "/nested/a~1b~0/0/more", Want: "text", Got: "list"},
		`{"ip":"nowhere"}`:                  {Path: "/ip", Want: "Addr", Got: "string"},
		`{"ip":[]}`:                         {Path: "/ip", Want: "Addr", Got: "list"},
	} {
		var got own
		drifts, err := wire.Procore().Decode([]byte(text), &got, wire.DecodeOptions{})
		if diff := cmp.Diff([]wire.Drift{want}, drifts); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", text, err, diff)
		}
	}
	_, err := wire.Procore().Decode([]byte(`{"ch":1}`), new(own), wire.DecodeOptions{})
	if !errors.Is(err, wire.WrongShape) || !strings.Contains(fmt.Sprint(err), "want a value for chan int, got number") {
		t.Errorf("a channel: %v", err)
	}
}

// Memory for a list is guessed by its first record. A page whose first record
// is small and whose second is huge must not make it large.
func TestRoomForAListIsBounded(t *testing.T) {
	type wide struct {
		ID  int64       `json:"id"`
		Pad [1_000]byte `json:"-"`
	}
	page := []byte(`[{},{"unknown":"` + strings.Repeat("a", 8<<20) + `"},{"id":3}]`)
	var list []wide
	if _, err := wire.Procore().Decode(page, &list, wire.DecodeOptions{}); err != nil || len(list) != 3 || list[2].ID != 3 {
		t.Fatalf("%d records, %v", len(list), err)
	}
	if cap(list) > 1_000 {
		t.Errorf("room for %d records was made", cap(list))
	}
}
