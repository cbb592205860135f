package value

import "io"

// A File is a file in a body. Bodies with files are sent as forms
// (multipart/form-data), and the content is read while it is sent, never held
// in memory.
//
//	photo, err := os.Open("crack.jpg")
//	...
//	defer photo.Close()
//	in.Attachments = []value.File{{Name: "crack.jpg", Content: photo}}
//
// A Content that is an io.Seeker, as a file of the disk is, is read from where
// it stands and can be sent again after a failure that allows it. Any other is
// sent once. Content is never closed. Give each File a Content of its own.
type File struct {
	Name        string    // as the platform shall call it, with its ending: "crack.jpg"
	ContentType string    // media type; empty means application/octet-stream
	Content     io.Reader // what is in it
}

// IsZero reports whether nothing of the file is set.
func (f File) IsZero() bool { return f == File{} }
