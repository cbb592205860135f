package wire_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/cordage-go/cordage/internal/wire"
	"github.com/cordage-go/cordage/value"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The records of these tests look like generated ones.
type (
	projectStatus string
	grade         int

	user struct {
		ID   int64  `json:"id"`
		Name string `json:"full_name"`
	}

	project struct {
		ID           int64              `json:"project_id"`
		Name         string             `json:"project_name"`
		No           string             `json:"no"`
		IsPrivate    bool               `json:"is_private"`
		Deadline     value.Date         `json:"deadline"`
		Duration     time.Duration      `json:"duration"`
		ModifiedAt   time.Time          `json:"modified_date"`
		Sum          value.Decimal      `json:"sum"`
		Score        *int64             `json:"score"`
		Share        float64            `json:"share"`
		Tags         []string           `json:"tags"`
		Status       projectStatus      `json:"status"`
		Grade        grade              `json:"grade"`
		Title        value.LocalText    `json:"title"`
		CustomFields value.CustomFields `json:"custom_fields"`
		Dates        map[string]string  `json:"dates"`
		Owner        *user              `json:"owner"`
		Manager      user               `json:"manager"`
		Users        []user             `json:"users"`
		Raw          json.RawMessage    `json:"raw"`
		Any          any                `json:"any"`
	}
)

// projects returns a page of n records of about 500 bytes, with more members
// written into each.
func projects(n int, more string) []byte {
	text := strings.Repeat("some words ", 15)
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"project_id":%d,"project_name":"Project %d","is_private":1,"deadline":"2026-05-17","duration":"26:30:00",`+
			`"modified_date":"2026-02-03T04:05:06+02:00","sum":"120.50","score":7,"tags":["alpha","beta"],"status":"inprogress",`+
			`"manager":{"id":7,"full_name":"Ann Example"},"unknown":{"a":[1,2,3],"b":"text"},"owner":null,"description":"%s"%s}`, i+1, i+1, text, more)
	}
	return []byte("[" + strings.Join(rows, ",") + "]")
}

func mustDecode(t *testing.T, c *wire.Codec, text string, out any) {
	t.Helper()
	drifts, err := c.Decode([]byte(text), out, wire.DecodeOptions{})
	if err != nil {
		t.Fatalf("%.400s: %v", text, err)
	}
	if len(drifts) > 0 {
		t.Fatalf("%.400s: drift %v", text, drifts)
	}
}
