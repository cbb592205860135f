package wire

import (
	"testing"
	"unsafe"
)

func TestTexts(t *testing.T) {
	var kept texts
	first, again := kept.of([]byte("open")), kept.of([]byte("open"))
	if first != "open" || unsafe.StringData(first) != unsafe.StringData(again) {
		t.Errorf("%q was read twice", again)
	}
	data := []byte("draft")
	text := kept.of(data)
	copy(data, "other") // the memory of an answer is used again
	if text != "draft" || kept.of([]byte("draft")) != "draft" {
		t.Errorf("a text hangs on the answer's memory: %q", text)
	}
	for _, pair := range [][2]string{{"abcde", "axcye"}, {"", ""}, {"a", "b"}, {string(make([]byte, 300)), string(make([]byte, 301))}} {
		for _, want := range []string{pair[0], pair[1], pair[0]} { // some share a place
			if got := kept.of([]byte(want)); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	}
	if got := (*texts)(nil).of([]byte("x")); got != "x" {
		t.Errorf("got %q without any kept", got)
	}
}

func BenchmarkTexts(b *testing.B) {
	var kept texts
	data := []byte("carl.contractor@example.com")
	b.ReportAllocs()
	for b.Loop() {
		_ = kept.of(data)
	}
}
