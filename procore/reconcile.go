package procore

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/cordage-go/cordage/connector"
)

// Reconcile finds out what became of a record whose creation ended in
// [connector.UnknownOutcome]: it reads the answer of a Sync call that carried
// this one record again, with its origin_id. Sync finds a record that was
// created and creates one that was not, so that there is one in the end.
//
//	vendor, err := vendors.Create(ctx, &directory.CompanyVendorInput{Name: new("Acme"), OriginID: new("erp-7")}, nil)
//	if errors.Is(err, connector.UnknownOutcome) {
//		again := []directory.CompanyVendorSync{{Name: new("Acme"), OriginID: new("erp-7")}}
//		vendor, err = procore.Reconcile(vendors.Sync(ctx, again, connector.Repeatable()))
//	}
//
// Give Sync the option [connector.Repeatable]: with it no record without an
// origin_id is sent, and a lost answer is asked for anew.
//
// A record that Procore refuses is an error of kind [connector.Conflict] where
// the origin_id is at fault, else of kind [connector.Invalid], with what is
// wrong in Fields. Procore keeps origin ids unique in a company. Uncertain: what
// it does while the first request is still under way, so wait some seconds
// before; and whether every tool finds by sync what was made by a create.
func Reconcile[T any](result *SyncResult[T], err error) (*T, error) {
	switch {
	case err != nil:
		return nil, err
	case len(result.Entities) == 1 && len(result.Errors) == 0:
		return &result.Entities[0], nil
	case len(result.Entities) == 0 && len(result.Errors) == 1:
		return nil, refusedRecord(result.Errors[0])
	}
	return nil, &connector.Error{
		Platform: name, Operation: "Reconcile", Kind: connector.Unexpected,
		Message: fmt.Sprintf("the sync answered %d records and %d refusals, not one", len(result.Entities), len(result.Errors)),
		Remedy:  "reconcile one record at a time, and look for it by its origin_id",
	}
}

func refusedRecord(refusal SyncError) error {
	e := &connector.Error{
		Platform: name, Operation: "Reconcile", Kind: connector.Invalid, Fields: refusal.Fields,
		Message: "Procore refused the record, and did not find it by its origin_id", Remedy: "correct what Fields tell, and sync it again",
	}
	if len(refusal.Fields["origin_id"]) > 0 {
		e.Kind, e.Remedy = connector.Conflict, "look for the record that has this origin_id"
	}
	return e
}

// checkRepeatable refuses a sync that may be repeated and would then create a
// record twice.
func checkRepeatable[In any](op connector.Operation, in []In, opts []connector.CallOption) error {
	var call connector.Call
	for _, set := range opts {
		set(&call)
	}
	if !call.Repeat {
		return nil
	}
	i := slices.IndexFunc(in, func(record In) bool { return !hasKey(record) })
	if i < 0 {
		return nil
	}
	return &connector.Error{
		Platform: name, Operation: op.ID, Account: call.Account, Kind: connector.Invalid,
		Message: fmt.Sprintf("record %d has neither id nor origin_id, so that repeating the call could create it twice", i),
		Remedy:  "give it an origin_id, or leave out Repeatable",
	}
}

// hasKey reports whether Procore can find the record. One that cannot be
// written fails later, with a better error.
func hasKey(record any) bool {
	data, err := json.Marshal(record)
	if err != nil {
		return true
	}
	var keys struct {
		ID       json.RawMessage `json:"id"`
		OriginID json.RawMessage `json:"origin_id"`
	}
	if json.Unmarshal(data, &keys) != nil {
		return false
	}
	return !blank(keys.ID) || !blank(keys.OriginID)
}

func blank(value json.RawMessage) bool {
	return slices.Contains([]string{"", "null", `""`, "0"}, string(value))
}
