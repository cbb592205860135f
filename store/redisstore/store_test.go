package redisstore

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/cordage-go/cordage/store"
	"github.com/cordage-go/cordage/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMiniredis(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return New(inMemory(t), nil) })
}

func TestRedis(t *testing.T) {
	client := realRedis(t)
	storetest.Run(t, func(t *testing.T) store.Store {
		return New(client, &Options{Prefix: ownPrefix(t, client, t.TempDir())})
	})
}

func TestRedisKilled(t *testing.T) {
	client := realRedis(t)
	storetest.RunKilled(t, func(t *testing.T, dir string) store.Store {
		return New(client, &Options{Prefix: ownPrefix(t, client, dir)})
	})
}

// inMemory starts a Redis within this process. Its clock stands still by itself.
func inMemory(t *testing.T) *redis.Client {
	t.Helper()
	server := miniredis.RunT(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr()})
	t.Cleanup(func() { _ = client.Close() })
	stop := make(chan struct{})
	var clock sync.WaitGroup
	clock.Go(func() {
		for tick := time.Tick(10 * time.Millisecond); ; {
			select {
			case <-tick:
				server.FastForward(10 * time.Millisecond)
			case <-stop:
				return
			}
		}
	})
	t.Cleanup(func() { close(stop); clock.Wait() })
	return client
}

// realRedis connects to the server that the environment names.
func realRedis(t *testing.T) *redis.Client {
	t.Helper()
	url := os.Getenv("CORDAGE_REDIS")
	if url == "" {
		const how = "start redis-server and run with CORDAGE_REDIS=redis://127.0.0.1:6379/0"
		if os.Getenv("CI") == "true" {
			t.Fatal("no Redis: " + how)
		}
		t.Skip(how)
	}
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal("CORDAGE_REDIS is not the address of a Redis server")
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// ownPrefix keeps one test's keys apart from all others', and removes them at
// the end.
func ownPrefix(t *testing.T, client *redis.Client, dir string) string {
	prefix := "cordage-test:" + filepath.Dir(dir) + ":" + filepath.Base(dir) + ":"
	t.Cleanup(func() {
		ctx := context.Background()
		keys := client.Scan(ctx, 0, pattern(prefix), 1000).Iterator()
		for keys.Next(ctx) {
			client.Del(ctx, keys.Val())
		}
	})
	return prefix
}
