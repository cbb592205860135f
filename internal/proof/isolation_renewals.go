package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/store"
)

// renewals makes calls all the time while tokens expire again and again, and
// the platform takes its time for each renewal: no call waits for one.
func renewals(ctx context.Context, s settings, r *report) error {
	const life, slow = 2 * time.Second, 300 * time.Millisecond
	wanted := 10
	if s.short {
		wanted = 2
	}
	server, err := procoretest.Listen("127.0.0.1:0", &procoretest.Options{Empty: true, TokenLife: life})
	if err != nil {
		return err
	}
	defer server.Close()
	server.Inject(procoretest.Fault{On: "POST /oauth/token", Times: -1, When: procoretest.AfterWork, Delay: slow})
	session, err := emulatedBy(server).session(store.Memory(), "steady")
	if err != nil {
		return err
	}
	defer session.Close()
	pair := server.SignIn("steady")
	if err := session.Set(ctx, expired(pair)); err != nil {
		return err
	}
	client, err := emulatedBy(server).client(session)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.Do(ctx, whoAmI, nil, nil); err != nil { // the first token
		return err
	}
	before := len(server.Issued())
	var mu sync.Mutex
	var failure error
	var longest time.Duration
	steady, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for pause(steady, 5*time.Millisecond) {
				began := time.Now()
				err := client.Do(ctx, whoAmI, nil, nil)
				mu.Lock()
				longest, failure = max(longest, time.Since(began)), errors.Join(failure, err)
				mu.Unlock()
			}
		})
	}
	for len(server.Issued()) < before+wanted && pause(ctx, 20*time.Millisecond) {
	}
	stop()
	group.Wait()
	r.tell("tokens that expired under steady traffic", wanted)
	r.tell("time that each renewal takes", slow)
	atMost(r, "longest call meanwhile", longest, slow/2)
	return failure
}
