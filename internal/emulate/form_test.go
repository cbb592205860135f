package emulate

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNest(t *testing.T) {
	values, err := url.ParseQuery("rfi[subject]=a&rfi[subject]=b&rfi[ids][]=1&rfi[ids][]=2&rfi[question][body]=why&company_id=7&rows[][a]=1&rows[][a]=2&rows[][b][]=x")
	if err != nil {
		t.Fatal(err)
	}
	got, err := nest(values, map[string][]any{"attachments[]": {Record{"filename": "x"}}})
	want := Record{
		"rfi":        Record{"subject": "b", "ids": []any{"1", "2"}, "question": Record{"body": "why"}},
		"company_id": "7", "attachments": []any{Record{"filename": "x"}},
		"rows": []any{Record{"a": "1", "b": []any{"x"}}, Record{"a": "2"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
}

// Whatever a form says, nesting it gives a record or an error, and a record
// can be answered.
func FuzzNest(f *testing.F) {
	for _, seed := range []string{"a=1", "a[b]=1&a=2", "a[]=1&a[b]=2", "[]=1", "a[=1", "a][b=1", "a[b][][c]=1", "a[]=1&a[][b]=2", "a=1&a[b][c]=2", "="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		values, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		if r, err := nest(values, nil); err == nil {
			JSON(200, Copy(r))
		}
	})
}
