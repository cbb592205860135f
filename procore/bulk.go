package procore

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
)

// A BulkResult is what became of the parts of a bulk call, which succeeds as a
// whole even if parts of it failed: read all three lists.
type BulkResult[T any] struct {
	Succeeded   []T           // what was done: the records, or their ids
	Failed      []BulkFailure // what was refused
	Unaccounted []string      // ids that were asked for and stand in neither list; nil where that cannot be told
}

// A BulkFailure is one refused part of a bulk call. Operations differ in which
// of these they fill.
type BulkFailure struct {
	ID      string              // what was refused
	Code    string              // the platform's code: "404"
	Message string              // why
	Fields  map[string][]string // what is wrong, by field
	Record  json.RawMessage     // all that the platform says of it
}

// Bulk does something to many records at once and reads the answer, which
// Procore writes in several forms. It is what the bulk methods of the tools'
// packages call: T is what op lists as done, a record or an id.
//
// Procore leaves out ids that it does not know without a word, at least in
// document management. They are the result's Unaccounted, where in is a list of
// ids or of records with an id, and the answer names its parts by id too.
func Bulk[T any](ctx context.Context, c *Client, op connector.Operation, in any, opts ...connector.CallOption) (*BulkResult[T], error) {
	raw, err := rest.Raw(ctx, c, op, in, opts)
	if err != nil {
		return nil, err
	}
	done, refused, err := c.outcomes(op, raw)
	if err != nil {
		return nil, err
	}
	result := &BulkResult[T]{}
	if len(done) > 0 {
		if err := c.rest.Decode(op, done, &result.Succeeded); err != nil {
			return nil, err
		}
	}
	for _, record := range refused {
		result.Failed = append(result.Failed, readFailure(record))
	}
	result.Unaccounted = unaccounted(in, idsOf(done), result)
	return result, nil
}

// outcomes finds the two lists of a bulk answer. A bare list is what was done.
func (c *Client) outcomes(op connector.Operation, raw json.RawMessage) (done json.RawMessage, refused []json.RawMessage, err error) {
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) {
		return raw, nil, nil
	}
	var lists struct {
		Success   json.RawMessage `json:"success"`
		Succeeded json.RawMessage `json:"succeeded"`
		Successes json.RawMessage `json:"successes"`
		Failed    json.RawMessage `json:"failed"`
		Failures  json.RawMessage `json:"failures"`
		Errors    json.RawMessage `json:"errors"`
	}
	if err := c.rest.Decode(op, raw, &lists); err != nil {
		return nil, nil, err
	}
	done = firstSet(lists.Success, lists.Succeeded, lists.Successes)
	refusals := firstSet(lists.Failed, lists.Failures, lists.Errors)
	if done == nil && refusals == nil {
		return raw, nil, nil // neither list: reading it as one says what is wrong
	}
	if refusals != nil && json.Unmarshal(refusals, &refused) != nil {
		refused = []json.RawMessage{refusals} // no list, but a refusal all the same
	}
	return done, refused, nil
}

func firstSet(values ...json.RawMessage) json.RawMessage {
	for _, value := range values {
		if len(value) > 0 && string(value) != "null" {
			return value
		}
	}
	return nil
}

// readFailure reads what is said of one refused part: a record, or a text.
func readFailure(record json.RawMessage) BulkFailure {
	var wire struct{ ID, Code, Message, Error, Errors json.RawMessage }
	if json.Unmarshal(record, &wire) != nil {
		return BulkFailure{Message: firstText(record), Record: record}
	}
	f := BulkFailure{
		ID:      firstText(wire.ID),
		Code:    firstText(wire.Code),
		Message: firstText(wire.Message, wire.Error),
		Fields:  fieldErrors(wire.Errors),
		Record:  record,
	}
	if f.Message == "" && f.Fields == nil {
		f.Message = firstText(wire.Errors)
	}
	return f
}

// unaccounted returns the ids in the request that stand in neither list of the
// answer. Where a part of the answer has no id, nothing can be said.
func unaccounted[T any](in any, done []string, result *BulkResult[T]) []string {
	nameless := func(f BulkFailure) bool { return f.ID == "" }
	if len(done) < len(result.Succeeded) || slices.ContainsFunc(result.Failed, nameless) {
		return nil
	}
	known := map[string]bool{}
	for _, id := range done {
		known[id] = true
	}
	for _, failure := range result.Failed {
		known[failure.ID] = true
	}
	return slices.DeleteFunc(askedIDs(in), func(id string) bool { return known[id] })
}

func askedIDs(in any) []string {
	if raw, ok := in.(json.RawMessage); ok {
		return idsOf(raw)
	}
	data, err := json.Marshal(in)
	if err != nil {
		return nil
	}
	return idsOf(data)
}

// idsOf returns the ids in a list of ids or of records with an id.
func idsOf(list json.RawMessage) []string {
	var items []json.RawMessage
	if json.Unmarshal(list, &items) != nil {
		return nil
	}
	var ids []string
	for _, item := range items {
		var record struct{ ID json.RawMessage }
		id := item
		if bytes.HasPrefix(item, []byte("{")) && json.Unmarshal(item, &record) == nil {
			id = record.ID
		}
		if text := firstText(id); text != "" {
			ids = append(ids, text)
		}
	}
	return ids
}
