package rest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// What a call returns stays as it was, while other calls read their answers
// into the memory that this one's came in.
func TestAnswersDoNotShareMemory(t *testing.T) {
	c := newClient(t, tripper(func(r *http.Request) (*http.Response, error) {
		mark := r.URL.Query().Get("mark")
		text := strings.Repeat(mark, 2_000)
		if strings.HasSuffix(mark, "7") {
			return answer(r, 422, fmt.Sprintf(`{"message":%q,"errors":[%q],"more":%q}`, mark, mark, text)), nil
		}
		return answer(r, 200, fmt.Sprintf(`{"id":7,"name":%q,"tags":[%q,%q]}`, text, mark, text)), nil
	}), connector.Options{Pacer: faulttest.Unpaced{}, Timeout: time.Minute})
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			type kept struct {
				mark string
				raw  json.RawMessage
				one  *thing
				err  error
			}
			var all []kept
			for i := range 40 {
				k := kept{mark: fmt.Sprintf("w%dn%d.", worker, i*worker%31)}
				if i%3 == 0 {
					k.mark += "7"
				}
				mark := connector.Param("mark", k.mark)
				k.raw, k.err = rest.Raw(t.Context(), c, read.At(7), nil, []connector.CallOption{mark})
				if k.err == nil {
					k.one, k.err = get(t.Context(), c, mark)
				}
				all = append(all, k)
			}
			for _, k := range all {
				text := strings.Repeat(k.mark, 2_000)
				if strings.HasSuffix(k.mark, "7") {
					var e *connector.Error
					if !errors.As(k.err, &e) || e.Message != k.mark || !strings.Contains(string(e.Body), k.mark) || strings.Contains(string(e.Body), ".w") {
						t.Errorf("%s: the error is %v with the body %s", k.mark, k.err, e.Body)
					}
					continue
				}
				want := fmt.Sprintf(`{"id":7,"name":%q,"tags":[%q,%q]}`, text, k.mark, text)
				if k.err != nil || string(k.raw) != want || k.one.Name != text || k.one.Tags[0] != k.mark || k.one.Tags[1] != text {
					t.Errorf("%s: an answer has changed, or an error: %v", k.mark, k.err)
				}
			}
		})
	}
	group.Wait()
}

func answer(r *http.Request, status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1, Request: r}
}
