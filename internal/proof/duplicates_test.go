package main

import "testing"

// An emulator whose proxy cannot start is stopped.
func TestBehindNoProxy(t *testing.T) {
	stopped := false
	p := &platform{stop: func() error { stopped = true; return nil }}
	if _, err := behindProxy("http://[no address", p); err == nil || !stopped {
		t.Errorf("stopped: %v, error: %v", stopped, err)
	}
}
