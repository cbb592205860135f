package value

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// A Date is a day of the calendar, without a time and without a zone. The zero
// Date is not set. Year 0 stands for a day that comes every year, such as a
// birthday without the year.
type Date struct {
	Year  int        // 0 for a day that comes every year
	Month time.Month // 1 to 12
	Day   int        // 1 to 31
}

// DateOf returns the day that t falls on in t's own location.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{Year: year, Month: month, Day: day}
}

// ParseDate reads "2026-05-17", and the day without a year from "--05-17" or
// "0000-05-17". A day that the calendar does not have is an error.
func ParseDate(text string) (Date, error) {
	full := text
	if rest, yearless := strings.CutPrefix(text, "--"); yearless {
		full = "0000-" + rest
	}
	t, err := time.Parse(time.DateOnly, full)
	if err != nil {
		return Date{}, fmt.Errorf("value: %q is no date: write it as 2006-01-02", shorten(text))
	}
	return DateOf(t), nil
}

// String returns "2026-05-17", or "0000-05-17" for a day without a year. The
// zero Date is the empty string.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// IsZero reports whether d is not set.
func (d Date) IsZero() bool { return d == Date{} }

// IsValid reports whether the calendar has the day, in a year from 0 to 9999.
// The zero Date is not valid.
func (d Date) IsValid() bool {
	return 0 <= d.Year && d.Year <= 9999 && d == DateOf(d.Time(time.UTC))
}

// Time returns the instant at which the day begins in loc. A nil loc means UTC.
func (d Date) Time(loc *time.Location) time.Time {
	if loc == nil {
		loc = time.UTC
	}
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// Compare returns -1 if d is before other, 0 if they are the same day, and +1
// if d is after other.
func (d Date) Compare(other Date) int {
	return cmp.Or(
		cmp.Compare(d.Year, other.Year),
		cmp.Compare(d.Month, other.Month),
		cmp.Compare(d.Day, other.Day),
	)
}

// Before reports whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After reports whether d is a later day than other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// MarshalText writes d like [Date.String]. A day that the calendar does not
// have is an error, because platforms take it without a word and store none.
func (d Date) MarshalText() ([]byte, error) {
	if !d.IsZero() && !d.IsValid() {
		return nil, fmt.Errorf("value: the calendar has no day %s", d)
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what [ParseDate] reads; an empty text is the zero Date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// shorten keeps foreign text in a message at a readable length.
func shorten(text string) string {
	const most = 40
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
