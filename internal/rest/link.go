package rest

import (
	"strings"

	"github.com/cordage-go/cordage/connector"
)

// Follow returns an operation at an address that the platform gave in an answer.
// The address is followed as it is, below the API root. One of somebody else's
// is an error of kind [connector.Origin]: it would get the credentials.
func (c *Client) Follow(op connector.Operation, address string) (connector.Operation, error) {
	link, err := c.base.Parse(address)
	if err != nil || !c.owns(link) {
		return op, c.named(&connector.Call{Operation: op}, originError(link))
	}
	op.Host = link.Scheme + "://" + link.Host
	op.Path = strings.TrimPrefix(link.EscapedPath(), c.base.EscapedPath())
	if link.RawQuery != "" {
		op.Path += "?" + link.Query().Encode() // braces in it are no variables
	}
	return op, nil
}
