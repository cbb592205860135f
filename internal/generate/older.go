package main

import (
	"regexp"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// olderMark ends the name of a service that stands beside a newer one: the
// version that it speaks, or that its paths are flat, or both.
var olderMark = regexp.MustCompile(`(Flat)?(V(\d)(\d))?$`)

// unversioned is the name of a service or noun without the mark of an older one.
func unversioned(name string) string { return olderMark.ReplaceAllString(name, "") }

// version says which version of the API a service speaks, if its name does.
func version(name string) string {
	mark := olderMark.FindStringSubmatch(name)
	if mark[2] == "" {
		return ""
	}
	return " This service speaks version " + mark[3] + "." + mark[4] + " of the API."
}

// form says of a record of another version which one it is.
func form(name string) string {
	mark := olderMark.FindStringSubmatch(name)
	if mark[2] == "" {
		return ""
	}
	return ", in the form of version " + mark[3] + "." + mark[4]
}

// newer is the method that takes this one's place, as a link.
func (m *method) newer() string {
	name, method, _ := strings.Cut(m.op.Newer, ".")
	return m.table.ServiceType(operations.Operation{Package: m.op.Package, Service: name}) + "." + method
}

// superseded marks an older service of which each method has a newer twin.
func (s *service) superseded() string {
	for _, m := range s.methods {
		if m.op.Newer == "" {
			return ""
		}
	}
	name, _, _ := strings.Cut(s.methods[0].newer(), ".")
	return "Deprecated: [" + name + "] is newer."
}

// newestOfAll lets an older method name the newest one, not the one between.
func newestOfAll(services map[string]*service) {
	newer := map[string]string{}
	for _, s := range services {
		for _, m := range s.methods {
			newer[s.pkg+"."+s.name+"."+m.op.Method] = m.op.Newer
		}
	}
	for _, s := range services {
		for i := range s.methods {
			op := &s.methods[i].op
			for newer[s.pkg+"."+op.Newer] != "" {
				op.Newer = newer[s.pkg+"."+op.Newer]
			}
		}
	}
}

// newerOfCompany lets an older service of the company name the newer one of
// the company, where there is one: an operation of either scope knows only one.
func newerOfCompany(services map[string]*service) {
	for _, s := range services {
		for i := range s.methods {
			op := &s.methods[i].op
			name, _, _ := strings.Cut("Company"+op.Newer, ".")
			if strings.HasPrefix(s.name, "Company") && services[s.pkg+"."+name] != nil {
				op.Newer = "Company" + op.Newer
			}
		}
	}
}
