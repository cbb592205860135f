package rest_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// A meter lets one request leave a second, in the order of asking, and refuses
// whoever would wait longer than MaxWait. It keeps the walks that asked.
type meter struct {
	mu    sync.Mutex
	next  time.Time
	walks []any
}

func (m *meter) Wait(ctx context.Context, t *connector.Turn) error {
	m.mu.Lock()
	m.walks = append(m.walks, t.Walk)
	wait := max(time.Until(m.next), 0)
	if wait > t.MaxWait {
		m.mu.Unlock()
		return &connector.Error{Kind: connector.RateLimited, RetryAfter: wait, Remedy: "wait"}
	}
	m.next = time.Now().Add(wait + time.Second)
	m.mu.Unlock()
	t.Waited = wait
	time.Sleep(wait)
	return context.Cause(ctx)
}

func (*meter) Observe(*connector.Turn, int, http.Header) {}

// Pages ahead ask the pacer as pages of the walk. Those that it refuses, since
// they ask so early, are asked for again when the walk gets there.
func TestAheadIsPaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := numberedList{ids: upTo(60)}
		server, pacer := faulttest.NewTransport(l.script), &meter{}
		c := newClient(t, server, connector.Options{Pacer: pacer, MaxWait: 3 * time.Second})
		begun := time.Now()
		ids, err := walk(t, c, connector.Ahead(16))
		if err != nil || !slices.Equal(ids, l.ids) {
			t.Errorf("got %v, %v", ids, err)
		}
		if took := time.Since(begun); took != 19*time.Second {
			t.Errorf("took %v for 20 pages", took)
		}
		wantCount(t, server, 20)
		for _, walk := range pacer.walks {
			if walk == nil || walk != pacer.walks[0] {
				t.Fatal("a page did not ask as one of the walk")
			}
		}
	})
}

// A walk that the pacer refuses for good gives the pages before, then the error.
func TestAheadRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := numberedList{ids: upTo(60)}
		pacer := &meter{}
		c := newClient(t, faulttest.NewTransport(late(l.script)), connector.Options{Pacer: pacer, MaxWait: 3 * time.Second})
		pages := 0
		for page, err := range rest.Pages[thing](t.Context(), c, list, nil, []connector.CallOption{connector.Ahead(16)}) {
			if err != nil {
				e := wantKind(t, err, connector.RateLimited)
				if pages < 2 || e.RetryAfter < time.Hour-10*time.Second || e.Next == "" {
					t.Errorf("after %d pages: %v", pages, e)
				}
				pages = -1
				continue
			}
			if pages++; len(page.Items) != 3 || pages == 0 {
				t.Errorf("got %v behind the error", page)
			}
			if pages == 2 {
				pacer.mu.Lock()
				pacer.next = time.Now().Add(time.Hour)
				pacer.mu.Unlock()
			}
		}
		if pages != -1 {
			t.Error("no error came")
		}
	})
}
