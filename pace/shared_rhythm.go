package pace

import "time"

// A rhythm is how often a process sees to its share of a window.
type rhythm struct {
	length time.Duration
	look   time.Duration // a busy member reads the table that often,
	step   time.Duration // or that often, if it is short of the limit or has to give some back
	beat   time.Duration // it writes that often if nothing changes
	sure   time.Duration // it sends nothing if its last writing is older
	expiry time.Duration // what left before is no longer counted
	quiet  time.Duration // a member that nobody has asked for anything for so long rests
	settle time.Duration // a member that could not reach the store, or now can again, takes no more than before for so long
}

func rhythmOf(length time.Duration) rhythm {
	look := min(max(length/8, 50*time.Millisecond), 2500*time.Millisecond)
	step := min(max(length/50, 20*time.Millisecond), look)
	return rhythm{
		length: length,
		look:   look,
		step:   step,
		beat:   2 * look,
		sure:   3 * look,
		expiry: max(length, 500*time.Millisecond) + step, // which is for what was on its way
		quiet:  2 * look,
		settle: min(length, 10*time.Second) + 2*patience + retry,
	}
}

// A peak is the largest value of the last one to two spans of time.
type peak struct {
	now, before int64
	turned      time.Duration
}

// add takes in a value and returns the peak.
func (p *peak) add(value int64, at, span time.Duration) int64 {
	if at-p.turned >= span {
		p.before, p.now, p.turned = p.now, 0, at
	}
	p.now = max(p.now, value)
	return max(p.now, p.before)
}
