package emulate

import "github.com/cordage-go/cordage/internal/operations"

// The operation tables under the names that emulators use, so that they import
// this package alone.
type (
	// A Table is what is known of one platform.
	Table = operations.Table
	// An Operation is one row of a table: a verb, a path and what belongs to them.
	Operation = operations.Operation
	// A Type is one record, read or written, or a set of words.
	Type = operations.Type
	// A Field is one member of a record.
	Field = operations.Field
	// A Param is one parameter of an operation, or a filter.
	Param = operations.Param
	// A Body says what a request of an operation carries.
	Body = operations.Body
	// A Success says what an operation answers when it succeeds.
	Success = operations.Answer
)

// ScoroTable returns the operations of Scoro.
func ScoroTable() (*Table, error) { return operations.Scoro() }

// ProcoreTable returns the operations of Procore.
func ProcoreTable() (*Table, error) { return operations.Procore() }

// SecurityScorecardTable returns the operations of SecurityScorecard.
func SecurityScorecardTable() (*Table, error) { return operations.SecurityScorecard() }
