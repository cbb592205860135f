package pace_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
)

// What pacing costs a call that need not wait: asking, and reading the headers
// of its answer.
func BenchmarkFreeTurn(b *testing.B) {
	p := newPacer(b, procore.Pacing())
	h := http.Header{
		"Date":                   {time.Now().UTC().Format(http.TimeFormat)},
		"X-Rate-Limit-Limit":     {"1000000000"},
		"X-Rate-Limit-Remaining": {"999999999"},
		"X-Rate-Limit-Reset":     {strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10)},
	}
	turn := &connector.Turn{Key: "tenant-17/42", MaxWait: time.Minute}
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Wait(b.Context(), turn); err != nil {
			b.Fatal(err)
		}
		p.Observe(turn, http.StatusOK, h)
	}
}
