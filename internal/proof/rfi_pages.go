package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// An answerer gives one answer to everything. As a transport it costs next to
// nothing: what a call takes beside it is the cost of the client.
type answerer struct {
	header http.Header
	body   []byte
}

// RoundTrip takes in what is sent and returns the answer.
func (a *answerer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, err := io.Copy(io.Discard, r.Body)
		if err = errors.Join(err, r.Body.Close()); err != nil {
			return nil, err
		}
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/2.0", ProtoMajor: 2, Request: r,
		Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)),
	}, nil
}

// ServeHTTP gives it on a socket.
func (a *answerer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // a client that has gone needs no answer
	maps.Copy(w.Header(), a.header)
	_, _ = w.Write(a.body)
}

// procoreAnswer is an answer as Procore gives it, with plenty of its allowance
// left.
func procoreAnswer(body []byte) *answerer {
	now := time.Now()
	return &answerer{body: body, header: http.Header{
		"Content-Type":           {"application/json; charset=utf-8"},
		"Content-Length":         {strconv.Itoa(len(body))},
		"Date":                   {now.UTC().Format(http.TimeFormat)},
		"X-Request-Id":           {"6f0c7a52-9d4e-4f0e-8a57-1c1d0b6f2f10"},
		"X-Rate-Limit-Limit":     {"1000000000"},
		"X-Rate-Limit-Remaining": {"999999999"},
		"X-Rate-Limit-Reset":     {strconv.FormatInt(now.Add(time.Hour).Unix(), 10)},
	}}
}

// rfiJSON is an RFI of about a kilobyte, as a list of them has it.
func rfiJSON(id int) string {
	return fmt.Sprintf(`{"id":%[1]d,"subject":"Clarify the reinforcement of the slab at grid C-%[1]d","number":"%[1]d","full_number":"RFI-%[1]d","prefix":"RFI-",`+
		`"status":"open","translated_status":"Open","draft":false,"private":false,"accepted":true,"deleted":false,"deleted_at":null,`+
		`"created_at":"2026-03-04T09:15:30Z","initiated_at":"2026-03-04T09:20:00Z","updated_at":"2026-03-11T16:45:12Z","due_date":"2026-03-18","time_resolved":null,`+
		`"assignee":{"id":160586,"login":"carl.contractor@example.com","name":"Carl Contractor"},`+
		`"assignees":[{"id":160586,"login":"carl.contractor@example.com","name":"Carl Contractor","response_required":true}],`+
		`"rfi_manager":{"id":160587,"login":"mia.manager@example.com","name":"Mia Manager"},`+
		`"received_from":{"id":160588,"login":"sam.sub@example.com","name":"Sam Sub"},"responsible_contractor":{"id":2020,"name":"Steel and Sons, Inc."},`+
		`"cost_impact":{"status":"yes_known","value":"1250.00"},"schedule_impact":{"status":"tbd","value":null},"cost_code":{"id":501,"name":"03-300"},`+
		`"location":{"id":77,"name":"Building A>Level 2","node_name":"Level 2","parent_id":76},"location_id":77,"drawing_ids":[1201,1202],"drawing_number":"S-201",`+
		`"reference":null,"link":"https://app.example.com/projects/9/rfi/%[1]d"}`, 6_000_000+id)
}

// rfiPage is a page of n of them.
func rfiPage(n int) []byte {
	records := make([]string, n)
	for i := range records {
		records[i] = rfiJSON(i)
	}
	return []byte("[" + strings.Join(records, ",") + "]")
}
