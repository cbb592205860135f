package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/wire"
)

// checkOut refuses what no answer can be read into, before a write is sent
// whose answer would be lost.
func checkOut(out any) error {
	if _, file := out.(io.Writer); file || out == nil {
		return nil
	}
	if v := reflect.ValueOf(out); v.Kind() != reflect.Pointer || v.IsNil() {
		return fmt.Errorf("out is %T; give a pointer that is not nil, or nil to drop the answer", out)
	}
	return nil
}

// read turns a successful answer into out: a page of a list, or one value.
func (x *exchange) read(out any) error {
	if x.answer == nil {
		return nil // a download, delivered already
	}
	data, err := x.data()
	if err != nil {
		return x.unreadable("", err)
	}
	if page, ok := out.(listReader); ok {
		return page.read(x, data)
	}
	if out == nil || data == nil {
		return nil
	}
	return x.decode("", data, out)
}

// data returns the value that the answer carries, without its envelope. It is
// nil where the operation may answer nothing, or nobody wants the answer.
func (x *exchange) data() (json.RawMessage, error) {
	op, body := x.call.Operation, x.answer.Body
	if len(bytes.TrimSpace(body)) == 0 {
		if op.NoAnswer {
			return nil, nil
		}
		return nil, wire.Empty
	}
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return nil, wire.NotJSON // a login or maintenance page
	}
	if op.Envelope == "" {
		return body, nil
	}
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) { // descriptions name envelopes of lists that come without
		x.client.drifted(x.ctx, x.call, wire.Drift{Want: "object with the member " + op.Envelope, Got: "list"})
		return body, nil
	}
	members, err := x.answer.Members()
	if err != nil {
		return nil, err
	}
	data, found := members[op.Envelope]
	if found && (string(data) != "null" || !op.NoAnswer) {
		return data, nil
	}
	if op.NoAnswer {
		return nil, nil
	}
	return nil, fmt.Errorf("no member %q", op.Envelope)
}

// decode reads data into out and tells of drift. at is where data stands.
func (x *exchange) decode(at string, data json.RawMessage, out any) error {
	codec := x.client.platform.Codec
	if x.client.platform.Reader != nil {
		codec = x.client.platform.Reader(x.token)
	}
	drifts, err := codec.Decode(data, out, wire.DecodeOptions{Key: x.call.Operation.Key, Checked: x.answer.members != nil})
	if err != nil {
		return x.unreadable(at, err)
	}
	for _, d := range drifts {
		d.Path = x.scrub(at + d.Path)
		x.client.drifted(x.ctx, x.call, d)
	}
	return nil
}

// Decode reads a value of an answer that was kept as JSON, as leniently as
// answers are read. op names it in errors and drift.
func (c *Client) Decode(op connector.Operation, data json.RawMessage, out any) error {
	call := c.callOf(op)
	if err := checkOut(out); err != nil {
		return c.invalid(call, err)
	}
	drifts, err := c.platform.Codec.Decode(data, out, wire.DecodeOptions{Key: op.Key})
	if err != nil {
		return c.Unreadable(op, err)
	}
	for _, d := range drifts {
		c.drifted(context.Background(), call, d)
	}
	return nil
}

// Unreadable reports an answer that came, but not as the platform promises.
func (c *Client) Unreadable(op connector.Operation, err error) error {
	e := &connector.Error{Kind: connector.Decode, Message: err.Error(), Err: err, Remedy: "read it into a type of its shape"}
	if op.Class != connector.Read {
		e.Remedy = taken
	}
	return c.named(c.callOf(op), e)
}

// callOf names a call that is over: its operation and the client's defaults.
func (c *Client) callOf(op connector.Operation) *connector.Call {
	call := &connector.Call{Operation: op}
	c.set(call)
	return call
}

const taken = "the platform took the request: look whether it was done before sending it again"

// unreadable reports a success whose body is not what the platform promises.
func (x *exchange) unreadable(at string, err error) error {
	if shape, ok := errors.AsType[*wire.Error](err); ok {
		placed := *shape
		placed.Path = x.scrub(at + shape.Path) // a path is made of the answer's own names
		err = &placed
	}
	e := &connector.Error{Kind: connector.Decode, Status: x.answer.Status, Message: err.Error(), Err: err}
	if x.class != connector.Read {
		e.Remedy = taken
	}
	if kind := x.answer.Header.Get("Content-Type"); kind != "" && !strings.Contains(kind, "json") {
		e.Message += fmt.Sprintf(" (content type %s)", Clean(x.scrub(kind)))
	}
	return x.complete(e)
}
