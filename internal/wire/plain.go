package wire

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/cordage-go/cordage/value"
)

// A plain is a JSON value without structure, as text: a string without its
// quotes, a number or a boolean as it is written.
type plain struct {
	kind jsontext.Kind
	text []byte // nil for null, objects and lists
}

func plainOf(raw []byte) plain {
	switch kind := kindOf(raw[0]); kind {
	case '"':
		return plain{kind, unquote(raw)}
	case '0', 't', 'f':
		return plain{kind, raw}
	default:
		return plain{kind: kind}
	}
}

// unquote returns the content of a JSON string, its own bytes where possible.
func unquote(raw []byte) []byte {
	content := raw[1 : len(raw)-1]
	if bytes.IndexByte(content, '\\') < 0 && utf8.Valid(content) {
		return content
	}
	// The error tells of broken UTF-8, which is replaced in the result.
	text, _ := jsontext.AppendUnquote(nil, raw)
	return text
}

// isNone reports whether the platform says that there is no value.
func (p plain) isNone() bool {
	return p.kind == 'n' || p.kind == '"' && len(p.text) == 0
}

// isText reports whether the value can be read as text: a number can.
func (p plain) isText() bool { return p.kind == '"' || p.kind == '0' }

// A parser reads a plain value that is not none. It reports whether it could.
type parser[T any] func(plain) (T, bool)

func parseText(p plain) (string, bool) {
	return string(p.text), p.isText()
}

// parseBool reads true, 1, "1" and "true", and their opposites.
func parseBool(p plain) (bool, bool) {
	switch string(p.text) {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	default:
		return false, false
	}
}

// parseInt reads a whole number exactly, as number or text. PHP may write
// 12.0 for 12.
func parseInt(p plain) (int64, bool) {
	text := string(p.text)
	if whole, fraction, ok := strings.Cut(text, "."); ok && strings.Trim(fraction, "0") == "" {
		text = whole
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// parseFloat serves fields that are floating point by their nature, such as a
// share or a coordinate.
func parseFloat(p plain) (float64, bool) {
	if p.kind != '"' && p.kind != '0' {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(p.text), 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

func parseDecimal(p plain) (value.Decimal, bool) {
	d, err := value.ParseDecimal(string(p.text))
	return d, err == nil
}

// noDate is how PHP and MySQL write that there is no date, alone or before a time.
const noDate = "0000-00-00"

// parseDate reads 2026-05-17, 20260517, the day of a date-time as it is
// written, and days without a year as 05-17, --05-17 or 0000-05-17. How Scoro
// writes a birthday without its year is uncertain, hence the three forms.
func parseDate(p plain) (value.Date, bool) {
	text := string(p.text)
	switch {
	case strings.HasPrefix(text, noDate):
		return value.Date{}, true
	case isCompact(text):
		text = text[:4] + "-" + text[4:6] + "-" + text[6:]
	case p.kind != '"':
		return value.Date{}, false
	case len(text) == len("05-17"):
		text = "--" + text
	case len(text) > len(time.DateOnly):
		return parseDay(text)
	}
	d, err := value.ParseDate(text)
	return d, err == nil
}

// parseDay reads the day of a date-time, unmoved by zones.
func parseDay(text string) (value.Date, bool) {
	t, _, ok := parseDateTime(text, time.UTC)
	return value.DateOf(t), ok
}

func isCompact(text string) bool {
	return len(text) == len("20260517") && strings.Trim(text, "0123456789") == ""
}

// A moment is a date-time that was read, and whether it named its zone.
// parseTime reads date-times: with T or a space, with Z, +02:00, +0200, +02 or
// no zone, with fractions of a second, without seconds, and the day alone as
// 2026-05-17 or 20260517, which is its first instant.
func parseTime(p plain, zone *time.Location) (t time.Time, withoutZone, ok bool) {
	text := string(p.text)
	if p.kind != '"' && !isCompact(text) {
		return time.Time{}, false, false
	}
	if strings.HasPrefix(text, noDate) {
		return time.Time{}, false, true
	}
	return parseDateTime(text, zone)
}

// zoned and zoneless are the layouts of date-times. Go reads fractions of a
// second after any of them.
var (
	zoned    = [...]string{"2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07", "2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700"}
	zoneless = [...]string{"2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly, "20060102"}
)

func parseDateTime(text string, zone *time.Location) (t time.Time, withoutZone, ok bool) {
	if t, err := time.ParseInLocation(time.RFC3339, text, zone); err == nil {
		return t, false, true
	}
	text = strings.Replace(text, " ", "T", 1)
	text = strings.Replace(text, " ", "", 1) // before an offset
	for _, layout := range zoneless {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, true, true
		}
	}
	if t, err := time.ParseInLocation(time.RFC3339, text, zone); err == nil {
		return t, false, true
	}
	for _, layout := range zoned {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, false, true
		}
	}
	return time.Time{}, false, false
}

// parseDuration reads HH:mm:ss or HH:mm, with as many hours as it takes. A
// sign in front is read too, though it is uncertain whether Scoro sends one.
func parseDuration(p plain) (time.Duration, bool) {
	text, negative := strings.CutPrefix(string(p.text), "-")
	parts := strings.Split(text, ":")
	if p.kind != '"' || len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	const maxHours = int64(math.MaxInt64/time.Hour) - 1
	hours, ok := parseDigits(parts[0], maxHours)
	if !ok {
		return 0, false
	}
	total := time.Duration(hours) * time.Hour
	for i, unit := range []time.Duration{time.Minute, time.Second}[:len(parts)-1] {
		n, ok := parseDigits(parts[i+1], 59)
		if !ok {
			return 0, false
		}
		total += time.Duration(n) * unit
	}
	if negative {
		total = -total
	}
	return total, true
}

// parseDigits reads a number without a sign, up to and with most.
func parseDigits(text string, most int64) (int64, bool) {
	if strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n <= most
}
