package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExportedNamesAreListed(t *testing.T) {
	files, err := listings(root)
	if err != nil {
		t.Fatal(err)
	}
	const remedy = "run go generate ./internal/generate, and say in CHANGELOG.md what changed"
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(root, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the package exports; %s:\n%s", name, remedy, lineDiff(string(got), string(want)))
		}
	}
	for _, name := range listingsOnDisk(root) {
		if _, made := files[name]; !made {
			t.Errorf("%s lists a package that is gone; %s", name, remedy)
		}
	}
	for _, name := range []string{"api/auth.txt", "api/scoro.txt", "api/procore/rfi.txt", "api/store/storetest.txt"} {
		if len(files[name]) == 0 {
			t.Errorf("no listing %s", name)
		}
	}
}

// lineDiff lists the lines that two sorted texts do not share.
func lineDiff(before, after string) string {
	old, now := strings.Split(before, "\n"), strings.Split(after, "\n")
	var out []string
	for _, line := range old {
		if !slices.Contains(now, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range now {
		if !slices.Contains(old, line) {
			out = append(out, "+ "+line)
		}
	}
	if more := len(out) - 20; more > 0 {
		out = append(out[:20], fmt.Sprintf("and %d lines more", more))
	}
	return strings.Join(out, "\n")
}

func TestListing(t *testing.T) {
	folder := t.TempDir()
	source := `package p
import "context"
type Client struct { services; context.Context; name string; Site, Key string }
type services struct { Users *Users; hidden int }
func (s *services) Close() error { return nil }
type Users struct{}
func (u *Users) List(ctx context.Context, a, b int64, opts ...func()) ([]string, error) { return nil, nil }
func (u *Users) list() {}
func (c Client) Site() (name string) { return "" }
type Store interface { Get(key string) error; error; seal() }
type ID = int64
type Page[T any] struct { Items []T }
func (p *Page[T]) Last() T { return p.Items[0] }
type Word string
const ( Open Word = "open"; closed Word = "closed" )
const ( A Number = iota; B )
type Number int
var Base = New("x")
func New(a string) *Client { return nil }
`
	for name, text := range map[string]string{"p.go": source, "p_test.go": "package p\nfunc Helper() {}"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := listing(folder)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"const A Number", "const B Number", `const Open Word = "open"`,
		"field Client embeds context.Context", "field Client.Key string", "field Client.Site string", "field Client.Users *Users", "field Page.Items []T",
		"func New(a string) *Client",
		"method (*Client) Close() error", "method (*Page) Last() T",
		"method (*Users) List(ctx context.Context, a, b int64, opts ...func()) ([]string, error)", "method (Client) Site() (name string)",
		"method (Store) Get(key string) error", "method (Store) embeds error",
		"type Client struct", "type ID = int64", "type Number int", "type Page[T any] struct", "type Store interface", "type Users struct", "type Word string",
		"var Base",
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("listing (-want +got):\n%s", diff)
	}
}
