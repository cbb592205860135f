package emulate

import (
	"sync"

	"github.com/cordage-go/cordage/internal/operations"
)

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

// The tables are read once for all servers of a process, since reading takes
// longer than seeding. Nothing may write to them.
var (
	scoroTable             = sync.OnceValues(operations.Scoro)
	procoreTable           = sync.OnceValues(operations.Procore)
	securityScorecardTable = sync.OnceValues(operations.SecurityScorecard)
)

// ScoroTable returns the operations of Scoro, not to be changed.
func ScoroTable() (*Table, error) { return scoroTable() }

// ProcoreTable returns the operations of Procore, not to be changed.
func ProcoreTable() (*Table, error) { return procoreTable() }

// SecurityScorecardTable returns the operations of SecurityScorecard, not to
// be changed.
func SecurityScorecardTable() (*Table, error) { return securityScorecardTable() }
