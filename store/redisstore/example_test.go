package redisstore_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cordage-go/cordage/store"
	"github.com/cordage-go/cordage/store/redisstore"
)

func Example() {
	ctx := context.Background()
	options, err := redis.ParseURL(os.Getenv("REDIS_URL"))
	if err != nil {
		log.Fatal("REDIS_URL is not the address of a Redis server") // not err, which may quote a password
	}
	options.ContextTimeoutEnabled = true
	client := redis.NewClient(options)
	defer client.Close()
	records := redisstore.New(client, nil)

	lease, err := store.Lock(ctx, records, "nightly-copy", time.Minute) // held by one machine of all that share the server
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("copying")
	if err := lease.Unlock(ctx); err != nil {
		log.Fatal(err)
	}
}
