package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"
)

// SQL returns a store that keeps its records in the table cordage_records of a
// database, and makes the table if it is missing. Programs on many machines may
// share it and may start at the same time. A table of a newer version of this
// library is [ErrNewer].
//
// Values are stored as they are: protect the database as you would protect the
// sign-ins in it. When a record expires is judged by the clock of the machine
// that asks. [PostgreSQL] and [SQLite] say how to open db, which stays yours to
// close.
func SQL(ctx context.Context, db *sql.DB, d Dialect) (Store, error) {
	if db == nil {
		return nil, errors.New("store: SQL needs a database")
	}
	if d != PostgreSQL && d != SQLite {
		return nil, errors.New("store: SQL needs a dialect: PostgreSQL or SQLite")
	}
	s := &database{db: db}
	if err := s.prepare(ctx, d); err != nil {
		return nil, fmt.Errorf("store: cannot prepare the database: %w", orEnded(ctx, err))
	}
	return s, nil
}

// The statements name their parameters in the order of their numbers, because
// some drivers go by place and some by number. Each changes one record, alone:
// the database lets one of several writers through.
const (
	selectVersion = `SELECT version FROM cordage_schema`
	selectRecord  = `SELECT value, version, expires FROM cordage_records
		WHERE key = $1 AND (expires IS NULL OR expires > $2)`
	selectPage = `SELECT key, value, version, expires FROM cordage_records
		WHERE key >= $1 AND (expires IS NULL OR expires > $2) ORDER BY key LIMIT 64`
	insertRecord = `INSERT INTO cordage_records (key, value, version, expires) VALUES ($1, $2, $3, $4)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version, expires = excluded.expires
		WHERE cordage_records.expires <= $5`
	updateRecord = `UPDATE cordage_records SET value = $1, version = $2, expires = $3
		WHERE key = $4 AND version = $5 AND (expires IS NULL OR expires > $6)`
	deleteRecord = `DELETE FROM cordage_records
		WHERE key = $1 AND version = $2 AND (expires IS NULL OR expires > $3)`
	deleteExpired = `DELETE FROM cordage_records WHERE expires <= $1`
)

// sweepEvery is the number of expiring records that are written between two
// looks for expired ones, which have an index of their own.
const sweepEvery = 64

type database struct {
	db    *sql.DB
	until atomic.Int64 // expiring records that may be written before expired ones are removed
}

func (s *database) Get(ctx context.Context, key string) (Record, error) {
	if err := begin(ctx, key); err != nil {
		return Record{}, err
	}
	r, err := untilFree(ctx, func() (Record, error) { return s.get(ctx, key) })
	if errors.Is(err, sql.ErrNoRows) {
		return Record{}, notFound(key)
	}
	if err != nil {
		return Record{}, fmt.Errorf("store: cannot read %q: %w", key, orEnded(ctx, err))
	}
	return r, nil
}

func (s *database) get(ctx context.Context, key string) (Record, error) {
	r := row{key: []byte(key)}
	err := s.db.QueryRowContext(ctx, selectRecord, r.key, now()).Scan(&r.value, &r.version, &r.expires)
	if err != nil {
		return Record{}, err
	}
	return r.record()
}

func (s *database) Put(ctx context.Context, r Record) (Version, error) {
	if err := begin(ctx, r.Key); err != nil {
		return 0, err
	}
	version := r.Version.next()
	key, value, expires := []byte(r.Key), append([]byte{}, r.Value...), expiry(r.Expires)
	var written bool
	var err error
	if r.Version == 0 {
		written, err = s.change(ctx, insertRecord, key, value, int64(version), expires, now())
	} else {
		written, err = s.change(ctx, updateRecord, value, int64(version), expires, key, int64(r.Version), now())
	}
	if err != nil {
		return 0, fmt.Errorf("store: cannot write %q: %w", r.Key, err)
	}
	if !written {
		return 0, conflict(r.Key)
	}
	if !r.Expires.IsZero() && s.until.Add(-1) < 0 {
		s.sweep(ctx)
	}
	return version, nil
}

func (s *database) Delete(ctx context.Context, key string, v Version) error {
	if err := begin(ctx, key); err != nil {
		return err
	}
	deleted, err := s.change(ctx, deleteRecord, []byte(key), int64(v), now())
	if err != nil {
		return fmt.Errorf("store: cannot delete %q: %w", key, err)
	}
	if deleted {
		return nil
	}
	if _, err := s.Get(ctx, key); err != nil {
		return err
	}
	return conflict(key)
}

// List reads page by page and holds no connection while the loop's body runs,
// so the body may use a database that allows one connection only.
func (s *database) List(ctx context.Context, prefix string) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for from := prefix; ; {
			page, err := untilFree(ctx, func() ([]Record, error) { return s.page(ctx, from) })
			if err != nil {
				yield(Record{}, fmt.Errorf("store: cannot list: %w", orEnded(ctx, err)))
				return
			}
			for _, r := range page {
				if !strings.HasPrefix(r.Key, prefix) {
					return
				}
				if !yield(r, nil) {
					return
				}
				from = r.Key + "\x00" // no key lies between, since no key holds a NUL
			}
			if len(page) == 0 {
				return
			}
		}
	}
}

func (s *database) page(ctx context.Context, from string) ([]Record, error) {
	rows, err := s.db.QueryContext(ctx, selectPage, []byte(from), now())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var page []Record
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.key, &r.value, &r.version, &r.expires); err != nil {
			return nil, err
		}
		record, err := r.record()
		if err != nil {
			return nil, err
		}
		page = append(page, record)
	}
	return page, rows.Err()
}

// sweep removes expired records. What it cannot do now is left for the next time.
func (s *database) sweep(ctx context.Context) {
	s.until.Store(sweepEvery)
	_, _ = s.change(ctx, deleteExpired, now())
}

// change runs a statement and reports whether it changed anything.
func (s *database) change(ctx context.Context, statement string, args ...any) (bool, error) {
	rows, err := untilFree(ctx, func() (int64, error) {
		result, err := s.db.ExecContext(ctx, statement, args...)
		if err != nil {
			return 0, err
		}
		return result.RowsAffected()
	})
	return rows > 0, orEnded(ctx, err)
}

// A row is a record as the table has it.
type row struct {
	key, value []byte
	version    int64
	expires    sql.NullInt64 // microseconds since 1970
}

func (r row) record() (Record, error) {
	key := string(r.key)
	if r.version <= 0 || CheckKey(key) != nil {
		return Record{}, fmt.Errorf("%w: the row of %q was not written by this library", ErrCorrupt, key)
	}
	record := Record{Key: key, Value: r.value, Version: Version(r.version)}
	if r.expires.Valid {
		record.Expires = time.UnixMicro(r.expires.Int64)
	}
	return record, nil
}

func expiry(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMicro(), Valid: !t.IsZero()}
}

func now() int64 { return time.Now().UnixMicro() }

// untilFree repeats what the database turned away because of others' work,
// which then has not been done, until ctx ends.
func untilFree[T any](ctx context.Context, run func() (T, error)) (T, error) {
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		result, err := run()
		if !turnedAway(err) {
			return result, err
		}
		select {
		case <-time.After(pause/2 + rand.N(pause)):
		case <-ctx.Done():
			return result, err
		}
	}
}

// orEnded makes an error that came because ctx ended match ctx's own, which not
// every driver sees to.
func orEnded(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil || errors.Is(err, ctx.Err()) {
		return err
	}
	return fmt.Errorf("%w (%w)", ctx.Err(), err)
}
