package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/redis/go-redis/v9"

	"github.com/cordage-go/cordage/store"
	"github.com/cordage-go/cordage/store/redisstore"
)

// A place is where processes keep their shared sign-ins. It can be told to a
// child.
type place struct {
	Kind string // one of a proof's stores
	Dir  string // of store.File
}

// newPlace makes a place of the kind, with a folder of its own. clear removes
// the folder.
func newPlace(kind string) (p place, clear func(), err error) {
	dir, err := os.MkdirTemp("", "cordage-proof-")
	if err != nil {
		return place{}, nil, err
	}
	return place{Kind: kind, Dir: dir}, func() { _ = os.RemoveAll(dir) }, nil // left behind, it does no harm
}

// open returns the store, and what ends its connections.
func (p place) open(ctx context.Context) (s store.Store, end func() error, err error) {
	switch p.Kind {
	case "file":
		s, err := store.File(p.Dir)
		return s, func() error { return nil }, err
	case "redis":
		return openRedis()
	case "postgres":
		return openPostgres(ctx)
	}
	return nil, nil, fmt.Errorf("no store %q", p.Kind)
}

func openRedis() (store.Store, func() error, error) {
	address := os.Getenv(redisVariable)
	if address == "" {
		return nil, nil, errors.New("no Redis: set " + redisVariable + ", such as redis://127.0.0.1:6379/0")
	}
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, nil, err
	}
	options.ContextTimeoutEnabled = true
	client := redis.NewClient(options)
	return redisstore.New(client, nil), client.Close, nil
}

func openPostgres(ctx context.Context) (store.Store, func() error, error) {
	address := os.Getenv(postgresVariable)
	if address == "" {
		return nil, nil, errors.New("no PostgreSQL: set " + postgresVariable + ", such as postgres://user@127.0.0.1:5432/test")
	}
	db, err := sql.Open("pgx", address)
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(4) // many processes share what the server allows, which is 100 by default
	s, err := store.SQL(ctx, db, store.PostgreSQL)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return s, db.Close, nil
}

const (
	redisVariable    = "CORDAGE_REDIS"
	postgresVariable = "CORDAGE_POSTGRES"
)

// empty removes the records whose keys begin with prefix, so that a server
// that others use is left as it was.
func empty(ctx context.Context, s store.Store, prefix string) error {
	for r, err := range s.List(ctx, prefix) {
		if err != nil {
			return err
		}
		if err := s.Delete(ctx, r.Key, r.Version); err != nil {
			return err
		}
	}
	return nil
}
