package sqltest

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/cordage-go/cordage/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func openDB(t *testing.T, driver, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func prepare(t *testing.T, db *sql.DB, d store.Dialect) store.Store {
	t.Helper()
	s, err := store.SQL(t.Context(), db, d)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// mustExec works in cleanups too, when the test's context has ended.
func mustExec(t *testing.T, db execer, statement string) {
	t.Helper()
	if _, err := db.ExecContext(context.WithoutCancel(t.Context()), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// manyStart lets many programs find an empty database at once.
func manyStart(t *testing.T, open func() *sql.DB, d store.Dialect) {
	t.Helper()
	dbs := make([]*sql.DB, 12)
	for i := range dbs {
		dbs[i] = open()
	}
	var all sync.WaitGroup
	won := make([]bool, len(dbs))
	for i, db := range dbs {
		all.Go(func() {
			s, err := store.SQL(t.Context(), db, d)
			if err != nil {
				t.Error(err)
				return
			}
			_, err = s.Put(t.Context(), store.Record{Key: "first"})
			won[i] = err == nil
			if err != nil && !errors.Is(err, store.ErrConflict) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	winners := 0
	for _, w := range won {
		if w {
			winners++
		}
	}
	if winners != 1 {
		t.Errorf("%d of %d made the first record, want 1", winners, len(dbs))
	}
}

// refusesNewer checks that tables of a newer version stay as they are.
func refusesNewer(t *testing.T, db *sql.DB, d store.Dialect) {
	t.Helper()
	prepare(t, db, d)
	mustExec(t, db, `UPDATE cordage_schema SET version = 2`)
	mustExec(t, db, `DROP TABLE cordage_records`)
	if _, err := store.SQL(t.Context(), db, d); !errors.Is(err, store.ErrNewer) {
		t.Errorf("SQL on tables of version 2: %v, want ErrNewer", err)
	}
	if _, err := db.ExecContext(t.Context(), `SELECT 1 FROM cordage_records`); err == nil {
		t.Error("it made a table in a database of a newer version")
	}
}
