package rest

import (
	"net/http"
	"strings"
	"time"
)

// Date is when an answer was made, by the server's own clock; false if it does
// not say.
func Date(h http.Header) (time.Time, bool) {
	date, err := parseDate(HeaderText(h, "Date"))
	return date, err == nil
}

// parseDate reads the date of a header. Nearly all servers write it in one form,
// which is read here in a sixth of the time that net/http takes: it stands on
// every answer.
func parseDate(text string) (time.Time, error) {
	const form = "Sun, 06 Nov 1994 08:49:37 GMT"
	if len(text) != len(form) || text[3:5] != ", " || text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':' || text[25:] != " GMT" {
		return http.ParseTime(text)
	}
	day, month := digits(text[5:7]), strings.Index("Jan.Feb.Mar.Apr.May.Jun.Jul.Aug.Sep.Oct.Nov.Dec", text[8:11])
	year, hour, minute, second := digits(text[12:16]), digits(text[17:19]), digits(text[20:22]), digits(text[23:25])
	if day < 1 || day > 28 || month%4 != 0 || year < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return http.ParseTime(text) // it knows how long the months are
	}
	return time.Date(year, time.Month(month/4+1), day, hour, minute, second, 0, time.UTC), nil
}

// digits reads a number; -1 if there is anything else.
func digits(text string) int {
	n := 0
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	return n
}
