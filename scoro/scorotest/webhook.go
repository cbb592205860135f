package scorotest

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// subscribe makes a webhook if its address answers.
func (s *Server) subscribe(c *call) emulate.Answer {
	fields, ok := c.fields()
	if !ok {
		return refuse(http.StatusBadRequest, messages("request must be an object"))
	}
	plain, refused := s.check(c, fields)
	if refused != nil {
		return *refused
	}
	if wrong := s.checkHook(c.Context(), plain); len(wrong) > 0 {
		return refuse(http.StatusBadRequest, emulate.Record{"error": wrong})
	}
	plain["status"] = true
	made, _ := s.find(c.module, s.store(c.module, plain))
	return c.success(s.show(c, made, true))
}

func (s *Server) checkHook(ctx context.Context, hook emulate.Record) emulate.Record {
	wrong := emulate.Record{}
	modules := []any{"bills", "calendar", "companies", "expenses", "invoices", "orders", "persons", "prepayments", "projects", "purchaseOrders", "quotes", "tasks"}
	if !slices.Contains(modules, hook["module"]) {
		wrong["module"] = "module has no webhooks"
	}
	if !slices.Contains([]any{"any", "create", "modify", "delete"}, hook["action"]) {
		wrong["action"] = "action must be any, create, modify or delete"
	}
	address, _ := hook["url"].(string)
	if problem := s.checkAddress(ctx, address); problem != "" {
		wrong["url"] = problem
	}
	return wrong
}

// checkAddress asks a loopback address whether it answers 200, as the platform
// asks all. Other hosts are not called: they only have to be https.
func (s *Server) checkAddress(ctx context.Context, address string) (problem string) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "url must be an absolute address"
	}
	if !emulate.IsLoopback(u.Hostname()) {
		if u.Scheme != "https" {
			return "url must be https"
		}
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return "url must be an absolute address"
	}
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(request) // a redirect is not a 200
	if err != nil {
		return "url does not answer"
	}
	_ = response.Body.Close() // only the status counts
	if response.StatusCode != http.StatusOK {
		return "url must answer 200, but answered " + response.Status
	}
	return ""
}
