package value

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
)

// LocalText is a text in several languages, by language code as the platform
// writes it ("eng", "est"). Scoro answers with the text alone where it was
// asked for one language: that text stands under the empty code.
type LocalText map[string]string

// Text returns the text in the language. Without one it returns the text that
// came without a language, else that of the first code in alphabetical order.
func (t LocalText) Text(language string) string {
	if text, ok := t[language]; ok {
		return text
	}
	if text, ok := t[""]; ok || len(t) == 0 {
		return text
	}
	return t[slices.Min(slices.Collect(maps.Keys(t)))]
}

// MarshalJSON writes an object of texts by language, or the text alone if it
// is the only one and has no language.
func (t LocalText) MarshalJSON() ([]byte, error) {
	if text, ok := t[""]; ok && len(t) == 1 {
		return json.Marshal(text)
	}
	return json.Marshal(map[string]string(t))
}

// UnmarshalJSON reads a text, or an object of texts by language. Null, an
// empty text and an empty list leave t nil.
func (t *LocalText) UnmarshalJSON(data []byte) error {
	*t = nil
	if isEmpty(data) {
		return nil
	}
	var text string
	if json.Unmarshal(data, &text) == nil {
		*t = LocalText{"": text}
		return nil
	}
	var texts map[string]string
	if json.Unmarshal(data, &texts) != nil {
		return errors.New("value: neither a text nor texts by language")
	}
	*t = texts
	return nil
}
