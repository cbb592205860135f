package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// The behaviour on real databases is tested in package sqltest, which has
// their drivers.

func TestSQLRefuses(t *testing.T) {
	db := sql.OpenDB(unreachable{})
	defer db.Close()
	for name, open := range map[string]func() (Store, error){
		"no database": func() (Store, error) { return SQL(t.Context(), nil, PostgreSQL) },
		"no dialect":  func() (Store, error) { return SQL(t.Context(), db, "") },
		"unreachable": func() (Store, error) { return SQL(t.Context(), db, SQLite) },
	} {
		if s, err := open(); err == nil || s != nil || !strings.HasPrefix(err.Error(), "store: ") {
			t.Errorf("%s: %v, %v; want an error of package store", name, s, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := SQL(ended, db, SQLite); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v", err)
	}
}

type unreachable struct{}

func (unreachable) Connect(context.Context) (driver.Conn, error) { return nil, errLine }
func (unreachable) Driver() driver.Driver                        { return nil }

type sqlState string

func (s sqlState) Error() string    { return "database is locked, says its text" }
func (s sqlState) SQLState() string { return string(s) }

func TestTurnedAway(t *testing.T) {
	for _, test := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errLine, false},
		{sqlState("40001"), true},
		{fmt.Errorf("wrapped: %w", sqlState("40P01")), true},
		{sqlState("23505"), false},
		{errors.New("database is locked (5) (SQLITE_BUSY)"), true},
		{errors.New("sqlite3: database table is locked"), true},
	} {
		if got := turnedAway(test.err); got != test.want {
			t.Errorf("turnedAway(%v) is %v", test.err, got)
		}
	}
}
