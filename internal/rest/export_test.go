package rest

// KeptBudgets counts the retry budgets that a client keeps.
func KeptBudgets(c *Client) int {
	c.budgets.mu.Lock()
	defer c.budgets.mu.Unlock()
	return len(c.budgets.left)
}
