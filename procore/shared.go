package procore

import "encoding/json"

// A UserRef names a user. Users have the same id in every company and project.
type UserRef struct {
	ID    int64  `json:"id"`
	Login string `json:"login"` // mostly an e-mail address
	Name  string `json:"name"`
}

// An IDName names a thing by its id, and says what people call it.
type IDName struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// An IDRef names a thing by its id alone.
type IDRef struct {
	ID int64 `json:"id"`
}

// An Attachment is a file that belongs to something. Some operations leave out
// its Name.
type Attachment struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Filename string `json:"filename"`
	URL      string `json:"url"`
}

// A FilterOption is one value that a list can be filtered by.
type FilterOption struct {
	Key   string // what the filter takes; an id is given as text
	Label string // what people read
}

// UnmarshalJSON reads the three forms in which Procore writes an option: with
// key and value, with filter_value and label, and with id and label. The key
// may be a text, a number or a bool.
func (o *FilterOption) UnmarshalJSON(data []byte) error {
	var wire struct {
		Key, ID, Value, Label json.RawMessage
		FilterValue           json.RawMessage `json:"filter_value"`
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	*o = FilterOption{
		Key:   firstText(wire.Key, wire.FilterValue, wire.ID),
		Label: firstText(wire.Label, wire.Value),
	}
	return nil
}

// firstText returns the first value that is there, as text.
func firstText(values ...json.RawMessage) string {
	for _, value := range values {
		if len(value) == 0 || string(value) == "null" {
			continue
		}
		var text string
		if json.Unmarshal(value, &text) == nil {
			return text
		}
		return string(value)
	}
	return ""
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
