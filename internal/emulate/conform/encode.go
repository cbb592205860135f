package conform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime/multipart"
	"slices"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A File is the name of a file that a body has.
type File string

// Encode writes a body of [Checker.Body] as the row says, and names its media
// type: JSON, or a form with names such as rfi[question][body] and ids[].
func Encode(op *emulate.Operation, body any) (content []byte, media string, err error) {
	if op.Body == nil || op.Body.Content != "multipart/form-data" {
		content, err = json.Marshal(body)
		media = "application/json"
		if op.Body != nil && op.Body.Content != "" {
			media = op.Body.Content
		}
		return content, media, err
	}
	var form bytes.Buffer
	writer := multipart.NewWriter(&form)
	if err := write(writer, "", body); err != nil {
		return nil, "", err
	}
	err = writer.Close()
	return form.Bytes(), writer.FormDataContentType(), err
}

func write(writer *multipart.Writer, name string, v any) error {
	switch v := v.(type) {
	case map[string]any:
		for _, member := range slices.Sorted(maps.Keys(v)) {
			inner := member
			if name != "" {
				inner = name + "[" + member + "]"
			}
			if err := write(writer, inner, v[member]); err != nil {
				return err
			}
		}
		return nil
	case []any:
		for _, each := range v {
			if err := write(writer, name+"[]", each); err != nil {
				return err
			}
		}
		return nil
	case File:
		part, err := writer.CreateFormFile(name, string(v))
		if err != nil {
			return err
		}
		_, err = part.Write([]byte("the text of " + v))
		return err
	default:
		return writer.WriteField(name, fmt.Sprint(v))
	}
}
