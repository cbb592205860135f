package scorotest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// uploaded is where the parts of files wait for the others.
const uploaded = "parts of files"

// largestPart is the platform's limit for one part, in bytes.
const largestPart = 5_000_000

// uploadChunk takes one part of a new file. When all parts are there, the file
// is made. Parts may be counted from 0 or from 1: which is right is not known.
func (s *Server) uploadChunk(c *call) emulate.Answer {
	fields, _ := c.fields()
	name, _ := fields["name"].(string)
	encoded, _ := fields["chunk_data"].(string)
	part, err := base64.StdEncoding.DecodeString(encoded)
	number, numberErr := plainInt(fields["chunk_no"])
	total, totalErr := plainInt(fields["chunks_total"])
	size, sizeErr := plainInt(fields["size"])
	switch {
	case name == "":
		return refuse(http.StatusBadRequest, messages("name is needed"))
	case err != nil || len(part) > largestPart:
		return refuse(http.StatusBadRequest, messages(fmt.Sprintf("chunk_data must be base64 of at most %d bytes", largestPart)))
	case numberErr != nil || totalErr != nil || sizeErr != nil || total.(int64) < 1 || number.(int64) < 0 || number.(int64) > total.(int64):
		return refuse(http.StatusBadRequest, messages("size, chunk_no and chunks_total must be whole numbers that fit together"))
	}
	file := fmt.Sprintf("%d/%d/%d/%s", c.user, size, total, name)
	s.state.Put(uploaded, fmt.Sprintf("%s/%d", file, number), emulate.Record{"file": file, "number": number, "data": string(part)})
	parts := s.state.Where(uploaded, func(r emulate.Record) bool { return r["file"] == file })
	if int64(len(parts)) < total.(int64) {
		return c.done()
	}
	content := s.joined(file, parts)
	if int64(len(content)) != size {
		return refuse(http.StatusBadRequest, messages(fmt.Sprintf("size is %d, but the parts have %d bytes", size, len(content))))
	}
	return c.success(s.show(c, s.newFile(c, name, content, fields["uploaded_by"]), true))
}

// joined puts the parts of a file together and forgets them.
func (s *Server) joined(file string, parts []emulate.Record) string {
	slices.SortFunc(parts, func(a, b emulate.Record) int { return int(a["number"].(int64) - b["number"].(int64)) })
	var content strings.Builder
	for _, part := range parts {
		content.WriteString(part["data"].(string))
		s.state.Delete(uploaded, fmt.Sprintf("%s/%d", file, part["number"]))
	}
	return content.String()
}

func (s *Server) newFile(c *call, name, content string, by any) emulate.Record {
	sum := sha256.Sum256([]byte(content))
	user, err := plainInt(by)
	if err != nil || user == int64(0) {
		user = c.user
	}
	id := s.store(c.module, emulate.Record{
		"file_name": name, "file_type": strings.TrimPrefix(path.Ext(name), "."), "file_size": int64(len(content)), "hash": hex.EncodeToString(sum[:]),
		"repository": "local", "uploaded_by": user, "relations": emulate.Record{}, "content": content,
	})
	made, _ := s.find(c.module, id)
	return made
}

// download answers a file's bytes. Seeded files have a line of text.
func (s *Server) download(c *call) emulate.Answer {
	id, _ := c.number()
	r, ok := s.live(c.module, id)
	if !ok {
		return refuse(http.StatusNotFound, messages(fmt.Sprintf("files: no record has the id %d", id)))
	}
	content, uploaded := r["content"].(string)
	if !uploaded {
		content = fmt.Sprintf("file %d\n", id)
	}
	return emulate.Text(http.StatusOK, "application/octet-stream", content)
}

// relateFile ties a file to a thing, or unties it.
func (s *Server) relateFile(c *call) emulate.Answer {
	id, _ := c.number()
	if _, ok := s.live(c.module, id); !ok {
		return c.unknown()
	}
	fields, _ := c.fields()
	kind, _ := fields["rel_type"].(string)
	thing, err := plainInt(fields["rel_id"])
	if kind == "" || err != nil || thing == int64(0) {
		return refuse(http.StatusBadRequest, messages("rel_type and rel_id are needed"))
	}
	s.state.Update(c.module.collection, id, func(r emulate.Record) {
		relations, ok := r["relations"].(emulate.Record)
		if !ok {
			relations = emulate.Record{}
		}
		ids, _ := relations[kind].([]any)
		ids = slices.DeleteFunc(ids, func(other any) bool { return other == thing })
		if c.action == "addRelation" {
			ids = append(ids, thing)
		}
		relations[kind] = ids
		if len(ids) == 0 {
			delete(relations, kind)
		}
		r["relations"] = relations
	})
	return c.done()
}
