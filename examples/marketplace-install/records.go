package main

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/redis/go-redis/v9"

	"github.com/cordage-go/cordage/store"
	"github.com/cordage-go/cordage/store/redisstore"
)

// openRecords opens the store of the sign-ins. A folder is encrypted; to change
// its key, give store.File the new one and then the old one. Redis and
// PostgreSQL hold the tokens as they are: keep them private, and reach them over
// TLS (rediss://, sslmode=verify-full).
func openRecords(ctx context.Context, where string, k key) (store.Store, func() error, error) {
	switch scheme(where) {
	case "":
		records, err := store.File(where, k.records)
		return records, func() error { return nil }, err
	case "redis", "rediss":
		options, err := redis.ParseURL(where)
		if err != nil {
			return nil, nil, errors.New("-store is not like redis://host:6379/0") // its own error may hold a password
		}
		options.ContextTimeoutEnabled = true // a call ends when its time is over
		options.ContextTimeoutEnabled = true // a call ends when its context says so
		client := redis.NewClient(options)
		return redisstore.New(client, nil), client.Close, nil
	case "postgres", "postgresql":
		db, err := sql.Open("pgx", where)
		if err != nil {
			return nil, nil, errors.New("-store is not like postgres://user@host/name")
		}
		records, err := store.SQL(ctx, db, store.PostgreSQL)
		if err != nil {
			return nil, nil, errors.Join(err, db.Close())
		}
		return records, db.Close, nil
	}
	return nil, nil, errors.New("-store must be a folder, redis://… or postgres://…")
}

// scheme is empty for a folder.
func scheme(where string) string {
	scheme, _, found := strings.Cut(where, "://")
	if !found {
		return ""
	}
	return scheme
}
