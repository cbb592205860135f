package rest

import (
	"net/http"
	"testing"
	"time"
)

// The short way reads what net/http reads, and nothing else. It does not look
// at the name of the weekday.
func FuzzDate(f *testing.F) {
	for _, seed := range []string{
		"Sun, 06 Nov 1994 08:49:37 GMT", "Thu, 29 Feb 2024 23:59:59 GMT", "Thu, 30 Feb 2024 23:59:59 GMT", "Mon, 31 Dec 2029 00:00:00 GMT",
		"Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 ov. 1994 08:49:37 GMT",
		"Sun, 0x Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 00 Nov 1994 08:49:37 GMT", "", "soon",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseDate(text)
		want, wantErr := http.ParseTime(text)
		if wantErr != nil && err == nil {
			if _, other := http.ParseTime("Sun" + text[3:]); other != nil {
				t.Errorf("%q was read as %v", text, got)
			}
			return
		}
		if !got.Equal(want) || (err == nil) != (wantErr == nil) {
			t.Errorf("%q was read as %v, %v; net/http reads %v, %v", text, got, err, want, wantErr)
		}
	})
}

func TestDatesOfYears(t *testing.T) {
	for at := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2050; at = at.Add(997*time.Minute + 13*time.Second) {
		if got, err := parseDate(at.Format(http.TimeFormat)); err != nil || !got.Equal(at) {
			t.Fatalf("%v was read as %v, %v", at, got, err)
		}
	}
}

func BenchmarkDate(b *testing.B) {
	text := time.Now().UTC().Format(http.TimeFormat)
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			_, _ = parseDate(text)
		}
	})
	b.Run("net/http", func(b *testing.B) {
		for b.Loop() {
			_, _ = http.ParseTime(text)
		}
	})
}
