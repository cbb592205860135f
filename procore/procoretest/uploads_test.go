package procoretest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

// toStorage sends a request as it is, without any credential of the API.
func (c *caller) toStorage(r *http.Request, want int) http.Header {
	c.t.Helper()
	answer, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != want {
		c.t.Errorf("%s %s: status %d, %v, want %d: %s", r.Method, r.URL.Path, answer.StatusCode, err, want, text)
	}
	return answer.Header
}

// put sends the bytes of a segment as an upload names it, and returns the ETag.
func (c *caller) put(segment any, content string, want int) string {
	c.t.Helper()
	at := segment.(object)
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPut, at["url"].(string), strings.NewReader(content))
	if err != nil {
		c.t.Fatal(err)
	}
	for name, value := range at["headers"].(object) {
		r.Header.Set(name, value.(string))
	}
	return strings.Trim(c.toStorage(r, want).Get("ETag"), `"`)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestUploadInSegments(t *testing.T) {
	c := start(t, nil)
	segments := []object{{"size": 5, "sha256": digest("hello")}, {"size": 2, "sha256": digest("!!")}}
	v11 := func(tags ...any) object {
		told := []object{}
		for _, tag := range tags {
			told = append(told, object{"etag": tag})
		}
		return object{"segments": told}
	}
	for _, v := range []struct {
		path, id string
		create   object
		tell     func(tags ...any) object
		end      string
	}{
		{fmt.Sprintf("/rest/v1.1/projects/%d/uploads", c.server.ProjectID), "uuid", object{"segments": segments}, v11, "complete"},
		{fmt.Sprintf("/rest/v2.1/companies/%d/uploads", c.server.CompanyID), "upload_id",
			object{"file_name": "a.txt", "file_size": 7, "content_type": "text/plain", "sha256": digest("hello!!"), "segments": segments},
			func(tags ...any) object { return object{"part_etags": tags} }, "available"},
	} {
		upload := inner(c.do("POST", v.path, v.create).want(t, 201).object(t))
		at := v.path + "/" + upload[v.id].(string)
		parts, _ := upload["segments"].([]any)
		if upload["status"] != "ready" || len(parts) != 2 {
			t.Fatalf("%s: %v", v.path, upload)
		}
		c.put(parts[0], "other bytes", 400)
		first, second := c.put(parts[0], "hello", 200), c.put(parts[1], "!!", 200)
		c.do("PATCH", at, v.tell(second, first)).want(t, 422)
		c.do("PATCH", at, v.tell(first)).want(t, 422)
		c.do("PATCH", at, v.tell(first, nil)).want(t, 200, `"status":"receiving"`)
		c.do("PATCH", at, v.tell(first, second)).want(t, 200, `"status":"complete"`)
		c.get(at).want(t, 200, `"status":"`+v.end+`"`)
	}
}

// inner is what an answer holds, under its envelope or without.
func inner(o object) object {
	if data, ok := o["data"].(object); ok {
		return data
	}
	return o
}

func TestUploadInOneForm(t *testing.T) {
	c := start(t, nil)
	path := fmt.Sprintf("/rest/v1.1/projects/%d/uploads", c.server.ProjectID)
	upload := c.do("POST", path, object{"response_filename": "a.txt", "response_content_type": "text/plain"}).want(t, 201).object(t)
	fields, _ := upload["fields"].(object)
	for _, test := range []struct {
		authorization string
		fields        object
		want          int
	}{{"", fields, 204}, {"", nil, 403}, {"Bearer " + c.server.AccessToken, fields, 400}} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for name, value := range test.fields {
			_ = form.WriteField(name, value.(string))
		}
		file, _ := form.CreateFormFile("file", "a.txt")
		_, _ = io.WriteString(file, "hello")
		_ = form.Close()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, upload["url"].(string), &body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", form.FormDataContentType())
		if test.authorization != "" {
			r.Header.Set("Authorization", test.authorization)
		}
		c.toStorage(r, test.want)
	}
}
