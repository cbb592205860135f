// Package wire turns Go values into what the platforms read, and what they
// answer into Go values. Each platform writes plain values in its own way:
// booleans as 1, numbers as text, times without a zone. A [Codec] knows these
// ways, so that the records of the platform packages have plain Go fields.
//
// Reading is lenient inside a record and strict about everything that paging
// and identity hang on. A value that does not fit stays unset and is reported
// as [Drift]; the outer shape and a record's own id must be right.
//
// The JSON library is imported in this package alone.
package wire

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"
)

// A Codec reads and writes the values of one platform. It is safe for
// concurrent use and worth keeping: it remembers how Go types are read.
type Codec struct {
	dialect  dialect
	zoneless atomic.Bool // a date-time without a zone was reported
	writers  *json.Marshalers
	plans    sync.Map // planKey to plan
	shapes   sync.Map // reflect.Type to *shape
}

// A dialect is what differs between the platforms.
type dialect struct {
	zone           *time.Location // of date-times without a zone; nil means UTC and one report
	numericBools   bool           // booleans are written as 1 and 0
	emptyLists     bool           // an empty object may come as an empty list
	loneRecords    bool           // a record may come as a list of one
	clockDurations bool           // durations are written as HH:mm:ss
	rangeObjects   bool           // ranges are written as {"from_date":…,"to_date":…}
	custom         customForm
	formatTime     func(time.Time) string
}

// A customForm is a way to write custom fields.
type customForm uint8

const (
	customObject  customForm = iota // {"custom_fields":{"id":value}}
	customList                      // {"custom_fields":[{"id":"id","value":value}]}
	customMembers                   // {"custom_field_id":value}
)

// Scoro returns the codec of Scoro. Date-times without a zone are read in
// zone, the site's; nil means UTC, and the first such value is reported as
// drift. Times are written in zone too, or in their own if it is nil.
func Scoro(zone *time.Location) *Codec {
	return newCodec(dialect{
		zone:           zone,
		numericBools:   true,
		emptyLists:     true,
		loneRecords:    true,
		clockDurations: true,
		rangeObjects:   true,
		custom:         customList,
		formatTime: func(t time.Time) string {
			if zone != nil {
				t = t.In(zone)
			}
			return t.Format(time.RFC3339)
		},
	})
}

// Procore returns the codec of Procore, which writes times in UTC.
func Procore() *Codec {
	return newCodec(dialect{
		zone:   time.UTC,
		custom: customMembers,
		formatTime: func(t time.Time) string {
			return t.UTC().Format(time.RFC3339)
		},
	})
}

// SecurityScorecard returns the codec of SecurityScorecard, which writes times
// in UTC with milliseconds.
func SecurityScorecard() *Codec {
	return newCodec(dialect{
		zone: time.UTC,
		formatTime: func(t time.Time) string {
			return t.UTC().Format("2006-01-02T15:04:05.000Z")
		},
	})
}

func newCodec(d dialect) *Codec {
	c := &Codec{dialect: d}
	c.writers = c.newWriters()
	return c
}
