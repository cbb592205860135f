package store_test

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/cordage-go/cordage/store"
)

func ExampleFile() {
	dir, err := os.MkdirTemp("", "cordage")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()

	records, err := store.File(filepath.Join(dir, "records"))
	if err != nil {
		log.Fatal(err)
	}
	version, err := records.Put(ctx, store.Record{Key: "progress", Value: []byte("page 7")})
	if err != nil {
		log.Fatal(err)
	}
	_, err = records.Put(ctx, store.Record{Key: "progress", Value: []byte("page 8"), Version: version})
	if err != nil {
		log.Fatal(err)
	}

	// A second program that still has the old version cannot overwrite it.
	_, err = records.Put(ctx, store.Record{Key: "progress", Value: []byte("page 1"), Version: version})
	fmt.Println(errors.Is(err, store.ErrConflict))

	r, err := records.Get(ctx, "progress")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", r.Value)
	// Output:
	// true
	// page 8
}

// A key of 32 random bytes, made once with "openssl rand -base64 32" and given
// to the program in its environment.
func ExampleFile_encrypted() {
	os.Setenv("RECORDS_KEY", "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=") // your system does this
	dir, err := os.MkdirTemp("", "cordage")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()

	key, err := base64.StdEncoding.DecodeString(os.Getenv("RECORDS_KEY"))
	if err != nil {
		log.Fatal("RECORDS_KEY is not base64") // not err, which may quote it
	}
	records, err := store.File(filepath.Join(dir, "records"), key)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := records.Put(ctx, store.Record{Key: "tenant-17", Value: []byte("token")}); err != nil {
		log.Fatal(err)
	}

	// Without the key the folder cannot be read.
	keyless, err := store.File(filepath.Join(dir, "records"))
	if err != nil {
		log.Fatal(err)
	}
	_, err = keyless.Get(ctx, "tenant-17")
	fmt.Println(errors.Is(err, store.ErrEncryption))
	// Output:
	// true
}

func ExampleSQL() {
	ctx := context.Background()
	// With: import _ "github.com/jackc/pgx/v5/stdlib"
	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	records, err := store.SQL(ctx, db, store.PostgreSQL)
	if err != nil {
		log.Fatal(err)
	}
	for r, err := range records.List(ctx, "procore/") {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(r.Key)
	}
}

// Records move from one store to another while the program is stopped.
func ExampleCopy() {
	ctx := context.Background()
	plain, encrypted := store.Memory(), store.Memory() // in earnest: File without keys, and File with one
	if _, err := plain.Put(ctx, store.Record{Key: "tenant-17", Value: []byte("token")}); err != nil {
		log.Fatal(err)
	}
	added, err := store.Copy(ctx, encrypted, plain, "")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(added, "record")
	// Output:
	// 1 record
}

func ExampleLock() {
	ctx := context.Background()
	shared := store.Memory()
	lease, err := store.Lock(ctx, shared, "nightly-copy", time.Minute)
	if err != nil {
		log.Fatal(err)
	}
	for page := range 3 {
		fmt.Println("copying page", page)
		if err := lease.Extend(ctx); err != nil {
			log.Fatal(err) // somebody else does it now
		}
	}
	if err := lease.Unlock(ctx); err != nil {
		log.Fatal(err)
	}
	// Output:
	// copying page 0
	// copying page 1
	// copying page 2
}
