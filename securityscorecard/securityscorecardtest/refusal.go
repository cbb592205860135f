package securityscorecardtest

import (
	"fmt"
	"net/http"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A refusal is an error answer in the platform's envelope.
type refusal struct {
	status  int
	message string
	key     string // stable word for programs; most errors have none
	data    record // free-form; most errors have none
	bare    bool   // the short shape: {"error": "Unauthorized"}
}

func (r *refusal) Error() string { return r.message }

func refuse(status int, format string, args ...any) *refusal {
	return &refusal{status: status, message: fmt.Sprintf(format, args...)}
}

func (r *refusal) answer() emulate.Answer {
	if r.bare {
		return emulate.JSON(r.status, record{"error": http.StatusText(r.status)})
	}
	e := record{"message": r.message, "statusCode": r.status}
	if r.key != "" {
		e["key"] = r.key
	}
	if r.data != nil {
		e["data"] = r.data
	}
	return emulate.JSON(r.status, record{"error": e})
}

// badRequest is a 400.
func badRequest(format string, args ...any) *refusal {
	return refuse(http.StatusBadRequest, format, args...)
}
