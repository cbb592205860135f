package pace

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestDeal(t *testing.T) {
	busy := func(want, share int) member {
		return member{Want: part(want, 100), Share: part(share, 100)}
	}
	resting := func(want, share int) member {
		m := busy(want, share)
		m.Rest = true
		return m
	}
	for name, test := range map[string]struct {
		members []member
		limit   int
		want    []int
	}{
		"alone":                                  {[]member{busy(100, 0)}, 100, []int{100}},
		"alone, in need of 1":                    {[]member{busy(1, 0)}, 100, []int{88}}, // the surplus but for an eighth
		"all in need":                            {[]member{busy(100, 0), busy(90, 0), busy(80, 0), busy(70, 0)}, 100, []int{25, 25, 25, 25}},
		"uneven":                                 {[]member{busy(90, 0), busy(5, 0), busy(5, 0), busy(5, 0)}, 100, []int{85, 5, 5, 5}},
		"what does not divide stays where it is": {[]member{busy(50, 33), busy(50, 34), busy(50, 33)}, 100, []int{33, 34, 33}},
		"one rests":                              {[]member{busy(90, 70), resting(20, 20)}, 100, []int{80, 20}},
		"one rests, enough for all":              {[]member{busy(40, 40), resting(20, 20)}, 100, []int{75, 20}},
		"taking turns":                           {[]member{busy(90, 50), busy(90, 50), busy(90, 0)}, 2, []int{0, 1, 1}},
		"nobody":                                 {nil, 100, []int{}},
	} {
		t.Run(name, func(t *testing.T) {
			tab := table{Members: test.members}
			if got := tab.deal(test.limit, test.limit); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	if got := (&table{Members: []member{busy(1, 0)}}).deal(100, 10); got[0] != 11 {
		t.Errorf("a surplus of at most 10 made %d of 1", got[0])
	}
}

// Whatever the members want: no more than the limit is dealt, nobody in need
// gets less than one who gets more than it wants, and all is dealt if it is
// needed.
func TestDealAtRandom(t *testing.T) {
	for seed := range uint64(3000) {
		chance := rand.New(rand.NewPCG(seed, 1))
		limit := 1 + chance.IntN(1+chance.IntN(500))
		tab := table{Members: make([]member, 1+chance.IntN(12))}
		free := int64(whole)
		for i := range tab.Members {
			share := chance.Int64N(free + 1)
			free -= share
			tab.Members[i] = member{ID: fmt.Sprint(i), Want: part(1+chance.IntN(limit), limit), Share: share, Rest: chance.IntN(4) == 0}
		}
		parts := tab.deal(limit, limit)
		sum, most, short := 0, 0, limit
		for i, m := range tab.Members {
			sum += parts[i]
			most = max(most, parts[i])
			if !m.Rest && parts[i] < requests(m.Want, limit) {
				short = min(short, parts[i])
			}
		}
		if sum > limit {
			t.Fatalf("seed %d: dealt %d of %d", seed, sum, limit)
		}
		if most > short+1 {
			t.Fatalf("seed %d: one has %d, and one in need has %d", seed, most, short)
		}
		if short < limit && sum < limit {
			t.Fatalf("seed %d: dealt %d of %d, and somebody is in need", seed, sum, limit)
		}
	}
}

// A part made of requests is as many requests again, for every limit that a
// platform may have, and all parts of a limit fit into the whole.
func TestParts(t *testing.T) {
	for _, limit := range []int{1, 2, 3, 7, 20, 25, 100, 3600, 5000, 999_983, 10_000_000} {
		for _, n := range []int{0, 1, 2, limit / 3, limit / 2, limit - 1, limit} {
			if got := requests(part(n, limit), limit); n <= limit && got != n {
				t.Errorf("%d of %d requests became %d", n, limit, got)
			}
			if n > 0 && n <= limit && part(n, limit)*int64(limit/n) > whole {
				t.Errorf("%d of %d requests are more than their part", n, limit)
			}
		}
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add([]byte(`{"format":1,"limit":100,"members":[{"id":"a","beat":1,"share":500000000,"want":1000000000},{"id":"b","rest":true}]}`))
	f.Add([]byte(`{"format":1,"members":[{"id":"a","share":9223372036854775807},{"id":"b","share":9223372036854775807}]}`))
	f.Add([]byte(`{"format":2}`))
	f.Fuzz(func(t *testing.T, value []byte) {
		tab, err := readTable(value)
		if err != nil {
			return
		}
		if free := tab.free(); free < 0 || free > whole {
			t.Errorf("%d are free", free)
		}
		sum := 0
		for _, n := range tab.deal(100, 100) {
			sum += n
		}
		if sum > 100 {
			t.Errorf("dealt %d of 100", sum)
		}
		if again, err := readTable(tab.value()); err != nil || len(again.Members) != len(tab.Members) {
			t.Errorf("what it makes of %q cannot be read: %v", value, err)
		}
	})
}
