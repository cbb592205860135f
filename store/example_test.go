package store_test

import (
	"context"
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
