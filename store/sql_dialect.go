package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// A Dialect is a kind of database that [SQL] can talk to.
type Dialect string

const (
	// PostgreSQL, version 9.5 or later, through any driver for database/sql:
	//
	//	import _ "github.com/jackc/pgx/v5/stdlib"
	//	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
	//
	// The tables are made in the first schema of the connection's search_path,
	// so the user needs the right to create tables there, once.
	PostgreSQL Dialect = "PostgreSQL"

	// SQLite, version 3.24 or later, through any driver for database/sql. A
	// writer waits for another for as long as its context allows. Let SQLite
	// itself wait a while first, which is fairer, and keep a log of writes, so
	// that readers need not wait:
	//
	//	import _ "modernc.org/sqlite"
	//	db, err := sql.Open("sqlite", "file:/var/lib/app/records.db?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)")
	//
	// Leave synchronous at FULL, which is the default: with NORMAL a power cut
	// can take back the last sign-ins that were saved. SQLite makes the file
	// with the modes that your umask allows: put it in a folder that is private
	// to its owner, and on no network drive.
	SQLite Dialect = "SQLite"
)

// tableVersion is the form of the tables. A program that knows only older
// forms must leave them alone.
const tableVersion = 1

// prepare makes the tables if they are missing. It looks before it creates,
// because a user who may not create tables may still use them.
func (s *database) prepare(ctx context.Context, d Dialect) error {
	version, err := untilFree(ctx, func() (int, error) { return scanVersion(s.db.QueryRowContext(ctx, selectVersion)) })
	if err != nil {
		version, err = untilFree(ctx, func() (int, error) { return s.create(ctx, d) })
	}
	if err != nil {
		return err
	}
	if version > tableVersion {
		return fmt.Errorf("%w: tables of version %d; this program knows %d", ErrNewer, version, tableVersion)
	}
	return nil
}

// create runs as one transaction, so that the version is there when the table
// is, and returns the version that it made or found.
func (s *database) create(ctx context.Context, d Dialect) (version int, err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	for _, statement := range d.schema() {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return 0, err
		}
	}
	if version, err = scanVersion(tx.QueryRowContext(ctx, selectVersion)); err != nil {
		return 0, err
	}
	return version, tx.Commit()
}

func scanVersion(row *sql.Row) (version int, err error) {
	err = row.Scan(&version)
	return version, err
}

// schema returns the statements that make the tables. Keys are bytes, so that
// their order is that of their bytes whatever the database's language.
func (d Dialect) schema() []string {
	bytes := "bytea"
	var lock []string
	if d == SQLite {
		bytes = "blob"
	} else {
		// Without it, of several programs that create one table at once all but
		// one may fail. The number is this library's own, chosen at random.
		lock = []string{`SELECT pg_advisory_xact_lock(6113530447906621753)`}
	}
	return append(lock,
		`CREATE TABLE IF NOT EXISTS cordage_schema (id integer PRIMARY KEY CHECK (id = 1), version integer NOT NULL)`,
		fmt.Sprintf(`INSERT INTO cordage_schema (id, version) VALUES (1, %d) ON CONFLICT (id) DO NOTHING`, tableVersion),
		fmt.Sprintf(`CREATE TABLE IF NOT EXISTS cordage_records (
			key %[1]s PRIMARY KEY, value %[1]s NOT NULL, version bigint NOT NULL, expires bigint)`, bytes),
		`CREATE INDEX IF NOT EXISTS cordage_records_expires ON cordage_records (expires) WHERE expires IS NOT NULL`)
}

// turnedAway reports whether the database refused a statement because of
// others' work, and would take it a moment later. PostgreSQL drivers tell by
// the state 40xxx, under stricter isolation than the default. SQLite drivers
// share no error type, but SQLite's own words.
func turnedAway(err error) bool {
	if err == nil {
		return false
	}
	var state interface{ SQLState() string }
	if errors.As(err, &state) {
		return state.SQLState() == "40001" || state.SQLState() == "40P01"
	}
	return strings.Contains(err.Error(), "database is locked") || strings.Contains(err.Error(), "database table is locked")
}
