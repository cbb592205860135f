package rest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"

	"github.com/cordage-go/cordage/internal/wire"
)

// fillForm writes the draft's form and returns its content type. Files are
// read while they are sent; a form without any is held in memory.
func (d *draft) fillForm(hands *hands) (kind string, err error) {
	var text bytes.Buffer
	form := multipart.NewWriter(&text)
	var readers []io.Reader
	for _, part := range d.form {
		if part.File == nil {
			if err := form.WriteField(part.Name, part.Text); err != nil {
				return "", err
			}
			continue
		}
		if err := beginFile(form, part); err != nil {
			return "", err
		}
		readers = append(readers, bytes.NewReader(bytes.Clone(text.Bytes())), part.File.Content)
		text.Reset()
	}
	if err := form.Close(); err != nil {
		return "", err
	}
	if readers == nil {
		d.body = text.Bytes()
		return form.FormDataContentType(), nil
	}
	d.stream = newStream(hands, append(readers, bytes.NewReader(text.Bytes()))...)
	return form.FormDataContentType(), nil
}

func beginFile(form *multipart.Writer, part wire.Part) error {
	kind := cmp.Or(part.File.ContentType, "application/octet-stream")
	if hasControl(kind) {
		return errors.New("the content type of a file contains a control character")
	}
	_, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition(part.Name, part.File.Name)},
		"Content-Type":        {kind},
	})
	return err
}

// legibleForm is a form for people to read, secrets hidden.
func legibleForm(parts []wire.Part) []byte {
	var out bytes.Buffer
	for _, part := range parts {
		switch {
		case part.File != nil:
			fmt.Fprintf(&out, "%s: (file %q)\n", part.Name, part.File.Name)
		case holdsSecret(part.Name):
			fmt.Fprintf(&out, "%s: [redacted]\n", part.Name)
		default:
			fmt.Fprintf(&out, "%s: %q\n", part.Name, part.Text)
		}
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
