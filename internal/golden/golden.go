// Package golden reads golden cases: one request and the answer to it, written
// by hand from what is known of a platform. A case holds both sides. A client
// must send exactly its request and understand its answer; an emulator, sent
// its request, must give exactly its answer.
//
// A case is one text file. Lines that begin with "# " say what it shows, "> "
// is the request and "< " the answer:
//
//	# an unknown id is refused with the HTTP status
//	> POST /api/v2/projects/view/9999
//	> Content-Type: application/json
//	> -Authorization
//	>
//	> {"user_token": "demo", "request": {}}
//	< 404
//	< Content-Type: application/json
//	<
//	< {"status": "ERROR", "statusCode": "404"}
//
// Only the headers that are listed are compared. The value * stands for any,
// and a name behind a minus sign must not be there. The query is compared as
// parameters in any order; bodies as JSON values with numbers by their text,
// or as they are if they are not JSON. A line "? body.created_at",
// "? body.data[0].id" or "? header.Retry-After" names a value of either message
// that is only an example: it must be there, and may be any. A line
// "? answer.body" means the answer alone, "? request.body.at" the request.
package golden

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Case is one golden request and answer.
type Case struct {
	Name  string // of its file, without ".txt"
	About string // what it shows

	Method string
	Target string // path and query
	Sent   Message

	Status int
	Answer Message

	Any []string // paths of values that may be any
}

// A Message is what a request and an answer have in common.
type Message struct {
	Header []Header
	Body   string // without the last line break
}

// A Header is one listed header line.
type Header struct {
	Name   string
	Value  string // * is any value
	Absent bool   // the header must not be there
}

// Load reads the cases in a folder, in the order of their names.
func Load(dir string) ([]Case, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, fmt.Errorf("golden: %w", err)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("golden: no cases in %s", dir)
	}
	var cases []Case
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("golden: %w", err)
		}
		c, err := parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("golden: %s: %w", path, err)
		}
		c.Name = strings.TrimSuffix(filepath.Base(path), ".txt")
		cases = append(cases, c)
	}
	return cases, nil
}

// parse reads the text of one case.
func parse(text string) (Case, error) {
	parts := map[byte][]string{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, " \r")
		if line == "" {
			continue
		}
		if !strings.ContainsRune("#><?", rune(line[0])) || len(line) > 1 && line[1] != ' ' {
			return Case{}, fmt.Errorf("line %d begins with none of %q, %q, %q, %q", i+1, "# ", "> ", "< ", "? ")
		}
		parts[line[0]] = append(parts[line[0]], strings.TrimPrefix(line[1:], " "))
	}
	if len(parts['#']) == 0 || len(parts['>']) == 0 || len(parts['<']) == 0 {
		return Case{}, errors.New("a case needs a description, a request and an answer")
	}
	c := Case{About: strings.Join(parts['#'], " "), Any: parts['?']}
	var ok bool
	if c.Method, c.Target, ok = strings.Cut(parts['>'][0], " "); !ok {
		return Case{}, fmt.Errorf("%q is not a verb and a path", parts['>'][0])
	}
	var err error
	if c.Status, err = strconv.Atoi(parts['<'][0]); err != nil {
		return Case{}, fmt.Errorf("%q is not a status", parts['<'][0])
	}
	c.Sent, err = parseMessage(parts['>'][1:])
	if err != nil {
		return Case{}, err
	}
	c.Answer, err = parseMessage(parts['<'][1:])
	return c, err
}

// parseMessage reads header lines and, behind an empty line, the body.
func parseMessage(lines []string) (Message, error) {
	var m Message
	for i, line := range lines {
		if line == "" {
			m.Body = strings.Join(lines[i+1:], "\n")
			break
		}
		if name, absent := strings.CutPrefix(line, "-"); absent {
			m.Header = append(m.Header, Header{Name: name, Absent: true})
			continue
		}
		name, value, ok := strings.Cut(line, ":") // an empty value has lost the space before it
		if !ok {
			return Message{}, fmt.Errorf("%q is not a header line", line)
		}
		m.Header = append(m.Header, Header{Name: name, Value: strings.TrimPrefix(value, " ")})
	}
	return m, nil
}

// NewRequest makes the case's request to a server, such as
// "http://127.0.0.1:8080". Headers that may have any value get one.
func (c Case) NewRequest(ctx context.Context, server string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, c.Method, server+c.Target, strings.NewReader(c.Sent.Body))
	if err != nil {
		return nil, fmt.Errorf("golden: %s: %w", c.Name, err)
	}
	for _, h := range c.Sent.Header {
		value := h.Value
		if value == "*" {
			value = "golden"
		}
		switch {
		case h.Absent:
			continue
		case h.Name == "Host":
			r.Host = value
		default:
			r.Header.Add(h.Name, value)
		}
	}
	return r, nil
}

// CheckRequest returns how a request that reached a server differs from the
// case's; nil if it does not.
func (c Case) CheckRequest(r *http.Request, body []byte) error {
	header := r.Header.Clone()
	header.Set("Host", r.Host) // net/http keeps it apart
	return c.wrap("request", errors.Join(c.checkTarget(r), c.check("request", c.Sent, header, body)))
}

func (c Case) checkTarget(r *http.Request) error {
	path, query, _ := strings.Cut(c.Target, "?")
	if r.Method != c.Method || r.URL.EscapedPath() != path {
		return fmt.Errorf("%s %s, want %s %s", r.Method, r.URL.EscapedPath(), c.Method, path)
	}
	want, err := url.ParseQuery(query)
	if err != nil {
		return fmt.Errorf("the golden query is malformed: %w", err)
	}
	got, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return fmt.Errorf("the query is malformed: %w", err)
	}
	if got.Encode() != want.Encode() { // sorted by name; the values of one name keep their order
		return fmt.Errorf("query %s, want %s", got.Encode(), want.Encode())
	}
	return nil
}

// CheckAnswer returns how an answer differs from the case's; nil if it does not.
func (c Case) CheckAnswer(status int, h http.Header, body []byte) error {
	var wrong error
	if status != c.Status {
		wrong = fmt.Errorf("status %d, want %d", status, c.Status)
	}
	return c.wrap("answer", errors.Join(wrong, c.check("answer", c.Answer, h, body)))
}

func (c Case) wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("golden: %s: the %s differs:\n%w", c.Name, what, err)
}

func (c Case) check(what string, m Message, h http.Header, body []byte) error {
	examples := c.examples(what)
	var wrong []error
	for _, want := range m.Header {
		got := strings.Join(h.Values(want.Name), ", ")
		_, present := h[http.CanonicalHeaderKey(want.Name)]
		switch {
		case want.Absent && present:
			wrong = append(wrong, fmt.Errorf("header %s is there", want.Name))
		case !want.Absent && !present:
			wrong = append(wrong, fmt.Errorf("header %s is missing", want.Name))
		case !want.Absent && want.Value != "*" && got != want.Value && !slices.Contains(examples, "header."+want.Name):
			wrong = append(wrong, fmt.Errorf("header %s is %q, want %q", want.Name, got, want.Value))
		}
	}
	return errors.Join(errors.Join(wrong...), checkBody(strings.TrimRight(string(body), "\n"), m.Body, examples))
}

// examples returns the paths of values that may be any in one of the messages.
func (c Case) examples(what string) []string {
	var paths []string
	for _, path := range c.Any {
		paths = append(paths, strings.TrimPrefix(path, what+"."))
	}
	return paths
}

// checkBody compares as JSON what is meant as JSON.
func checkBody(got, want string, examples []string) error {
	wanted, err := readJSON(want)
	if err != nil {
		if got != want {
			return fmt.Errorf("body %q, want %q", got, want)
		}
		return nil
	}
	sent, err := readJSON(got)
	if err != nil {
		return fmt.Errorf("body %q: %w", got, err)
	}
	return comparer{any: examples}.compare("body", sent, wanted)
}
