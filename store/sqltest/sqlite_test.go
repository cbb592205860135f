package sqltest

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/cordage-go/cordage/store"
	"github.com/cordage-go/cordage/store/storetest"
)

// The ways that people open SQLite files, the documented one first.
var sqliteOptions = map[string]string{
	"documented": "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)",
	"bare":       "",
}

func TestSQLite(t *testing.T) {
	for name, options := range sqliteOptions {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.Store { return openSQLite(t, t.TempDir(), options) })
		})
	}
}

// A database that allows one connection deadlocks a store that holds it while
// it asks for another.
func TestSQLiteOneConnection(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		db := sqlite(t, t.TempDir(), "")
		db.SetMaxOpenConns(1)
		return prepare(t, db, store.SQLite)
	})
}

func TestSQLiteKilled(t *testing.T) {
	for name, options := range sqliteOptions {
		t.Run(name, func(t *testing.T) {
			storetest.RunKilled(t, func(t *testing.T, dir string) store.Store { return openSQLite(t, dir, options) })
		})
	}
}

func TestSQLiteManyStart(t *testing.T) {
	dir := t.TempDir()
	manyStart(t, func() *sql.DB { return sqlite(t, dir, "") }, store.SQLite)
}

func TestSQLiteNewer(t *testing.T) {
	refusesNewer(t, sqlite(t, t.TempDir(), ""), store.SQLite)
}

// A writer waits for another process's transaction no longer than its context
// allows, and goes on as soon as that ends.
func TestSQLiteBusy(t *testing.T) {
	dir := t.TempDir()
	s := openSQLite(t, dir, "")
	other, err := sqlite(t, dir, "").Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	mustExec(t, other, `BEGIN IMMEDIATE`)

	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err = s.Put(ctx, store.Record{Key: "k"})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Put while another writes: %v, want DeadlineExceeded", err)
	}
	if waited := time.Since(start); waited < 100*time.Millisecond || waited > 10*time.Second {
		t.Errorf("Put waited %v, its context allowed 100ms", waited)
	}
	var writer sync.WaitGroup
	writer.Go(func() {
		if _, err := s.Put(t.Context(), store.Record{Key: "k"}); err != nil {
			t.Errorf("Put after the other's transaction: %v", err)
		}
	})
	time.Sleep(50 * time.Millisecond)
	mustExec(t, other, `ROLLBACK`)
	writer.Wait()
}

func openSQLite(t *testing.T, dir, options string) store.Store {
	t.Helper()
	return prepare(t, sqlite(t, dir, options), store.SQLite)
}

func sqlite(t *testing.T, dir, options string) *sql.DB {
	t.Helper()
	return openDB(t, "sqlite", "file:"+filepath.Join(dir, "records.db")+options)
}
