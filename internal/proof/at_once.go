package main

import (
	"errors"
	"sync"
)

// atOnce does n things at once and returns what went wrong when all have ended.
func atOnce(n int, do func(i int) error) error {
	failed := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { failed[i] = do(i) })
	}
	all.Wait()
	return errors.Join(failed...)
}
