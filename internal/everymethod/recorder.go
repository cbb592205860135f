package everymethod

import (
	"bytes"
	"io"
	"net/http"

	"github.com/cordage-go/cordage/connector"
)

// A Recorder is a transport that keeps what is sent through it and answers
// what it was told to. It serves one call at a time.
type Recorder struct {
	sent  []Sent
	first answer // to the first request since expect
	later answer // to the others
}

// Sent is one request that a client sent.
type Sent struct {
	*http.Request
	Operation connector.Operation
	Content   []byte // of the body
}

type answer struct {
	status int
	kind   string // media type
	body   []byte
}

// expect forgets what was sent and sets the next answers.
func (r *Recorder) expect(first, later answer) { r.sent, r.first, r.later = nil, first, later }

// RoundTrip answers without sending anything.
func (r *Recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	s := Sent{Request: request}
	s.Operation, _ = connector.OperationFrom(request.Context())
	if request.Body != nil {
		var err error
		if s.Content, err = io.ReadAll(request.Body); err != nil {
			return nil, err
		}
		request.Body.Close()
	}
	a := r.first
	if len(r.sent) > 0 {
		a = r.later
	}
	r.sent = append(r.sent, s)
	header := http.Header{}
	if a.kind != "" {
		header.Set("Content-Type", a.kind)
	}
	return &http.Response{
		Status: http.StatusText(a.status), StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: request,
	}, nil
}
