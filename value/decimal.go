package value

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// A Decimal is an exact decimal number: an amount of money, a price, a
// quantity. It keeps the digits that the server sent, so "10.50" stays "10.50".
// The zero Decimal is not set and counts as 0.
//
// Compare with [Decimal.Cmp]: as Go values, 10.5 and 10.50 differ.
type Decimal struct {
	text string // a JSON number, or empty
}

const (
	maxDigits   = 1000 // more than any amount has; a bound for hostile input
	maxExponent = 1000 // keeps Rat and Cmp from huge powers of ten
)

// NewDecimal returns units divided by ten to the power of places:
// NewDecimal(1250, 2) is 12.50. Places run from 0 to 1,000; others count as
// the nearest of these.
func NewDecimal(units int64, places int) Decimal {
	places = min(max(places, 0), maxDigits)
	sign := ""
	digits := strconv.FormatInt(units, 10)
	if units < 0 {
		sign, digits = "-", digits[1:]
	}
	if places == 0 {
		return Decimal{sign + digits}
	}
	if missing := places + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - places
	return Decimal{sign + digits[:point] + "." + digits[point:]}
}

// ParseDecimal reads a decimal number such as "12.50", "-3" or "1.5e3". A
// missing zero before the point is added; leading zeros, a plus sign and a
// point at the end are dropped. At most 1,000 characters and exponents from
// -1,000 to 1,000 are taken.
func ParseDecimal(text string) (Decimal, error) {
	normal, ok := normalize(text)
	if !ok {
		return Decimal{}, fmt.Errorf("value: %q is no decimal number: write it as 12.50", shorten(text))
	}
	return Decimal{normal}, nil
}

// normalize brings text into the form of a JSON number and keeps its digits.
func normalize(text string) (string, bool) {
	if len(text) > maxDigits {
		return "", false
	}
	rest, sign := text, ""
	switch {
	case strings.HasPrefix(rest, "-"):
		rest, sign = rest[1:], "-"
	case strings.HasPrefix(rest, "+"):
		rest = rest[1:]
	}
	rest, exponent, ok := cutExponent(rest)
	if !ok {
		return "", false
	}
	whole, fraction, _ := strings.Cut(rest, ".")
	if whole+fraction == "" || !isDigits(whole) || !isDigits(fraction) {
		return "", false
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + whole + fraction + exponent, true
}

func cutExponent(text string) (number, exponent string, ok bool) {
	i := strings.IndexAny(text, "eE")
	if i < 0 {
		return text, "", true
	}
	power, err := strconv.Atoi(text[i+1:])
	if err != nil || power < -maxExponent || power > maxExponent {
		return "", "", false
	}
	return text[:i], text[i:], true
}

func isDigits(text string) bool {
	return strings.Trim(text, "0123456789") == ""
}

// String returns the digits as they were given, and "0" if d is not set.
func (d Decimal) String() string {
	if d.text == "" {
		return "0"
	}
	return d.text
}

// IsSet reports whether d holds a number, be it 0. Whether it is 0, Sign tells.
func (d Decimal) IsSet() bool { return d.text != "" }

// Sign returns -1 for a number below 0, 0 for 0, and +1 above.
func (d Decimal) Sign() int { return d.Rat().Sign() }

// Cmp compares the numbers: -1 if d is less than other, 0 if they are equal,
// +1 if d is greater. Digits after the point do not matter: 10.5 equals 10.50.
func (d Decimal) Cmp(other Decimal) int { return d.Rat().Cmp(other.Rat()) }

// Rat returns the number for exact arithmetic.
func (d Decimal) Rat() *big.Rat {
	r, ok := new(big.Rat).SetString(d.String())
	if !ok {
		return new(big.Rat) // cannot happen: the text was checked when d was made
	}
	return r
}

// Float64 returns the nearest float64, for charts and estimates. Do not
// calculate money with it.
func (d Decimal) Float64() float64 {
	f, _ := d.Rat().Float64()
	return f
}

// MarshalJSON writes a JSON number with the same digits, and null if d is not set.
func (d Decimal) MarshalJSON() ([]byte, error) {
	if d.text == "" {
		return []byte("null"), nil
	}
	return []byte(d.text), nil
}

// UnmarshalJSON reads a number or a text that holds one. An empty text and
// null leave d not set.
func (d *Decimal) UnmarshalJSON(data []byte) error {
	text := string(data)
	if strings.HasPrefix(text, `"`) {
		if err := json.Unmarshal(data, &text); err != nil {
			return fmt.Errorf("value: read a decimal: %w", err)
		}
	}
	if text == "" || text == "null" {
		*d = Decimal{}
		return nil
	}
	parsed, err := ParseDecimal(text)
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
