package operations

import "strings"

// sharedShapes are the records of the hand-written package procore that occur
// in many of its packages. A record with exactly these fields becomes one.
var sharedShapes = map[string]Type{
	"procore.UserRef":      {Fields: []Field{{Name: "id", Type: "int"}, {Name: "login", Type: "string"}, {Name: "name", Type: "string"}}},
	"procore.IDName":       {Fields: []Field{{Name: "id", Type: "int"}, {Name: "name", Type: "string"}}},
	"procore.IDRef":        {Fields: []Field{{Name: "id", Type: "int"}}},
	"procore.Attachment":   {Fields: []Field{{Name: "id", Type: "int"}, {Name: "name", Type: "string"}, {Name: "filename", Type: "string"}, {Name: "url", Type: "string"}}},
	"procore.FilterOption": {Fields: []Field{{Name: "key", Type: "any"}, {Name: "value", Type: "string"}}},
}

// unnamedAttachment is a shorter form of procore.Attachment.
var unnamedAttachment = Type{Fields: []Field{{Name: "id", Type: "int"}, {Name: "filename", Type: "string"}, {Name: "url", Type: "string"}}}

// sharedName returns the shared type that has the shape of t.
func sharedName(t Type) string {
	for name, shape := range sharedShapes {
		if sameShape(t, shape) {
			return name
		}
	}
	if sameShape(t, unnamedAttachment) {
		return "procore.Attachment"
	}
	return ""
}

// IsShared reports whether a type is hand-written in the package procore.
func IsShared(name string) bool { return strings.HasPrefix(name, "procore.") }
