package scoro

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBearerChallenge(t *testing.T) {
	for _, test := range []struct {
		headers []string
		want    map[string]string
	}{
		{nil, map[string]string{}},
		{[]string{""}, map[string]string{}},
		{[]string{"Bearer"}, map[string]string{}},
		{[]string{`Bearer resource_metadata="https://a.example/x?y=1,2"`}, map[string]string{"resource_metadata": "https://a.example/x?y=1,2"}},
		{[]string{`bearer  realm = "a \"b\" c" , Scope="x y",error=invalid_token`}, map[string]string{"realm": `a "b" c`, "scope": "x y", "error": "invalid_token"}},
		{[]string{`Basic realm="not, Bearer scope=1", Bearer scope="2", Digest scope="3"`}, map[string]string{"scope": "2"}},
		{[]string{`Negotiate`, `Negotiate YWJj==, Bearer a=1`, `Bearer a=2, b=3`}, map[string]string{"a": "1", "b": "3"}},
		{[]string{`Bearer resource_metadata=https://a.example/x, scope=y`}, map[string]string{"resource_metadata": "https://a.example/x", "scope": "y"}},
		{[]string{`Bearer a="never ends, b=2`}, map[string]string{"a": ""}},
		{[]string{`", realm=", Bearer c=4`, `Basic a=x",y", Bearer d=5`}, map[string]string{"c": "4", "d": "5"}},
		{[]string{`Bearer ;;; , b=2`, `"quoted" Bearer c=3`}, map[string]string{"b": "2"}},
	} {
		if diff := cmp.Diff(test.want, bearerChallenge(test.headers)); diff != "" {
			t.Errorf("%q: %s", test.headers, diff)
		}
	}
}

// What is written by the rules is read back, whatever stands before it.
func FuzzBearerChallenge(f *testing.F) {
	f.Add("", "https://a.example/x")
	f.Add(`Basic realm="a, b"`, `a "quoted" \ text`)
	f.Add(`Negotiate abc/def==,,;`, ",=\t")
	f.Fuzz(func(t *testing.T, before, value string) {
		bearerChallenge([]string{before + value}) // anything ends
		if value == "" || strings.Count(before, `"`)%2 == 1 || strings.Contains(before, `\`) || strings.Contains(strings.ToLower(before), "bearer") {
			return // whatever follows belongs to what stands before it
		}
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value)
		header := before + `, Bearer realm="x", resource_metadata="` + quoted + `"`
		if got := bearerChallenge([]string{header})["resource_metadata"]; got != value {
			t.Errorf("%q gave %q, want %q", header, got, value)
		}
	})
}
