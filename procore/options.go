package procore

import (
	"maps"
	"strconv"

	"github.com/cordage-go/cordage/connector"
)

// Company makes one call in another company than the client's.
func Company(id int64) connector.CallOption {
	text := strconv.FormatInt(id, 10)
	return func(call *connector.Call) { setCompany(call, text) }
}

func setCompany(call *connector.Call, id string) {
	named := maps.Clone(call.Named) // another option may have put a shared map here
	if named == nil {
		named = map[string]string{}
	}
	named[companyVariable] = id
	call.Named = named
}

// IdempotencyToken sends an Idempotency-Token, which Procore declares on a few
// creating and changing operations. What it promises is not documented, so it
// does not make a write repeatable by itself; see [connector.Repeatable].
func IdempotencyToken(token string) connector.CallOption {
	return connector.Header("Idempotency-Token", token)
}

// RunConfigurableValidations makes a creating or changing call keep the rules
// that the company has made for its own forms: a field that the company
// requires is then required here too, and missing ones are an error of kind
// [connector.Invalid]. Without it Procore checks only what it needs itself.
//
// Procore describes it as a parameter of the address and, in one guide, as a
// member of the body. It is sent in the address.
func RunConfigurableValidations() connector.CallOption {
	return connector.Param("run_configurable_validations", "true")
}
