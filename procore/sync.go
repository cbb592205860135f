package procore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
)

// maxSync is how many records Procore takes in one call of a sync operation.
const maxSync = 1000

// Sync creates and changes many records at once. It is what the Sync methods
// of the tools' packages call: T is the record that op answers, in what it
// takes. Calls carry at most 1,000 records each; more are sent in as many calls
// as it takes, one after the other, and the results are put together. An empty
// in sends nothing.
//
// When a call fails, the rest is not sent: the result has what was done until
// then, and the error says how many records of in that were. If its kind is
// [connector.UnknownOutcome] or [connector.Decode], up to 1,000 more may have
// been taken.
//
// A record with an id is changed, or refused if there is none; one with an
// origin_id alone is changed if one is found, else created; one with neither is
// created. Send origin ids: then a repeated call does not create twice, and
// [connector.Repeatable] lets the client repeat it, for which each record must
// have an id or an origin_id. [Reconcile] reads the result of a single record.
func Sync[T, In any](ctx context.Context, c *Client, op connector.Operation, in []In, opts ...connector.CallOption) (*SyncResult[T], error) {
	result := &SyncResult[T]{}
	if err := checkRepeatable(op, in, opts); err != nil {
		return result, err
	}
	var shown error
	done := 0
	for slice := range slices.Chunk(in, maxSync) {
		part, err := rest.Send[SyncResult[T]](ctx, c, op, slice, opts)
		if err == nil && part.Entities == nil && part.Errors == nil {
			err = c.rest.Unreadable(op, errors.New("neither entities nor errors in it"))
		}
		switch {
		case errors.Is(err, connector.DryRun):
			shown = err // the others shall be shown, too
			continue
		case err != nil:
			return result, unfinished(err, done, len(in))
		}
		done += len(slice)
		result.Entities = append(result.Entities, part.Entities...)
		result.Errors = append(result.Errors, part.Errors...)
	}
	return result, shown
}

// unfinished says in a slice's error how much was done before it.
func unfinished(err error, done, all int) error {
	e, ok := connector.AsError(err)
	if !ok || all <= maxSync {
		return err
	}
	if e.Message == "" && e.Err != nil {
		e.Message = e.Err.Error()
	}
	e.Message = fmt.Sprintf("%s; %d of %d records were sent and answered before", e.Message, done, all)
	return err
}

// A SyncResult is what became of the records of a Sync call, which succeeds
// as a whole even if all of them failed: read both lists.
type SyncResult[T any] struct {
	Entities []T         `json:"entities"` // created and changed records
	Errors   []SyncError `json:"errors"`   // records that were refused
}

// A SyncError is one refused record of a Sync call.
type SyncError struct {
	Record json.RawMessage     // the record as it was sent, with an errors member
	Fields map[string][]string // what is wrong, by field
}

// UnmarshalJSON reads a refused record: what was sent, and beside it errors.
func (e *SyncError) UnmarshalJSON(data []byte) error {
	var wire struct{ Errors json.RawMessage }
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	e.Record = append(json.RawMessage(nil), data...)
	e.Fields = fieldErrors(wire.Errors)
	return nil
}

// fieldErrors reads messages by field. Other forms than the documented one
// stay in the record, where a caller can look them up.
func fieldErrors(data json.RawMessage) map[string][]string {
	var byField map[string]json.RawMessage
	if json.Unmarshal(data, &byField) != nil {
		return nil
	}
	fields := map[string][]string{}
	for name, value := range byField {
		var messages []string
		if json.Unmarshal(value, &messages) != nil {
			messages = []string{firstText(value)}
		}
		fields[name] = messages
	}
	return fields
}
