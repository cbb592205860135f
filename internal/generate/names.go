package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// nameVariables gives operations of one package whose variables would have the
// same name longer ones, that begin with the service.
func nameVariables(services []*service) {
	count := map[string]int{}
	for _, s := range services {
		for _, m := range s.methods {
			count[m.name]++
		}
	}
	for _, s := range services {
		for i := range s.methods {
			if m := &s.methods[i]; count[m.name] > 1 {
				m.name = lowerFirst(s.name) + m.op.Method
			}
		}
	}
}

// checkNames refuses two things of one name in a package, which Go would not
// compile, before they are written.
func checkNames(table *operations.Table, services []*service) error {
	c := &nameCheck{table: table, by: map[string]string{"Client": "the client", "New": "the client's constructor"}}
	for _, s := range services {
		c.add(s.goType, "service "+s.name)
		for _, m := range s.methods {
			c.add(m.name, "operation "+m.op.Verb+" "+m.op.Path)
		}
		for _, q := range s.queries {
			c.add(q.name, "query of "+listed(q.of, "and"))
		}
		for _, name := range s.types {
			c.addType(name)
		}
	}
	return errors.Join(c.errs...)
}

type nameCheck struct {
	table *operations.Table
	by    map[string]string // what has each name
	errs  []error
}

func (c *nameCheck) add(name, what string) {
	if other, taken := c.by[name]; taken {
		c.errs = append(c.errs, fmt.Errorf("%s and %s are both called %s in Go; name one of them in the overrides", other, what, name))
	}
	c.by[name] = what
}

func (c *nameCheck) addType(name string) {
	base := name[strings.LastIndex(name, ".")+1:]
	c.add(base, "type "+name)
	for _, value := range c.table.Types[name].Enum {
		c.add(constant(base, c.table.Types[name], value), fmt.Sprintf("value %q of type %s", value, name))
	}
}
