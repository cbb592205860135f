package scoro

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/internal/wire"
)

// A line that was read and is written back must not lose anything that can be
// written, since the platform replaces the lines of a document whole.
func TestLinesAreWrittenBackAsTheyWereRead(t *testing.T) {
	codec := wire.Scoro(nil)
	const read = `{"id":7,"product_id":3,"product_name":"Oak","price":"12.50","amount":2,"is_internal":1,"project_id":9,
		"depot_amounts":[{"depot_id":4,"amount":"1.5","serial_no":"S1"}],"dates":{"2026-05-01":"3"},
		"custom_fields":[{"id":"c_size","name":"Size","value":"L","type":"text"}]}`
	var line InvoiceLine
	if drift, err := codec.Decode([]byte(read), &line, wire.DecodeOptions{}); err != nil || len(drift) > 0 {
		t.Fatalf("decode: %v, drift %v", err, drift)
	}
	text, err := codec.Encode(&InvoiceUpdate{ReplaceLines: []InvoiceLineInput{line.Input()}})
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Lines []map[string]any }
	if err := json.Unmarshal(text, &got); err != nil || len(got.Lines) != 1 {
		t.Fatalf("the update is %s (%v)", text, err)
	}
	want := map[string]any{"id": 7.0, "product_id": 3.0, "project_id": 9.0, "is_internal": 1.0}
	for name, value := range want {
		if got.Lines[0][name] != value {
			t.Errorf("%s is written as %v, want %v", name, got.Lines[0][name], value)
		}
	}
	if _, sent := got.Lines[0]["product_name"]; sent {
		t.Error("product_name cannot be written, and is")
	}
	if diff := cmp.Diff([]any{map[string]any{"id": "c_size", "value": "L"}}, got.Lines[0]["custom_fields"]); diff != "" {
		t.Errorf("custom fields (-want +got):\n%s", diff)
	}
	depot, _ := got.Lines[0]["depot_amounts"].([]any)
	if len(depot) != 1 || depot[0].(map[string]any)["serial_no"] != "S1" {
		t.Errorf("depot amounts are %v", got.Lines[0]["depot_amounts"])
	}
	if got.Lines[0]["dates"] == nil {
		t.Error("the dates are lost")
	}
}
