package scorotest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// How many records the seed has, without the deleted ones.
const (
	seededUsers       = 12
	seededCompanies   = 60
	seededPersons     = 120
	seededProjects    = 240
	seededTasks       = 300 // and 20 subtasks, which lists show only when asked
	seededEvents      = 80
	seededTimeEntries = 1000
	seededQuotes      = 50
	seededInvoices    = 90
	seededComments    = 75
)

// counts are how many records the list of each module has.
func (s *Server) counts() map[string]int {
	counts := map[string]int{}
	for name, m := range s.modules {
		counts[name] = len(s.rows(m, func(r emulate.Record) bool {
			return !isDeleted(r) && (name != "tasks" || !isSubtask(r))
		}))
	}
	return counts
}

// A sower makes up records. Its numbers depend on the seed alone.
type sower struct {
	*Server
	random *rand.Rand
}

func (s *Server) seed(seed uint64, empty bool) {
	w := sower{s, rand.New(rand.NewPCG(seed, 0x5c0))}
	w.users()
	if empty {
		return
	}
	w.companies()
	w.persons()
	w.projects()
	w.tasks()
	w.events()
	w.timeEntries()
	w.documents("quotes", seededQuotes, []string{"open", "confirmed", "lost"})
	w.documents("invoices", seededInvoices, []string{"unpaid", "paid"})
	w.comments()
	w.statuses()
	w.others()
}

// statuses are those that the records of the seed have.
func (w sower) statuses() {
	for _, of := range []struct {
		module string
		ids    []string
	}{
		{"projects", []string{"pending", "inprogress", "cancelled", "completed", "future", "additional1", "additional6"}},
		{"tasks", []string{"task_status1", "task_status2", "task_status3", "task_status4"}},
		{"quotes", []string{"open", "confirmed", "lost"}},
		{"invoices", []string{"unpaid", "paid"}},
	} {
		for i, id := range of.ids {
			r := emulate.Record{"status_id": id, "status_name": fmt.Sprintf("Status %d of %s", i+1, of.module), "color": "#3366cc", "module": of.module, "is_default": i == 0}
			w.put("statuses", w.moments("statuses", r, i))
		}
	}
}

// others gives each module that has no seed of its own a few records of its type.
func (w sower) others() {
	for _, m := range w.modules {
		if w.state.Known(m.collection) || m.name == "webhooks" || m.name == "userAuth" {
			continue
		}
		for n := range 3 {
			r, typed := w.typed.Value(m.typeName, n+1).(emulate.Record)
			if !typed { // nothing is known of the module's records
				r = emulate.Record{"name": fmt.Sprintf("%s %d", m.name, n+1)}
			}
			r[m.key] = int64(n + 1)
			delete(r, "is_deleted")
			plain, _ := w.plain(m, sent(r).(emulate.Record)) // what does not fit is left out
			w.state.Put(m.collection, plain[m.key], plain)
		}
	}
}

// put stores a record that is right by construction.
func (w sower) put(module string, r emulate.Record) {
	m := w.modules[module]
	plain, wrong := w.plain(m, sent(r).(emulate.Record))
	if len(wrong) > 0 {
		panic(fmt.Sprintf("scorotest: the seed of %s is wrong: %v", module, wrong))
	}
	if m.hasLines() {
		addUp(plain)
	}
	w.store(m, plain)
}

// sent gives values the types that those of a request have.
func sent(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case []int:
		return sentList(v)
	case []string:
		return sentList(v)
	case []any:
		return sentList(v)
	case emulate.Record:
		out := emulate.Record{}
		for name, each := range v {
			out[name] = sent(each)
		}
		return out
	}
	return v
}

func sentList[T any](list []T) any {
	out := make([]any, len(list))
	for i, each := range list {
		out[i] = sent(each)
	}
	return out
}

func (w sower) pick(words ...string) string { return words[w.random.IntN(len(words))] }

// id is one of 1 to n.
func (w sower) id(n int) int { return 1 + w.random.IntN(n) }

// day is a working day between 5 January and 13 March 2026, by its number.
func day(n int) time.Time {
	week, weekday := n/5%10, n%5
	return time.Date(2026, time.January, 5+7*week+weekday, 9, 0, 0, 0, zone())
}

// moments are the dates of making and of the last change.
func (w sower) moments(module string, r emulate.Record, n int) emulate.Record {
	made := day(n)
	if _, known := w.modules[module].fields["created_date"]; known {
		r["created_date"] = datetime(made)
	}
	r["modified_date"] = datetime(made.Add(time.Duration(w.random.IntN(96)) * time.Hour))
	return r
}

func (w sower) users() {
	first := []string{"Anna", "Bert", "Clara", "David", "Eva", "Frank", "Grete", "Hugo", "Ida", "Jaan", "Karin", "Liis"}
	last := []string{"Tamm", "Saar", "Kask", "Mets", "Lepp", "Oja"}
	for i := range seededUsers {
		r := emulate.Record{
			"username": fmt.Sprintf("user%d@example.com", i+1), "email": fmt.Sprintf("user%d@example.com", i+1),
			"firstname": first[i], "lastname": last[i%len(last)], "full_name": first[i] + " " + last[i%len(last)],
			"initials": first[i][:1] + last[i%len(last)][:1], "is_active": true, "status": "active",
			"category": "user", "position": "Consultant", "role_id": 1 + i%3, "user_groups_ids": []int{1 + i%2},
			"timezone": zoneName, "country_id": "est", "modified_date": datetime(day(i)),
		}
		if i == 0 {
			r["username"], r["email"], r["category"] = w.Username, w.Username, "admin"
		}
		if i%3 == 0 {
			r["availability"] = emulate.Record{"monday": 28800, "tuesday": 28800, "wednesday": 28800, "thursday": 28800, "friday": 25200}
		}
		w.put("users", r)
	}
}

func (w sower) companies() {
	for i := range seededCompanies {
		name := fmt.Sprintf("%s %s %d", w.pick("Northwind", "Harbour", "Birch", "Granite", "Meadow", "Lantern"), w.pick("Studio", "Works", "Partners", "Trading"), i+1)
		if i%10 == 3 {
			name = fmt.Sprintf("Kask &amp; Daughters %d", i+1) // names hold HTML entities
		}
		r := emulate.Record{
			"name": name, "search_name": name, "contact_type": "company", "id_code": fmt.Sprint(10_000_000 + i),
			"vatno": fmt.Sprintf("EE%09d", i+1), "is_client": i%4 != 0, "is_supplier": i%4 == 0, "manager_id": w.id(seededUsers),
			"cat_id": 1 + i%3, "cat_name": fmt.Sprintf("Category %d", 1+i%3), "timezone": zoneName,
			"addresses": []any{emulate.Record{"country": "est", "city": w.pick("Tallinn", "Tartu", "Narva"), "street": fmt.Sprintf("Main street %d", i+1), "zipcode": fmt.Sprint(10_000 + i)}},
			"means_of_contact": emulate.Record{
				"email": []string{fmt.Sprintf("office%d@example.com", i+1)}, "website": []string{fmt.Sprintf("https://company%d.example", i+1)},
				"phone": []string{fmt.Sprintf("+372 555 %04d", i), fmt.Sprintf("+372 556 %04d", i)},
			},
			"tags": []string{w.pick("key account", "prospect", "partner")},
		}
		if i%2 == 0 {
			r["custom_fields"] = []any{custom("c_segment", w.pick("A", "B", "C")), custom("c_employees", 5+i)}
		}
		w.put("companies", w.moments("companies", r, i))
	}
}

func custom(id string, value any) emulate.Record { return emulate.Record{"id": id, "value": value} }

func (w sower) persons() {
	for i := range seededPersons {
		r := emulate.Record{
			"name": w.pick("Mari", "Jüri", "Peeter", "Tiina", "Olga", "Sten"), "lastname": w.pick("Rebane", "Ilves", "Kuusk", "Pärn"),
			"contact_type": "person", "position": w.pick("Buyer", "Director", "Engineer"), "is_client": i%2 == 0, "manager_id": w.id(seededUsers),
			"means_of_contact": emulate.Record{"email": []string{fmt.Sprintf("person%d@example.com", i+1)}},
			"tags":             []string{},
		}
		switch i % 4 {
		case 1:
			r["birthday"] = fmt.Sprintf("19%02d-05-17", 60+i%40)
		case 2:
			r["birthday"] = "0000-05-17" // the year may be missing
		case 3:
			r["means_of_contact"] = emulate.Record{}
		}
		w.put("contacts", w.moments("contacts", r, i))
	}
}

func (w sower) projects() {
	statuses := []string{"inprogress", "pending", "completed", "inprogress", "future", "cancelled", "additional1", "additional6"}
	for i := range seededProjects + 3 {
		r := emulate.Record{
			"no": fmt.Sprint(1001 + i), "project_name": fmt.Sprintf("%s %s %d", w.pick("Website", "Office", "Campaign", "Audit", "Move"), w.pick("renewal", "launch", "study", "plan"), i+1),
			"description": "<p>What was agreed with the client.</p>", "company_id": w.id(seededCompanies), "manager_id": w.id(seededUsers),
			"status": statuses[i%len(statuses)], "is_personal": false, "is_private": i%7 == 0, "color": "#3366cc", "date": day(i).Format(time.DateOnly),
			"duration": fmt.Sprintf("%02d:30:00", 8+i%150), "account_id": w.CompanyAccount, "budget_type": "simple",
			"tags": []string{w.pick("internal", "fixed price", "hourly"), "2026"}, "project_type": "regular",
			"project_users": []any{1 + i%seededUsers, 1 + (i+1)%seededUsers},
			"phases":        []any{emulate.Record{"id": 2*i + 1, "title": "Plan", "type": "phase", "ordering": 1}, emulate.Record{"id": 2*i + 2, "title": "Build", "type": "phase", "ordering": 2}},
		}
		if i%4 != 0 {
			r["deadline"] = day(i+30).AddDate(0, 2, 0).Format(time.DateOnly)
		}
		if i%3 != 0 {
			r["custom_fields"] = []any{custom("c_priority", w.pick("high", "normal")), custom("c_budget_hours", 10+i)}
		}
		if i >= seededProjects {
			r["is_deleted"], r["deleted_date"] = true, datetime(day(49))
		}
		w.put("projects", w.moments("projects", r, i))
	}
	w.skipIDs("phases", 2*(seededProjects+3))
}

// skipIDs lets new parts of records begin after the seeded ones.
func (w sower) skipIDs(sequence string, n int) {
	for range n {
		w.state.NextID(sequence)
	}
}

func (w sower) tasks() {
	for i := range seededTasks + 20 {
		start := day(i)
		r := emulate.Record{
			"event_name":  fmt.Sprintf("%s %d", w.pick("Draft", "Review", "Call the client", "Prepare the quote", "Test"), i+1),
			"description": "<p>See the notes.</p>", "project_id": w.id(seededProjects), "company_id": w.id(seededCompanies), "owner_id": w.id(seededUsers),
			"created_user": 1, "modified_user": 1, "is_completed": i%3 == 0, "related_users": []int{w.id(seededUsers)}, "status": fmt.Sprintf("task_status%d", 1+i%4),
			"start_datetime": datetime(start), "datetime_due": datetime(start.AddDate(0, 0, 7)), "duration_planned": fmt.Sprintf("%02d:00:00", 1+i%40),
			"priority_id": 1 + i%3, "activity_id": 1 + i%5, "billable_time_type": w.pick("billable", "non_billable"), "sortorder": i,
		}
		if i%3 == 0 {
			r["datetime_completed"] = datetime(start.AddDate(0, 0, 3))
		}
		if i >= seededTasks {
			r["parent_id"] = i - seededTasks + 1
		}
		w.put("tasks", w.moments("tasks", r, i))
	}
}

func (w sower) events() {
	for i := range seededEvents {
		start := day(i).Add(time.Duration(i%8) * time.Hour)
		w.put("calendar", w.moments("calendar", emulate.Record{
			"event_name": fmt.Sprintf("Meeting %d", i+1), "project_id": w.id(seededProjects), "company_id": w.id(seededCompanies), "owner_id": w.id(seededUsers),
			"start_datetime": datetime(start), "end_datetime": datetime(start.Add(time.Hour)), "full_day_event": i%10 == 0,
			"status": w.pick("busy", "free", "tentative", "outofoffice"), "address": "Room " + w.pick("A", "B"), "cal_user": []any{w.id(seededUsers)},
		}, i))
	}
}

func (w sower) timeEntries() {
	for i := range seededTimeEntries {
		start := day(i).Add(time.Duration(i%8) * time.Hour)
		minutes := 15 * w.id(16)
		kind, event := "task", w.id(seededTasks)
		if i%10 == 9 {
			kind, event = "cal", w.id(seededEvents)
		}
		length := fmt.Sprintf("%02d:%02d:00", minutes/60, minutes%60)
		if i%200 == 100 {
			length = "124:00:00" // hours may pass a day, and have three digits
		}
		w.put("timeEntries", emulate.Record{
			"description": fmt.Sprintf("Work %d", i+1), "title": fmt.Sprintf("Work %d", i+1), "user_id": w.id(seededUsers), "event_id": event, "event_type": kind,
			"time_entry_type": kind, "start_datetime": datetime(start), "end_datetime": datetime(start.Add(time.Duration(minutes) * time.Minute)),
			"duration": length, "billable_duration": length, "is_completed": i%5 != 0, "is_confirmed": false, "is_billable": i%2 == 0, "activity_id": 1 + i%5,
			"billable_time_type": w.pick("billable", "non_billable"), "time_entry_date": start.Format(time.DateOnly), "modified_date": datetime(start.Add(time.Hour)),
		})
	}
}

func (w sower) documents(module string, count int, statuses []string) {
	lines := 0
	for i := range count {
		project := w.id(seededProjects)
		r := emulate.Record{
			"no": fmt.Sprint(2001 + i), "company_id": w.id(seededCompanies), "person_id": seededCompanies + w.id(seededPersons), "project_id": project, "currency": "EUR",
			"owner_id": w.id(seededUsers), "date": day(i).Format(time.DateOnly), "deadline": day(i).AddDate(0, 0, 14).Format(time.DateOnly),
			"status": statuses[i%len(statuses)], "description": fmt.Sprintf("Document %d", i+1), "account_id": w.CompanyAccount, "vat": "24", "is_sent": i%2 == 0, "fine": "0.05",
		}
		if i%7 == 6 {
			r["no"] = fmt.Sprintf("A-%d", 2001+i) // numbers may begin with text
		}
		if i%15 == 14 {
			r["project_id"] = -1 // each line has its own
		}
		r["lines"], lines = w.lines(1+i%4, lines, project)
		w.put(module, w.moments(module, r, i))
	}
	w.skipIDs("lines", lines)
}

func (w sower) lines(count, last, project int) (list []any, newLast int) {
	for i := range count {
		last++
		list = append(list, emulate.Record{
			"id": last, "product_id": 1 + i, "product_name": fmt.Sprintf("Service %d", 1+i), "comment": w.pick("Design", "Development", "Travel"),
			"price": fmt.Sprintf("%d.%02d", 20+w.id(80), w.id(99)), "amount": fmt.Sprintf("%d.5", w.id(20)), "unit": "h", "vat": "24",
			"project_id": project, "dates": emulate.Record{},
		})
	}
	return list, last
}

func (w sower) comments() {
	for i := range seededComments {
		w.put("comments", emulate.Record{
			"module": "projects", "object_id": 1 + i%25, "user_id": w.id(seededUsers), "parent_id": 0,
			"comment": fmt.Sprintf("<b>Comment %d</b>: looks good", i+1), "modified_date": datetime(day(i)),
		})
	}
}
