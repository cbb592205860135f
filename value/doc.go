// Package value holds the few values that Go has no type for and that the
// platforms exchange: a calendar date, an exact decimal number, ranges, text
// in several languages and custom fields.
//
// The zero value of each type means that the value is not set. All types keep
// their content when they are written and read back with encoding/json.
package value
