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
