package rest

import "sync"

const (
	// fullBudget is what an account may draw before its retries stop: ten of
	// them, five after timeouts, twenty after refusals for coming too fast.
	fullBudget = 100
	// mostBudgets bounds the memory that accounts in trouble take.
	mostBudgets = 10_000
)

// The costs of one retry, by what it comes after.
const (
	costFailure  = 10
	costTimeout  = 20
	costThrottle = 5
)

// budgets keep retries from adding to an outage: each draws on the budget of
// its account at its host, and each success at the first try gives one back. So
// the load that retries add tends to a tenth, and one tenant's outage leaves
// the retries of the others alone. First tries draw on nothing.
type budgets struct {
	mu   sync.Mutex
	left map[purse]int // of the budgets that are not full
}

// A purse names one budget.
type purse struct{ account, host string }

func newBudgets() *budgets { return &budgets{left: map[purse]int{}} }

// take draws on a budget, unless too little is left.
func (b *budgets) take(p purse, cost int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	left, known := b.left[p]
	if !known {
		left = fullBudget
	}
	if left < cost {
		return false
	}
	if !known && len(b.left) >= mostBudgets {
		forgetOne(b.left) // and so fill it
	}
	if cost > 0 {
		b.left[p] = left - cost
	}
	return true
}

// give pays one back.
func (b *budgets) give(p purse) {
	b.mu.Lock()
	defer b.mu.Unlock()
	left, known := b.left[p]
	switch {
	case !known:
	case left+1 >= fullBudget:
		delete(b.left, p)
	default:
		b.left[p] = left + 1
	}
}

// forgetOne makes room in a map whose size is bounded.
func forgetOne[K comparable, V any](all map[K]V) {
	for one := range all {
		delete(all, one)
		return
	}
}

func (x *exchange) purse() purse { return purse{x.call.Account, x.draft.url.Host} }
