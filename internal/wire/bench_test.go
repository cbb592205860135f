package wire_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/internal/wire"
)

// strict is a record that encoding/json can read from strictPage.
type strict struct {
	ID         int64     `json:"project_id"`
	Name       string    `json:"project_name"`
	CompanyID  *int64    `json:"company_id"`
	IsPrivate  bool      `json:"is_private"`
	Budget     string    `json:"budget"`
	ModifiedAt time.Time `json:"modified_date"`
	Status     string    `json:"status"`
	Tags       []string  `json:"tags"`
	Manager    *user     `json:"manager"`
	Text       string    `json:"description"`
}

func strictPage(n int) []byte {
	row := `{"project_id":12345,"project_name":"Project","company_id":99,"is_private":true,"budget":"120.50","modified_date":"2026-02-03T04:05:06Z",` +
		`"status":"inprogress","tags":["alpha","beta"],"manager":{"id":7,"full_name":"Ann"},"unknown":{"a":[1,2,3]},"sub":null,"description":"` + strings.Repeat("words ", 30) + `"}`
	return []byte("[" + strings.Repeat(row+",", n-1) + row + "]")
}

// BenchmarkDecode sets a page of 2,000 records beside encoding/json in one
// run, and a clean page beside one with a malformed value in every record.
func BenchmarkDecode(b *testing.B) {
	codec := wire.Scoro(time.UTC)
	read := func(data []byte, out any) error {
		_, err := codec.Decode(data, out, wire.DecodeOptions{Key: "project_id"})
		return err
	}
	page := strictPage(2000)
	clean := projects(2000, `,"users":[{"id":1}]`)
	hostile := projects(2000, `,"users":[{"id":{"a":1}}]`)
	for _, run := range []struct {
		name string
		data []byte
		do   func() error
	}{
		{"strict/encoding-json", page, func() error { return json.Unmarshal(page, new([]strict)) }},
		{"strict/wire", page, func() error { return read(page, new([]strict)) }},
		{"loose/clean", clean, func() error { return read(clean, new([]project)) }},
		{"loose/hostile", hostile, func() error { return read(hostile, new([]project)) }},
	} {
		b.Run(run.name, func(b *testing.B) {
			b.SetBytes(int64(len(run.data)))
			b.ReportAllocs()
			for b.Loop() {
				if err := run.do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkHostileRatio reads a clean page and one with 2,000 malformed values
// by turns and reports how many times as long the second takes.
func BenchmarkHostileRatio(b *testing.B) {
	codec := wire.Scoro(time.UTC)
	timed := func(data []byte) time.Duration {
		begun := time.Now()
		if _, err := codec.Decode(data, new([]project), wire.DecodeOptions{Key: "project_id"}); err != nil {
			b.Fatal(err)
		}
		return time.Since(begun)
	}
	clean := projects(2000, `,"users":[{"id":1}]`)
	hostile := projects(2000, `,"users":[{"id":{"a":1}}]`)
	var onClean, onHostile time.Duration
	for b.Loop() {
		onClean += timed(clean)
		onHostile += timed(hostile)
	}
	b.ReportMetric(float64(onHostile)/float64(onClean), "hostile/clean")
}
