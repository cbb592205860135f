package pace

import "time"

// Flights are the requests that have left and have not been answered yet, in
// the order of their leaving. Their numbers follow each other.
type flights struct {
	list  fifo[flight]
	first uint64 // the number of the oldest in list
	aloft int    // how many have not landed
}

// A flight is one of them, and what was counted when it left.
type flight struct {
	left    time.Duration
	aloft   int32             // requests on their way, itself included
	arrived [maxWindows]int32 // requests of each window that had arrived
	landed  bool
}

// own is how many of our requests stood in a window, itself included.
func (f *flight) own(window int) int { return int(f.aloft + f.arrived[window]) }

// certain is how many of these had surely been counted before it: those whose
// answers had come, and itself.
func (f *flight) certain(window int) int { return int(f.arrived[window]) + 1 }

// leave adds a request, whose number follows the last.
func (f *flights) leave(one flight) {
	f.list.push(one)
	f.aloft++
}

// last is the number of the request that left last.
func (f *flights) last() uint64 { return f.first + uint64(len(f.list.items())) - 1 }

// latest is when the last request left. One must be aloft.
func (f *flights) latest() time.Duration {
	list := f.list.items()
	return list[len(list)-1].left
}

// land takes a request down, and reports false if it is not aloft.
func (f *flights) land(number uint64) (flight, bool) {
	list := f.list.items()
	if number < f.first || number-f.first >= uint64(len(list)) || list[number-f.first].landed {
		return flight{}, false
	}
	one := &list[number-f.first]
	one.landed = true
	f.aloft--
	landed := *one
	f.sweep()
	return landed, true
}

// overdue takes the oldest request down if it left before a time.
func (f *flights) overdue(before time.Duration) (flight, bool) {
	list := f.list.items()
	if len(list) == 0 || list[0].left > before {
		return flight{}, false
	}
	return f.land(f.first)
}

// sweep forgets the oldest that have landed.
func (f *flights) sweep() {
	n := 0
	for _, one := range f.list.items() {
		if !one.landed {
			break
		}
		n++
	}
	f.list.drop(n)
	f.first += uint64(n)
}
