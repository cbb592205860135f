package value_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/cordage-go/cordage/value"
)

func TestParseDate(t *testing.T) {
	for text, want := range map[string]value.Date{
		"2026-05-17": {Year: 2026, Month: time.May, Day: 17},
		"2024-02-29": {Year: 2024, Month: time.February, Day: 29},
		"0000-05-17": {Month: time.May, Day: 17},
		"--05-17":    {Month: time.May, Day: 17},
		"--02-29":    {Month: time.February, Day: 29},
	} {
		got, err := value.ParseDate(text)
		if err != nil || got != want {
			t.Errorf("ParseDate(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "2026-02-30", "2026-13-01", "2026-5-17", "0000-00-00", "17.05.2026", "2026-05-17T00:00:00Z", "--2026-05-17"} {
		if got, err := value.ParseDate(text); err == nil {
			t.Errorf("ParseDate(%q) = %v, want an error", text, got)
		}
	}
}

func TestDateOfIsTheDayInTheTimesOwnZone(t *testing.T) {
	late := time.Date(2026, 5, 17, 23, 30, 0, 0, time.FixedZone("", 2*3600))
	if got := value.DateOf(late).String(); got != "2026-05-17" {
		t.Errorf("DateOf = %s", got)
	}
	if got := value.DateOf(late.Add(time.Hour)).String(); got != "2026-05-18" {
		t.Errorf("DateOf = %s", got)
	}
}

func TestDateTime(t *testing.T) {
	zone := time.FixedZone("", 3*3600)
	d := value.Date{Year: 2026, Month: time.May, Day: 17}
	if got := d.Time(zone); !got.Equal(time.Date(2026, 5, 16, 21, 0, 0, 0, time.UTC)) {
		t.Errorf("Time = %v", got)
	}
	if got := d.Time(nil).Location(); got != time.UTC {
		t.Errorf("Time(nil) is in %v", got)
	}
}

func TestDateOrder(t *testing.T) {
	first := value.Date{Year: 2025, Month: time.December, Day: 31}
	second := value.Date{Year: 2026, Month: time.January, Day: 1}
	if !first.Before(second) || first.After(second) || second.Before(first) || !second.After(first) {
		t.Error("the order of 2025-12-31 and 2026-01-01 is wrong")
	}
	if first.Compare(first) != 0 || first.Compare(second) != -1 || second.Compare(first) != 1 {
		t.Error("Compare is wrong")
	}
}

func TestDateRefusesDaysThatDoNotExist(t *testing.T) {
	for _, d := range []value.Date{
		{Year: 2026, Month: 2, Day: 30}, {Year: 2026, Month: 13, Day: 1}, {Year: -1, Month: 1, Day: 1},
		{Year: 10000, Month: 1, Day: 1}, {Year: 2026},
	} {
		if text, err := d.MarshalText(); err == nil {
			t.Errorf("MarshalText of %#v = %s, want an error", d, text)
		}
	}
}

func TestDateRoundTripsInJSON(t *testing.T) {
	for _, d := range []value.Date{{}, {Year: 2026, Month: 5, Day: 17}, {Month: 2, Day: 29}} {
		data, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		back := value.Date{Year: 1, Month: 1, Day: 1}
		if err := json.Unmarshal(data, &back); err != nil || back != d {
			t.Errorf("%v -> %s -> %v, %v", d, data, back, err)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"2026-05-17", "--02-29", "0000-05-17", "0000-00-00", "", "2026-02-30", "--"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := value.ParseDate(text)
		if err != nil {
			return
		}
		if !d.IsValid() {
			t.Fatalf("%q became %#v, which is not valid", text, d)
		}
		if again, err := value.ParseDate(d.String()); err != nil || again != d {
			t.Fatalf("%q -> %v -> %v, %v", text, d, again, err)
		}
	})
}
