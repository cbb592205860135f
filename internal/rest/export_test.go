package rest

import "net/http"

// Own gives a client a transport as if it had made it itself.
func Own(c *Client, t *http.Transport) { c.pools = ownPools(t) }

// KeptBudgets counts the retry budgets that a client keeps.
func KeptBudgets(c *Client) int {
	c.budgets.mu.Lock()
	defer c.budgets.mu.Unlock()
	return len(c.budgets.left)
}
