package everymethod

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/operations"
	"github.com/cordage-go/cordage/value"
)

// A Wire is one platform as its client's transport sees it.
type Wire struct {
	Table    *operations.Table
	Recorder *Recorder         // the client's transport
	BaseURL  string            // that the client calls where a row names no host
	Filled   map[string]string // variables that the client fills: company_id
	Options  []string          // parameters that no method takes, since they are options of a call
	Custom   string            // JSON of custom fields in an answer
	// Open checks what is the same in all requests, such as the credential, and
	// returns the body, without what the platform puts around it. A filter that
	// travels in the body is returned apart.
	Open func(Sent) (body, filter []byte, err error)
	// Close puts around an answer what the platform puts around all; nil means nothing.
	Close func(data []byte) []byte
}

// Compare calls each method once and returns what differs from the table: in
// the request, or in what was read of the answer. An operation without a method
// and a method without an operation are differences too.
func (w *Wire) Compare(ctx context.Context, methods []Method) []error {
	all := rowsOf(w.Table)
	var errs []error
	called, walks := map[string]bool{}, map[string]int{}
	for _, m := range methods {
		called[m.String()] = true
		r, found := all.of(m)
		if !found {
			errs = append(errs, fmt.Errorf("%s: the table has no such operation", m))
			continue
		}
		if m.isWalk() {
			walks[r.name()]++
		}
		if err := w.compare(ctx, m, r); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", m, err))
		}
	}
	for _, m := range methods {
		if m.isPage() && walks[m.String()] != 2 {
			errs = append(errs, fmt.Errorf("%s: %d methods walk its pages or records, want 2", m, walks[m.String()]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all.methods)) {
		if !called[name] {
			errs = append(errs, fmt.Errorf("%s has no method %s", all.methods[name].Row(), name))
		}
	}
	return errs
}

// compare calls a method. One whose body may hold files is called twice: with
// files the body is a form, without them it is JSON.
func (w *Wire) compare(ctx context.Context, m Method, r row) error {
	if r.Body == nil || r.Body.Content != "" || !w.hasFile(r.Body.Type, map[string]bool{}) {
		return w.compareOnce(ctx, m, r)
	}
	err := w.compareOnce(ctx, m, r.sentAs(formType))
	if w.needsFile(r.Body.Type) {
		return err
	}
	return errors.Join(err, w.compareOnce(ctx, m, r.sentAs(jsonType)))
}

func (w *Wire) compareOnce(ctx context.Context, m Method, r row) error {
	args, values, err := w.arguments(m, r)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	for _, arg := range args {
		if arg.Type() == reflect.TypeFor[io.Writer]() {
			arg.Set(reflect.ValueOf(&file))
		}
	}
	w.Recorder.expect(w.answers(r))
	got, err := m.call(ctx, args)
	if err != nil {
		return err
	}
	if len(w.Recorder.sent) == 0 {
		return errors.New("it sent nothing")
	}
	sent := w.Recorder.sent[0]
	return errors.Join(
		w.checkAddress(r, sent, values),
		w.checkQuery(r, sent, values),
		checkHeader(r, sent),
		w.checkBody(r, sent, values),
		w.checkOperation(m, r, sent.Operation),
		w.checkResult(r, got, file.Bytes()),
	)
}

// pageSize is asked for in every list.
const pageSize = 3

// arguments makes a value for each parameter of a method, and tells the texts
// that the variables of the row must have on the wire.
func (w *Wire) arguments(m Method, r row) (args []reflect.Value, values map[string]string, err error) {
	params, positional, err := m.takes()
	if err != nil {
		return nil, nil, err
	}
	variables, err := variablesOf(r, w.Filled, positional)
	if err != nil {
		return nil, nil, err
	}
	values = maps.Clone(w.Filled)
	if values == nil {
		values = map[string]string{}
	}
	fill := &filler{types: w.Table.Types, leave: left(r)}
	for i, p := range params {
		v := reflect.New(p.of).Elem()
		switch {
		case p.of == reflect.TypeFor[io.Writer]():
		case p.name == "q":
			err = fill.query(v)
		case p.name == "in" && r.Body == nil:
			err = errors.New("it takes a body, and the table has none")
		case p.name == "in":
			err = fill.body(v, r.Body.Type)
		default:
			values[variables[0]], err = setDistinct(v, i)
			variables = variables[1:]
		}
		if err != nil {
			return nil, nil, err
		}
		args = append(args, v)
	}
	return append(args, reflect.ValueOf(connector.PageSize(pageSize))), values, nil
}

// left says which members of a body stay empty: files in JSON, and in a form
// the lists of lists that it cannot hold.
func left(r row) func(operations.Field) bool {
	if r.Body != nil && r.Body.Content == formType {
		return func(f operations.Field) bool { return strings.HasPrefix(f.Type, "[][]") }
	}
	return func(f operations.Field) bool { return operations.Elem(f.Type) == "file" }
}

// setDistinct sets a positional argument to a value that no other has, and
// returns it as text.
func setDistinct(v reflect.Value, i int) (string, error) {
	if v.Type() == reflect.TypeFor[value.Date]() {
		day := value.Date{Year: 2026, Month: time.May, Day: 1 + i}
		v.Set(reflect.ValueOf(day))
		return day.String(), nil
	}
	switch v.Kind() {
	case reflect.Int64:
		v.SetInt(int64(7001 + i))
		return strconv.Itoa(7001 + i), nil
	case reflect.Bool:
		v.SetBool(true)
		return "true", nil
	case reflect.String:
		text := fmt.Sprintf("a %d/ü", 7001+i)
		v.SetString(text)
		return text, nil
	}
	return "", fmt.Errorf("no value for an argument of the type %s", v.Type())
}

// answers are a success with one record, and for lists an empty page after it.
func (w *Wire) answers(r row) (first, later answer) {
	switch {
	case r.Download:
		first = answer{status: http.StatusOK, kind: "application/octet-stream", body: []byte(fileText)}
		return first, first
	case r.Answer.Known == "none" && w.Close == nil:
		first = answer{status: http.StatusNoContent}
		return first, first
	}
	data, none := json.RawMessage(`{"any":1}`), json.RawMessage("[]")
	if r.Answer.Known == "typed" {
		data = w.sample().of(r.Answer.Type)
	}
	return w.answer(r, data), w.answer(r, none)
}

const fileText = "the file"

// answer puts the data where the row says that it stands.
func (w *Wire) answer(r row, data []byte) answer {
	for _, member := range []string{r.Answer.Items, r.Answer.Envelope} {
		if member != "" {
			data = fmt.Appendf(nil, "{%q:%s}", member, data)
		}
	}
	if w.Close != nil {
		data = w.Close(data)
	}
	return answer{status: http.StatusOK, kind: "application/json", body: data}
}

func (w *Wire) sample() *sample {
	return &sample{types: w.Table.Types, custom: json.RawMessage(w.Custom)}
}

func (w *Wire) checkOperation(m Method, r row, op connector.Operation) error {
	var errs []error
	if op.ID != r.ID() {
		errs = append(errs, fmt.Errorf("its operation is called %s, want %s", op.ID, r.ID()))
	}
	if op.Class.String() != r.Class {
		errs = append(errs, fmt.Errorf("its class is %s, want %s", op.Class, r.Class))
	}
	if (m.isWalk() || m.isPage()) && op.Key != r.Key {
		errs = append(errs, fmt.Errorf("its records' key is %q, want %q", op.Key, r.Key))
	}
	if (m.isWalk() || m.isPage()) && r.Paging != "" && op.Paging == (connector.Paging{}) {
		errs = append(errs, fmt.Errorf("it reads a whole list, want the pages that the table calls %s", r.Paging))
	}
	return errors.Join(errs...)
}

// checkResult looks whether all of the answer was read.
func (w *Wire) checkResult(r row, got result, file []byte) error {
	if r.Download {
		if string(file) != fileText {
			return fmt.Errorf("it wrote %q, want %q", file, fileText)
		}
		return nil
	}
	v := got.value
	if got.list {
		if len(got.records) != 1 {
			return fmt.Errorf("it gave %d records, want 1", len(got.records))
		}
		v = got.records[0]
	}
	switch r.Answer.Known {
	case "none":
		if v.IsValid() {
			return fmt.Errorf("it returns %s, want nothing", v.Type())
		}
		return nil
	case "unknown":
		if !v.IsValid() || v.Type() != rawMessage || !strings.Contains(string(v.Bytes()), `"any":1`) {
			return fmt.Errorf("it returned %v, want the JSON that was answered", v)
		}
		return nil
	}
	if !v.IsValid() {
		return errors.New("it returns nothing, and the answer has a type")
	}
	if got.list {
		return w.sample().check(v, strings.TrimPrefix(r.Answer.Type, "[]"))
	}
	return w.sample().check(v, r.Answer.Type)
}
