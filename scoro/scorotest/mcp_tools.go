package scorotest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A tool is something that an MCP client can ask for. The names of Scoro's own
// are not publicly known.
type tool struct {
	name, about string
	reads       bool // it changes nothing
	args        []argument
	do          func(m *mcp, c *emulate.Call, args emulate.Record) (result emulate.Record, wrong string)
}

type argument struct {
	name, kind, about string // kind is "integer" or "string"
	required          bool
}

func tools() []tool {
	return []tool{
		{
			name: "list_projects", about: "Lists the projects of the site, page by page.", reads: true, do: (*mcp).listProjects,
			args: []argument{
				{name: "status", kind: "string", about: "Only projects with this status, such as inprogress."},
				{name: "page", kind: "integer", about: "The page, from 1."},
				{name: "per_page", kind: "integer", about: "Projects on a page, at most 100."},
			},
		},
		{
			name: "get_project", about: "Shows one project.", reads: true, do: (*mcp).getProject,
			args: []argument{{name: "project_id", kind: "integer", about: "The project's id.", required: true}},
		},
		{
			name: "create_time_entry", about: "Books time on a task.", do: (*mcp).createTimeEntry,
			args: []argument{
				{name: "event_id", kind: "integer", about: "The id of the task.", required: true},
				{name: "duration", kind: "string", about: "How long, as 01:30:00.", required: true},
				{name: "time_entry_date", kind: "string", about: "The day, as 2026-03-31."},
				{name: "description", kind: "string", about: "What was done."},
			},
		},
	}
}

// toolList describes the tools as tools/list answers.
func toolList() []emulate.Record {
	list := []emulate.Record{}
	for _, t := range tools() {
		properties, required := emulate.Record{}, []string{}
		for _, a := range t.args {
			properties[a.name] = emulate.Record{"type": a.kind, "description": a.about}
			if a.required {
				required = append(required, a.name)
			}
		}
		list = append(list, emulate.Record{
			"name": t.name, "description": t.about,
			"inputSchema": emulate.Record{"type": "object", "properties": properties, "required": required, "additionalProperties": false},
			"annotations": emulate.Record{"readOnlyHint": t.reads},
		})
	}
	return list
}

// callTool runs a tool. What goes wrong in it is told in the result, so that
// the model behind the client can read it.
func (m *mcp) callTool(c *emulate.Call, t tool, sent any) emulate.Record {
	args, wrong := t.check(sent)
	var result emulate.Record
	if wrong == "" {
		result, wrong = t.do(m, c, args)
	}
	if wrong != "" {
		return emulate.Record{"content": []any{emulate.Record{"type": "text", "text": wrong}}, "isError": true}
	}
	text := string(emulate.JSON(0, result).Body)
	return emulate.Record{"content": []any{emulate.Record{"type": "text", "text": text}}, "structuredContent": result, "isError": false}
}

// check compares the arguments with those that the tool has.
func (t tool) check(sent any) (args emulate.Record, wrong string) {
	args, ok := sent.(emulate.Record)
	if !ok && sent != nil {
		return nil, "the arguments must be an object"
	}
	known := map[string]bool{}
	for _, a := range t.args {
		known[a.name] = true
		v, has := args[a.name]
		_, isText := v.(string)
		_, isInteger := v.(int64)
		switch {
		case !has && a.required:
			return nil, a.name + " is missing"
		case has && a.kind == "string" && !isText, has && a.kind == "integer" && !isInteger:
			return nil, a.name + " must be of type " + a.kind
		}
	}
	for name := range args {
		if !known[name] {
			return nil, "there is no argument " + strconv.Quote(name)
		}
	}
	return args, ""
}

func (m *mcp) listProjects(_ *emulate.Call, args emulate.Record) (emulate.Record, string) {
	page, size := int64(1), int64(defaultSize)
	if n, ok := args["page"].(int64); ok {
		page = n
	}
	if n, ok := args["per_page"].(int64); ok {
		size = n
	}
	if page < 1 || page > 1<<30 || size < 1 || size > maxSize {
		return nil, fmt.Sprintf("page begins with 1, and per_page is from 1 to %d", maxSize)
	}
	all := m.server.rows(m.server.modules["projects"], func(r emulate.Record) bool {
		return !isDeleted(r) && (args["status"] == nil || r["status"] == args["status"])
	})
	projects := append([]emulate.Record{}, emulate.Page(all, int(page)-1, int(size))...) // never null
	return emulate.Record{"projects": projects, "page": page, "total": len(all)}, ""
}

func (m *mcp) getProject(_ *emulate.Call, args emulate.Record) (emulate.Record, string) {
	id := args["project_id"].(int64) // required, and checked
	project, ok := m.server.live(m.server.modules["projects"], id)
	if !ok {
		return nil, fmt.Sprintf("no project has the id %d", id)
	}
	return project, ""
}

func (m *mcp) createTimeEntry(c *emulate.Call, args emulate.Record) (emulate.Record, string) {
	s := m.server
	asked := &call{Call: c, module: s.modules["timeEntries"], action: "modify", body: emulate.Record{}, user: 1}
	id, refused := s.insert(asked, args)
	if refused != nil {
		return nil, strings.TrimSpace(string(refused.Body))
	}
	entry, _ := s.find(asked.module, id)
	return entry, ""
}
