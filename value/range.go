package value

import "time"

// A DateRange is a span of days. Whether a platform includes the last day is
// the platform's rule.
type DateRange struct {
	From, To Date // zero for an open end
}

// SinceDate returns the range of the day from and all later ones.
func SinceDate(from Date) DateRange { return DateRange{From: from} }

// UntilDate returns the range of all days up to the day to.
func UntilDate(to Date) DateRange { return DateRange{To: to} }

// BetweenDates returns the range from one day to another.
func BetweenDates(from, to Date) DateRange { return DateRange{From: from, To: to} }

// IsZero reports whether both ends are open.
func (r DateRange) IsZero() bool { return r.From.IsZero() && r.To.IsZero() }

// A TimeRange is a span of time.
type TimeRange struct {
	From, To time.Time // zero for an open end
}

// Since returns the range that begins at from and does not end.
func Since(from time.Time) TimeRange { return TimeRange{From: from} }

// Until returns the range of everything up to to.
func Until(to time.Time) TimeRange { return TimeRange{To: to} }

// Between returns the range from one instant to another.
func Between(from, to time.Time) TimeRange { return TimeRange{From: from, To: to} }

// IsZero reports whether both ends are open.
func (r TimeRange) IsZero() bool { return r.From.IsZero() && r.To.IsZero() }
