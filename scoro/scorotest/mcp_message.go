package scorotest

import (
	"encoding/json"
	"net/http"

	"github.com/cordage-go/cordage/internal/emulate"
)

// The error codes of JSON-RPC 2.0 that are used.
const (
	codeParse          = -32700
	codeInvalidRequest = -32600
	codeUnknownMethod  = -32601
	codeInvalidParams  = -32602
)

// handle answers one message of JSON-RPC, and reports whether an answer was
// asked for: notifications and answers ask for none.
func (m *mcp) handle(c *emulate.Call, message emulate.Record) (reply emulate.Record, asked bool) {
	method, _ := message["method"].(string)
	id, hasID := message["id"]
	switch {
	case message["jsonrpc"] != "2.0", method == "" && message["result"] == nil && message["error"] == nil, hasID && !isID(id):
		return failed(nil, codeInvalidRequest, "not a message of JSON-RPC 2.0"), true
	case method == "" || !hasID:
		return nil, false
	}
	params, _ := message["params"].(emulate.Record)
	switch method {
	case "ping":
		return success(id, emulate.Record{}), true
	case "tools/list":
		if params["cursor"] != nil {
			return failed(id, codeInvalidParams, "there is only one page of tools, and no cursor"), true
		}
		return success(id, emulate.Record{"tools": toolList()}), true
	case "tools/call":
		name, _ := params["name"].(string)
		for _, t := range tools() {
			if t.name == name {
				return success(id, m.callTool(c, t, params["arguments"])), true
			}
		}
		return failed(id, codeInvalidParams, "unknown tool: "+name), true
	default:
		return failed(id, codeUnknownMethod, "unknown method: "+method), true
	}
}

// isID reports whether a value may be the id of a request: text or a number.
func isID(v any) bool {
	switch v.(type) {
	case string, int64, json.Number:
		return true
	default:
		return false
	}
}

func success(id, result any) emulate.Record {
	return emulate.Record{"jsonrpc": "2.0", "id": id, "result": result}
}

// failed is an error answer; id is nil if it could not be read.
func failed(id any, code int, message string) emulate.Record {
	return emulate.Record{"jsonrpc": "2.0", "id": id, "error": emulate.Record{"code": code, "message": message}}
}

// badMessage refuses a whole request.
func badMessage(code int, message string) emulate.Answer {
	return emulate.JSON(http.StatusBadRequest, failed(nil, code, message))
}
