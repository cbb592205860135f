package rest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/wire"
)

const (
	maxKeys    = 12
	maxKeyText = 120 // characters of a key's value
)

// keys names the thing that a write was about, so that a program or a person
// can look whether it was done: what stands in the path, the ids in the query,
// and those fields of the body that name things. Only an error of unknown
// outcome needs them, so that they are gathered when it is made.
func (x *exchange) keys() map[string]string {
	if x.class == connector.Read || x.class == connector.Token {
		return nil
	}
	k := &keys{x: x, found: map[string]string{}}
	k.addPath()
	query := x.draft.url.Query()
	for _, name := range sorted(query) {
		if naming(name) {
			k.add(name, strings.Join(query[name], ","))
		}
	}
	k.addBody(x.draft.body, 0)
	for _, part := range x.draft.form {
		switch name := lastPart(part.Name); {
		case part.File != nil:
			k.add("file", part.File.Name)
		case naming(name):
			k.add(name, part.Text)
		}
	}
	return k.found
}

// keys are those found so far. What stands nearer to the path wins.
type keys struct {
	x     *exchange
	found map[string]string
}

func (k *keys) add(name, text string) {
	text = Clean(k.x.scrub(text))
	if _, known := k.found[name]; known || text == "" || len(k.found) >= maxKeys {
		return
	}
	if runes := []rune(text); len(runes) > maxKeyText {
		text = string(runes[:maxKeyText]) + "…"
	}
	k.found[name] = text
}

// addPath adds the variables of the path, then those of the scope.
func (k *keys) addPath() {
	call := k.x.call
	names := slices.Concat(variables(call.Operation.Path), call.Operation.Scope)
	rest := call.Operation.Values()
	for _, name := range names {
		text, left, err := valueOf(call, name, rest)
		if err != nil {
			return // the call would not have been sent
		}
		k.add(name, text)
		rest = left
	}
}

// variables returns the names in braces, in order.
func variables(path string) (names []string) {
	for _, after := range strings.Split(path, "{")[1:] {
		name, _, _ := strings.Cut(after, "}")
		names = append(names, name)
	}
	return names
}

// addBody adds the naming members of a JSON object, and of what stands under
// its wrapper. A list of one is its only record; a longer one has no name.
func (k *keys) addBody(body json.RawMessage, depth int) {
	var list []json.RawMessage
	if json.Unmarshal(body, &list) == nil && len(list) == 1 {
		body = list[0]
	}
	members, err := wire.Members(body)
	if err != nil || depth > 2 {
		return
	}
	for _, name := range sorted(members) {
		if name == k.x.call.Operation.Wrapper || name == "request" { // Scoro's wrapper of everything
			k.addBody(members[name], depth+1)
		} else if text, err := wire.Text(members[name]); naming(name) && err == nil {
			k.add(name, text)
		}
	}
}

// names are those of fields that tell one thing from another. None of them can
// hold a secret on a platform that we know.
var names = map[string]bool{"id": true, "uuid": true, "name": true, "title": true, "subject": true, "number": true, "no": true,
	"full_code": true, "email": true, "email_address": true, "domain": true, "reference": true, "date": true}

func naming(name string) bool {
	return names[name] || strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "_name") || strings.HasSuffix(name, "_number")
}

// lastPart is the field's own name in one like rfi[assignee][login].
func lastPart(name string) string {
	name = strings.TrimRight(name, "[]")
	return name[strings.LastIndex(name, "[")+1:]
}

// sorted returns the names of a map: those of other systems first, since a
// search begins with them, then by letter.
func sorted[V any](m map[string]V) []string {
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		return cmp.Or(rank(a)-rank(b), strings.Compare(a, b))
	})
}

func rank(name string) int {
	if i := slices.Index(ownKeys, name); i >= 0 {
		return i
	}
	return len(ownKeys)
}

// ownKeys are fields for the id that a thing has in the caller's own system.
var ownKeys = []string{"origin_id", "external_id"}

// lookFor is the remedy after an unknown outcome, empty for the usual one.
func lookFor(keys map[string]string) string {
	for _, name := range ownKeys {
		if text := keys[name]; text != "" {
			return fmt.Sprintf("look for %s %q before sending it again", name, text)
		}
	}
	if len(keys) > 0 {
		return "look whether it was done before sending it again: Error.Keys name what it was about"
	}
	return ""
}
