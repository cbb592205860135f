package sqltest

import (
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/cordage-go/cordage/store"
	"github.com/cordage-go/cordage/store/storetest"
)

func TestPostgreSQL(t *testing.T) {
	server := postgres(t)
	storetest.Run(t, func(t *testing.T) store.Store { return prepare(t, server.schema(t, t.TempDir()), store.PostgreSQL) })
}

// Under the strictest isolation PostgreSQL turns writers away that it would
// otherwise let wait.
func TestPostgreSQLSerializable(t *testing.T) {
	server := postgres(t)
	server.options.Set("default_transaction_isolation", "serializable")
	storetest.Run(t, func(t *testing.T) store.Store { return prepare(t, server.schema(t, t.TempDir()), store.PostgreSQL) })
}

func TestPostgreSQLOneConnection(t *testing.T) {
	server := postgres(t)
	storetest.Run(t, func(t *testing.T) store.Store {
		db := server.schema(t, t.TempDir())
		db.SetMaxOpenConns(1)
		return prepare(t, db, store.PostgreSQL)
	})
}

func TestPostgreSQLKilled(t *testing.T) {
	server := postgres(t)
	storetest.RunKilled(t, func(t *testing.T, dir string) store.Store {
		return prepare(t, server.schema(t, dir), store.PostgreSQL)
	})
}

func TestPostgreSQLManyStart(t *testing.T) {
	server := postgres(t)
	dir := t.TempDir()
	manyStart(t, func() *sql.DB { return server.schema(t, dir) }, store.PostgreSQL)
}

func TestPostgreSQLNewer(t *testing.T) {
	refusesNewer(t, postgres(t).schema(t, t.TempDir()), store.PostgreSQL)
}

// A user who may not create tables may use those that are there.
func TestPostgreSQLWithoutRightToCreate(t *testing.T) {
	server := postgres(t)
	owner := server.schema(t, t.TempDir())
	prepare(t, owner, store.PostgreSQL)
	var schema string
	if err := owner.QueryRowContext(t.Context(), `SELECT current_schema`).Scan(&schema); err != nil {
		t.Fatal(err)
	}
	role := schema + "_user"
	mustExec(t, owner, `CREATE ROLE `+role+` LOGIN`)
	t.Cleanup(func() { mustExec(t, owner, `DROP OWNED BY `+role+`; DROP ROLE `+role) })
	mustExec(t, owner, `GRANT USAGE ON SCHEMA `+schema+` TO `+role)
	mustExec(t, owner, `GRANT SELECT ON cordage_schema TO `+role)
	mustExec(t, owner, `GRANT SELECT, INSERT, UPDATE, DELETE ON cordage_records TO `+role)

	user := openDB(t, "pgx", server.address(schema, role))
	s := prepare(t, user, store.PostgreSQL)
	if _, err := s.Put(t.Context(), store.Record{Key: "k"}); err != nil {
		t.Error(err)
	}
}

// A server gives each test a schema of its own.
type server struct {
	base    *url.URL
	options url.Values
}

func postgres(t *testing.T) server {
	t.Helper()
	address := os.Getenv("CORDAGE_POSTGRES")
	if address == "" {
		const how = "start PostgreSQL and run with CORDAGE_POSTGRES=postgres://user:password@127.0.0.1:5432/database"
		if os.Getenv("CI") == "true" {
			t.Fatal("no PostgreSQL: " + how)
		}
		t.Skip(how)
	}
	base, err := url.Parse(address)
	if err != nil {
		t.Fatal("CORDAGE_POSTGRES is not the address of a PostgreSQL server")
	}
	return server{base, base.Query()}
}

// schema returns a database whose tables are dir's alone. Whoever names dir
// first makes the schema, and removes it at the end.
func (s server) schema(t *testing.T, dir string) *sql.DB {
	t.Helper()
	name := schemaName(dir)
	admin := openDB(t, "pgx", s.address("public", ""))
	var there bool
	err := admin.QueryRowContext(t.Context(), `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)`, name).Scan(&there)
	if err != nil {
		t.Fatal(err)
	}
	if !there {
		mustExec(t, admin, `CREATE SCHEMA `+name)
		t.Cleanup(func() { mustExec(t, openDB(t, "pgx", s.address("public", "")), `DROP SCHEMA `+name+` CASCADE`) })
	}
	return openDB(t, "pgx", s.address(name, ""))
}

func (s server) address(schema, user string) string {
	address := *s.base
	if user != "" {
		address.User = url.User(user)
	}
	options := url.Values{"search_path": {schema}}
	for key, values := range s.options {
		options[key] = values
	}
	address.RawQuery = options.Encode()
	return address.String()
}

// schemaName makes a plain name of the last two parts of a test's folder, which
// are the random and the counted one.
func schemaName(dir string) string {
	name := filepath.Base(filepath.Dir(dir)) + "_" + filepath.Base(dir)
	name = strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(name))
	return "cordage_" + name[max(0, len(name)-40):]
}
