package rest

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RetryAfter reads a Retry-After header: whole seconds or an HTTP date, which
// is compared with the answer's own Date where it has one. Anything else is 0.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseInt(text, 10, 32); err == nil || errors.Is(err, strconv.ErrRange) { // n is the nearest bound then
		return max(0, time.Duration(n)*time.Second)
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return max(0, at.Sub(ServerTime(h, now)))
}

// ServerTime is the time that an answer was made at by the server's own clock,
// or now if it does not say.
func ServerTime(h http.Header, now time.Time) time.Time {
	if date, ok := Date(h); ok {
		return date
	}
	return now
}
