package value_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/value"
)

func TestLocalText(t *testing.T) {
	for text, c := range map[string]struct {
		want    value.LocalText
		written string
	}{
		`{"eng":"Chair","est":"Tool"}`: {value.LocalText{"eng": "Chair", "est": "Tool"}, `{"eng":"Chair","est":"Tool"}`},
		`"Chair"`:                      {value.LocalText{"": "Chair"}, `"Chair"`},
		`null`:                         {nil, `null`}, `""`: {nil, `null`}, `[]`: {nil, `null`}, `{}`: {nil, `null`},
	} {
		got := value.LocalText{"x": "old"}
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", text, diff)
		}
		if written, err := json.Marshal(got); err != nil || string(written) != c.written {
			t.Errorf("%s is written as %s, %v; want %s", text, written, err, c.written)
		}
	}
	for _, text := range []string{`17`, `["a"]`, `{"eng":{}}`} {
		if err := json.Unmarshal([]byte(text), new(value.LocalText)); err == nil {
			t.Errorf("%s was read as a text", text)
		}
	}
}

func TestLocalTextFallsBack(t *testing.T) {
	two := value.LocalText{"fin": "Tuoli", "eng": "Chair"}
	for language, want := range map[string]string{"eng": "Chair", "fin": "Tuoli", "est": "Chair"} {
		if got := two.Text(language); got != want {
			t.Errorf("Text(%s) = %s, want %s", language, got, want)
		}
	}
	if got := (value.LocalText{"": "Chair", "aaa": "other"}).Text("eng"); got != "Chair" {
		t.Errorf("Text = %s", got)
	}
	if got := value.LocalText(nil).Text("eng"); got != "" {
		t.Errorf("Text of nil = %s", got)
	}
}

func FuzzLocalText(f *testing.F) {
	for _, seed := range []string{`"a"`, `{"eng":"a"}`, `{"":"a"}`, `[]`, `{"eng":null}`, `"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var text value.LocalText
		if json.Unmarshal(data, &text) != nil {
			return
		}
		written, err := json.Marshal(text)
		if err != nil {
			t.Fatalf("%s was read and cannot be written: %v", data, err)
		}
		var again value.LocalText
		if err := json.Unmarshal(written, &again); err != nil || again.Text("eng") != text.Text("eng") {
			t.Fatalf("%s -> %s -> %v, %v", data, written, again, err)
		}
	})
}
