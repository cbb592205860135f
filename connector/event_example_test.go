package connector_test

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/procore/project"
)

// counters are the figures worth watching, made of events.
type counters struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *counters) hear(_ context.Context, e connector.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n[string(e.Name)]++ // calls ("done"), attempts, waits, retries, renewals; e.Took adds up to times
	switch {
	case e.Name == connector.EventAttempt && e.Status == 429:
		c.n["throttled"]++
	case e.Name == connector.EventDone && e.Failure != "":
		c.n["failed: "+string(e.Failure)]++
	}
}

// Counters without any other library: the hook is one function. For spans and
// OpenTelemetry see examples/tracing.
func ExampleOptions_counters() {
	server, err := procoretest.Listen("127.0.0.1:0", nil)
	if err != nil {
		panic(err)
	}
	defer server.Close()
	count := counters{n: map[string]int{}}
	client, err := procore.New(auth.Static(server.AccessToken), &procore.Options{
		CompanyID:   server.CompanyID,
		Environment: procore.Environment{Name: "emulator", LoginURL: server.LoginURL, APIURL: server.URL},
		Options:     connector.Options{OnEvent: count.hear},
	})
	if err != nil {
		panic(err)
	}
	defer client.Close()
	projects := project.New(client).Projects
	ctx := context.Background()

	server.Inject(procoretest.Fault{Status: 502, Body: "<html>Bad Gateway</html>"})
	if _, err := projects.List(ctx, nil); err != nil {
		fmt.Println(err)
	}
	server.Inject(procoretest.Fault{Drop: true, When: procoretest.AfterWork})
	_, err = projects.Create(ctx, &project.ProjectCreate{Name: "Harbour bridge"})
	fmt.Println("was it created?", errors.Is(err, connector.UnknownOutcome))
	fmt.Println(count.n)
	// Output:
	// was it created? true
	// map[attempt:3 done:2 failed: outcome unknown:1 retry:1]
}
