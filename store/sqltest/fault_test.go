package sqltest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/store"
)

// eachDatabase runs a test on an empty database of each kind.
func eachDatabase(t *testing.T, test func(t *testing.T, db *sql.DB, d store.Dialect)) {
	t.Run("SQLite", func(t *testing.T) { test(t, sqlite(t, t.TempDir(), ""), store.SQLite) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, postgres(t).schema(t, t.TempDir()), store.PostgreSQL) })
}

func TestExpiredRowsAreRemoved(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *sql.DB, d store.Dialect) {
		s := prepare(t, db, d)
		if _, err := s.Put(t.Context(), store.Record{Key: "forever"}); err != nil {
			t.Fatal(err)
		}
		past := time.Now().Add(-time.Hour)
		for i := range 130 {
			if _, err := s.Put(t.Context(), store.Record{Key: fmt.Sprint("past ", i), Expires: past}); err != nil {
				t.Fatal(err)
			}
		}
		var rows int
		if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM cordage_records`).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		if rows < 1 || rows > 66 {
			t.Errorf("130 expired records left %d rows, want at most 64 of them, and the one that lives", rows)
		}
		if _, err := s.Get(t.Context(), "forever"); err != nil {
			t.Error(err)
		}
	})
}

// A row that this library did not write is told of and left alone.
func TestOddRows(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *sql.DB, d store.Dialect) {
		ctx := t.Context()
		s := prepare(t, db, d)
		_, err := db.ExecContext(ctx, `INSERT INTO cordage_records (key, value, version) VALUES ($1, $2, 0)`, []byte("k"), []byte("secret"))
		if err != nil {
			t.Fatal(err)
		}
		_, getErr := s.Get(ctx, "k")
		var listErr error
		for _, err := range s.List(ctx, "") {
			listErr = err
		}
		_, newErr := s.Put(ctx, store.Record{Key: "k"})
		_, oldErr := s.Put(ctx, store.Record{Key: "k", Version: 5})
		for what, err := range map[string]error{"Get": getErr, "List": listErr, "Delete": s.Delete(ctx, "k", 5)} {
			if !errors.Is(err, store.ErrCorrupt) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: %v, want ErrCorrupt without the value", what, err)
			}
		}
		for what, err := range map[string]error{"Put anew": newErr, "Put": oldErr} {
			if !errors.Is(err, store.ErrConflict) {
				t.Errorf("%s: %v, want ErrConflict", what, err)
			}
		}
	})
}

// Errors of a database name the record, and quote neither value nor password.
func TestErrorsQuoteNothing(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *sql.DB, d store.Dialect) {
		s := prepare(t, db, d)
		mustExec(t, db, `DROP TABLE cordage_records`)
		wantQuiet(t, s)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		wantQuiet(t, s)
	})
	nobodyThere := openDB(t, "pgx", "postgres://user:hunter2@127.0.0.1:1/records")
	if _, err := store.SQL(t.Context(), nobodyThere, store.PostgreSQL); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a server that is not there: %v", err)
	}
}

func wantQuiet(t *testing.T, s store.Store) {
	t.Helper()
	ctx := t.Context()
	r := store.Record{Key: "tenant-17", Value: []byte("secret")}
	_, newErr := s.Put(ctx, r)
	r.Version = 5
	_, oldErr := s.Put(ctx, r)
	_, getErr := s.Get(ctx, r.Key)
	var listErr error
	for _, err := range s.List(ctx, "") {
		listErr = err
	}
	for what, err := range map[string]error{
		"Put anew": newErr, "Put": oldErr, "Get": getErr, "Delete": s.Delete(ctx, r.Key, 5), "List": listErr,
	} {
		if err == nil || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) {
			t.Errorf("%s of a broken database: %v", what, err)
		} else if strings.Contains(err.Error(), "secret") || what != "List" && !strings.Contains(err.Error(), "tenant-17") {
			t.Errorf("%s: the error should name the record and no value: %v", what, err)
		}
	}
}

// A writer waits for another's lock on the row no longer than its context allows.
func TestPostgreSQLDeadline(t *testing.T) {
	db := postgres(t).schema(t, t.TempDir())
	s := prepare(t, db, store.PostgreSQL)
	v, err := s.Put(t.Context(), store.Record{Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	other, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Rollback()
	mustExec(t, other, `UPDATE cordage_records SET version = version`)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := s.Put(ctx, store.Record{Key: "k", Version: v}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Put: %v, want DeadlineExceeded", err)
	}
	if waited := time.Since(start); waited > 10*time.Second {
		t.Errorf("Put took %v, its context allowed 100ms", waited)
	}
}
