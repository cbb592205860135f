package scoro

import "github.com/cordage-go/cordage/value"

// Lists such as the lines of an invoice are replaced whole: what is not sent
// again is deleted. The Input methods of their records, and these two
// functions, make what was read writable again.

func inputs[R, I any](records []R, input func(R) I) []I {
	var out []I
	for _, r := range records {
		out = append(out, input(r))
	}
	return out
}

func customValues(fields value.CustomFields) value.CustomValues {
	var values value.CustomValues
	for _, f := range fields {
		if values == nil {
			values = value.CustomValues{}
		}
		values[f.ID] = f.Value
	}
	return values
}
