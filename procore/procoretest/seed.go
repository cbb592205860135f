package procoretest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// How many records there are. The first company has 8 of the projects, the
// second 4, and the third, which has not installed the app, none.
const (
	seededCompanies   = 3
	seededProjects    = 12
	projectsOfFirst   = 8
	usersPerCompany   = 15
	vendorsPerCompany = 10
	rfisPerProject    = 40
	submittalsPer     = 10
	observationsPer   = 10
)

// firstDay is when the state's clock starts; what is seeded was made before.
var firstDay = time.Date(2026, time.September, 1, 8, 0, 0, 0, time.UTC)

// A sower fills a platform with made-up records.
type sower struct {
	*platform
	rand *rand.Rand
	made map[string]int // by collection: how many, for moments that differ
}

func seed(p *platform, number uint64, empty bool) {
	s := &sower{platform: p, rand: rand.New(rand.NewPCG(number, 49)), made: map[string]int{}}
	for n := range seededCompanies {
		s.company(n)
	}
	s.user(0, 0)
	if !empty {
		s.all()
	}
}

func (s *sower) all() {
	for company := range seededCompanies - 1 {
		for n := range usersPerCompany {
			if company > 0 || n > 0 { // the demo user is there
				s.user(company, n)
			}
		}
		for n := range vendorsPerCompany {
			s.vendor(company, n)
		}
		s.observationTypes(company)
	}
	for n := range seededProjects {
		s.project(n)
	}
	s.hook(0, nil)
	s.hook(0, projectID(0))
}

// put stores a record with an id and the moments of its making and last change.
func (s *sower) put(collection string, r record) record {
	id := s.newID(collection)
	s.made[collection]++
	made := firstDay.AddDate(0, 0, -200).Add(time.Duration(s.made[collection]) * 7 * time.Hour)
	r["id"] = id
	if alive(r) {
		s.seeded[collection]++
	}
	if r["created_at"] == nil {
		r["created_at"] = made.Format(time.RFC3339)
	}
	if r["updated_at"] == nil {
		r["updated_at"] = made.Add(time.Duration(1+s.rand.IntN(100)) * time.Hour).Format(time.RFC3339)
	}
	s.state.Put(collection, id, r)
	return r
}

func (s *sower) company(n int) {
	name := []string{"Demo Builders", "Sample Construction", "Example Contractors"}[n]
	r := s.put("companies", record{"name": name, "is_active": true, "logo_url": nil, "pcn_business_experience": n == 0, "my_company": n == 0})
	s.connect(r["id"].(int64), n < 2)
}

var firstNames = []string{"Alex", "Bela", "Chris", "Dana", "Eli", "Fran", "Gita", "Hana", "Ivo", "Jo", "Kim", "Lou", "Mika", "Noor", "Ola"}

var lastNames = []string{"Anvil", "Beam", "Crane", "Derrick", "Elevator", "Facade", "Girder", "Hoist", "Ibeam", "Joist", "Keel", "Lintel"}

// user makes a person of a company. Every seventh is inactive; the first of
// the first company is the demo user, who is in all companies.
func (s *sower) user(company, n int) {
	first, last := firstNames[n%len(firstNames)], lastNames[s.rand.IntN(len(lastNames))]
	if company == 0 && n == 0 {
		first, last, _ = strings.Cut(demoUser, " ")
	}
	email := strings.ToLower(fmt.Sprintf("%s.%s.%d@example.com", first, last, company*100+n))
	r := record{
		"company_id": companyID(company), "first_name": first, "last_name": last, "email_address": email, "is_active": n%7 != 6,
		"is_employee": n%2 == 0, "job_title": []string{"Project Manager", "Superintendent", "Architect"}[n%3], "business_phone": "555-0100",
		"erp_integrated_accountant": false, "project_ids": s.someProjects(company, n), "country_code": "US", "state_code": "CA",
		"origin_id": nil, "vendor": nil,
	}
	settleUser(s.platform, r, nil)
	s.put("users", r)
}

// someProjects are the projects of a company that its n-th person or vendor is
// part of: two thirds of them, and all for the first.
func (s *sower) someProjects(company, n int) []any {
	ids := []any{}
	for i := range seededProjects {
		if companyOf(i) == company && (n == 0 || (i+n)%3 != 0) {
			ids = append(ids, projectID(i))
		}
	}
	return ids
}

func companyOf(project int) int {
	if project < projectsOfFirst {
		return 0
	}
	return 1
}

func (s *sower) vendor(company, n int) {
	r := beginVendor(nil, nil)
	trade := []string{"Concrete", "Steel", "Roofing", "Glazing", "Electric", "Plumbing", "Paving"}[s.rand.IntN(7)]
	for name, v := range (record{
		"company_id": companyID(company), "name": fmt.Sprintf("%s Works %d", trade, n+1), "abbreviated_name": trade, "is_active": n%5 != 4,
		"city": "Springfield", "state_code": "CA", "country_code": "US", "zip": "00000", "website": "https://vendor.example.com",
		"email_address": fmt.Sprintf("office%d@vendor.example.com", company*100+n), "origin_id": fmt.Sprintf("ERP-%d-%03d", company+1, n+1),
		"project_ids": s.someProjects(company, n), "trade_name": trade, "legal_name": trade + " Works LLC",
	}) {
		r[name] = v
	}
	s.put("vendors", r)
}

func (s *sower) observationTypes(company int) {
	for i, name := range []string{"Safety Hazard", "Deficiency", "Commissioning"} {
		category := []string{"Safety", "Quality", "Commissioning"}[i]
		s.put("observation_types", record{
			"company_id": companyID(company), "name": name, "localized_name": name, "category": category, "category_key": strings.ToLower(category),
			"category_id": i + 1, "active": true, "company_active": true, "parent_inactive": false, "in_use": true, "kind": "default",
		})
	}
}

// project makes a project and what is in it. Amounts are text, but for every
// fourth project, where they are numbers: both occur on the platform.
func (s *sower) project(n int) {
	company := companyOf(n)
	value := fmt.Sprintf("%d.%02d", 100_000+s.rand.IntN(90_000_000), s.rand.IntN(100))
	var total any = value
	if n%4 == 3 {
		total = json.Number(value)
	}
	kind := []string{"Hospital", "School", "Bridge", "Tower", "Library", "Depot"}[n%6]
	place := lastNames[s.rand.IntN(len(lastNames))] + " Street"
	r := record{
		"company_id": companyID(company), "company": record{"id": companyID(company), "name": s.nameOf("companies", companyID(company))},
		"name": place + " " + kind, "project_number": fmt.Sprintf("P-%03d", n+1), "active": n%6 != 5, "is_demo": n == 0, "template": false,
		"address": fmt.Sprintf("%d %s", 10+n, place), "city": "Springfield", "state_code": "CA", "country_code": "US", "zip": "00000",
		"time_zone": "US/Pacific", "tz_name": "America/Los_Angeles", "latitude": json.Number("34.0522"), "longitude": json.Number("-118.2437"),
		"start_date": day(-150 + n), "completion_date": day(300 + 10*n), "total_value": total, "estimated_value": value,
		"origin_id": fmt.Sprintf("JOB-%04d", n+1), "origin_data": nil, "created_by": s.person(demoUserID), "departments": []any{},
		"project_stage": record{"id": idBase + 60_001, "name": "Course of Construction"}, "project_stage_id": idBase + 60_001,
		"custom_fields": s.customFields(n),
	}
	projects.settle(s.platform, r, nil)
	r = s.put("projects", r)
	project, _ := r["id"].(int64)
	people, firms := s.members("users", project), s.members("vendors", project)
	for i := range rfisPerProject {
		s.rfi(project, company, i, people, firms)
	}
	s.recycledRFI(project, company, people)
	for i := range submittalsPer {
		s.submittal(project, company, i, people, firms)
	}
	for i := range observationsPer {
		s.observation(project, company, i, people)
	}
}

func (s *sower) nameOf(collection string, id int64) any {
	r, _ := s.state.Get(collection, id)
	return r["name"]
}

// members are the users or vendors of a project.
func (s *sower) members(collection string, project int64) []record {
	return s.state.Where(collection, func(r record) bool { return memberOf(r, strconv.FormatInt(project, 10)) })
}

// customFields has a field of each kind that is known, as a map by their names.
func (s *sower) customFields(n int) record {
	label := []string{"Low", "Medium", "High"}[n%3]
	choice := record{"id": idBase + 50_000 + int64(n%3), "label": label}
	return record{
		"custom_field_49417": record{"data_type": "decimal", "value": json.Number(fmt.Sprintf("%d.5", n))},
		"custom_field_49418": record{"data_type": "string", "value": "note " + strconv.Itoa(n)},
		"custom_field_49419": record{"data_type": "boolean", "value": n%2 == 0},
		"custom_field_49420": record{"data_type": "lov_entry", "value": choice},
		"custom_field_49421": record{"data_type": "lov_entries", "value": []any{choice}},
		"custom_field_49422": record{"data_type": "datetime", "value": nil},
	}
}

func day(offset int) string { return firstDay.AddDate(0, 0, offset).Format(time.DateOnly) }

func (s *sower) one(of []record) record { return of[s.rand.IntN(len(of))] }

// next is the next number of a record in its project.
func (s *sower) next(what string, project int64) string {
	return strconv.Itoa(s.state.NextID("numbers of " + what + " in " + emulate.IDText(project)))
}
