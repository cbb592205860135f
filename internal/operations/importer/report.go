package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// report prints what a new table has more than the old one (+), less (-), and
// in another form (~): an operation or a type a line.
func report(out io.Writer, name string, before, after *operations.Table) error {
	fmt.Fprintf(out, "%s: %d operations and %d types, before %d and %d\n", name, len(after.Operations), len(after.Types), len(before.Operations), len(before.Types))
	if err := differences(out, "", byAddress(before), byAddress(after)); err != nil {
		return err
	}
	return differences(out, "type ", before.Types, after.Types)
}

func byAddress(table *operations.Table) map[string]operations.Operation {
	all := map[string]operations.Operation{}
	for _, op := range table.Operations {
		all[op.Row()] = op
	}
	return all
}

// differences prints the rows that are in one table alone or differ.
func differences[Row any](out io.Writer, kind string, before, after map[string]Row) error {
	for _, name := range namesOf(before, after) {
		old, had := before[name]
		row, has := after[name]
		switch {
		case !had:
			fmt.Fprintf(out, "  + %s%s\n", kind, name)
		case !has:
			fmt.Fprintf(out, "  - %s%s\n", kind, name)
		default:
			changed, err := changes(old, row)
			if err != nil {
				return err
			}
			if len(changed) > 0 {
				fmt.Fprintf(out, "  ~ %s%s: %s\n", kind, name, strings.Join(changed, ", "))
			}
		}
	}
	return nil
}

func namesOf[Row any](before, after map[string]Row) []string {
	names := slices.AppendSeq(slices.Collect(maps.Keys(before)), maps.Keys(after))
	slices.Sort(names)
	return slices.Compact(names)
}

// changes names the members of a row that differ, as its file has them.
func changes(before, after any) ([]string, error) {
	old, err := members(before)
	if err != nil {
		return nil, err
	}
	row, err := members(after)
	if err != nil {
		return nil, err
	}
	var changed []string
	for _, name := range namesOf(old, row) {
		if old[name] != row[name] {
			changed = append(changed, fmt.Sprintf("%s %s → %s", name, cmp.Or(old[name], "none"), cmp.Or(row[name], "none")))
		}
	}
	return changed, nil
}

// members are the members of a row as text. Each entry of a list of named
// things is a member by itself.
func members(row any) (map[string]string, error) {
	text, err := json.Marshal(row)
	if err != nil {
		return nil, err
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(text, &values); err != nil {
		return nil, err
	}
	all := map[string]string{}
	for member, value := range values {
		var named []struct{ Name, Type string }
		var entries []json.RawMessage
		if json.Unmarshal(value, &named) != nil || json.Unmarshal(value, &entries) != nil {
			all[member] = string(value)
			continue
		}
		for i, entry := range named {
			all[strings.TrimSuffix(member, "s")+" "+entry.Name] = string(entries[i])
		}
	}
	return all, nil
}
