package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/store"
)

// The program starts as a demo, answers, and ends when it is told to.
func TestRun(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for range 2 { // the second start finds the key of the first
		ctx, interrupt := context.WithCancel(t.Context())
		out, in := io.Pipe()
		ended := make(chan error, 1)
		go func() {
			err := run(ctx, []string{"-addr", "127.0.0.1:0", "-store", data}, in)
			in.CloseWithError(err)
			ended <- err
		}()
		lines := bufio.NewScanner(out)
		if !lines.Scan() {
			t.Fatal(<-ended)
		}
		address, found := strings.CutPrefix(lines.Text(), "open ")
		if !found {
			t.Fatalf("it printed %q", lines.Text())
		}
		if status := statusAt(t, address+"/sign-in"); status != http.StatusOK {
			t.Errorf("%s: %d", address, status)
		}
		interrupt()
		if err := <-ended; err != nil {
			t.Errorf("ended with %v", err)
		}
	}
	info, err := os.Stat(data + ".key")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v", info, err)
	}
}

func statusAt(t *testing.T, address string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

func TestRefusedSettings(t *testing.T) {
	wide := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(wide+".key", []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(cut+".key", []byte("AAECAw=="), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, env, want string }{
		{"serve", "", "is no flag"},
		{"-store redis://h:1/0", "", "set CORDAGE_KEY"},
		{"-url app.example.com", "", "-url must be like"},
		{"-url https://app.example.com/x", "", "-url must be like"},
		{"-url https://app.example.com", "", "stays on this machine"},
		{"-addr 0.0.0.0:8080", "PROCORE_CLIENT_ID=id", "stays on this machine"},
		{"", "CORDAGE_KEY=short", "32 bytes in base64"},
		{"-store redis://:secret@host:port/0", "CORDAGE_KEY=" + base64.StdEncoding.EncodeToString(make([]byte, 32)), "-store is not like"},
		{"-store mysql://h/d", "CORDAGE_KEY=" + base64.StdEncoding.EncodeToString(make([]byte, 32)), "must be a folder"},
		{"-store " + wide, "", "chmod 600"},
		{"-store " + cut, "", "32 bytes in base64"},
		{"-store " + t.TempDir() + "/data -addr 127.0.0.1:99999", "", "choose another -addr"},
		{"-store " + t.TempDir() + "/data -addr 127.0.0.1:0", "PROCORE_CLIENT_ID=id", "ClientSecret"},
	} {
		t.Run(c.want, func(t *testing.T) {
			if name, value, found := strings.Cut(c.env, "="); found {
				t.Setenv(name, value)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // it serves if it has nothing to refuse
			defer cancel()
			err := run(ctx, strings.Fields(c.args), io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%q with %q: %v", c.args, c.env, err)
			}
		})
	}
}

// The folder can be read with its own key alone.
func TestKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	open := func(text string) (store.Store, key) {
		t.Setenv("CORDAGE_KEY", base64.StdEncoding.EncodeToString([]byte(text)))
		k, err := readKey(dir)
		if err != nil {
			t.Fatal(err)
		}
		records, _, err := openRecords(t.Context(), dir, k)
		if err != nil {
			t.Fatal(err)
		}
		return records, k
	}
	records, k := open("the right key has 32 bytes, too.")
	if _, err := records.Put(t.Context(), store.Record{Key: "a", Value: []byte("v")}); err != nil {
		t.Fatal(err)
	}
	if string(k.records) == string(k.cookies) {
		t.Error("one secret does two jobs")
	}
	records, _ = open("the right key has 32 bytes, too.")
	if r, err := records.Get(t.Context(), "a"); err != nil || string(r.Value) != "v" {
		t.Errorf("%q, %v", r.Value, err)
	}
	records, _ = open("the wrong key has 32 bytes, too.")
	if _, err := records.Get(t.Context(), "a"); err == nil {
		t.Error("it can be read without its key")
	}
}

// Redis and PostgreSQL do what the folder does.
func TestSharedStores(t *testing.T) {
	for _, c := range []struct{ name, variable, example string }{
		{"Redis", "CORDAGE_REDIS", "redis://127.0.0.1:6379/0"},
		{"PostgreSQL", "CORDAGE_POSTGRES", "postgres://postgres@127.0.0.1/postgres"},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := needServer(t, c.variable, c.example)
			s := newStageOver(t, key{cookies: []byte("demo")}, func() store.Store {
				records, closeRecords, err := openRecords(t.Context(), address, key{})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					if err := closeRecords(); err != nil {
						t.Error(err)
					}
				})
				return records
			})
			s.start(2)
			v := s.tenant("test-" + strings.ToLower(rand.Text()))
			v.connectProcore()
			s.restart()
			v.wantState("procore", "connected")
			if a := v.post("/procore/test"); !strings.Contains(a.body, "Procore answers") {
				t.Errorf("the test: %s", a.body)
			}
			if a := v.post("/procore/disconnect"); a.status != http.StatusSeeOther {
				t.Errorf("disconnect: %d %s", a.status, a.body)
			}
			v.wantState("procore", "none")
		})
	}
}

// needServer returns the address of a server that the environment names.
func needServer(t *testing.T, variable, example string) string {
	t.Helper()
	address := os.Getenv(variable)
	if address == "" && os.Getenv("CI") == "true" {
		t.Fatalf("%s is not set", variable)
	}
	if address == "" {
		t.Skipf("set %s to the address of a server, such as %s", variable, example)
	}
	return address
}
