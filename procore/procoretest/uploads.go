package procoretest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// Files are not sent to the API but to the storage, at the addresses that a new
// upload names: whole as a form, or in segments whose ETags the API is told.
// The storage keeps nothing: an ETag is made of the bytes that it got, and the
// API knows from their digests which ones are right.

const digestHeader = "X-Amz-Content-Sha256"

// isUpload reports whether a call is about an upload of its own, in any version.
func isUpload(c *call) bool {
	path := unscoped(c.segments())
	return path[0] == "uploads" && len(path) <= 2
}

// offer puts the addresses of the storage into an upload that a request made.
// Those that the emulator begins with have none: they lie there already.
func (p *platform) offer(c *call, ask emulate.Ask, shown any) error {
	upload, ok := shown.(record)
	name, missing := p.typed.Collection(ask)
	if !ok || missing != "" {
		return nil
	}
	id := cmp.Or(emulate.IDText(upload["uuid"]), emulate.IDText(upload["upload_id"]))
	kept, _ := p.state.Get(name, id)
	digests := digestsOf(kept)
	if len(digests) == 0 {
		if kept["response_filename"] != nil && upload["url"] == "" {
			upload["url"], upload["fields"] = p.storage+"/uploads", record{"key": id, "signature": signature(id)}
		}
		return nil
	}
	status := cmp.Or(emulate.IDText(kept["progress"]), "ready")
	if c.Method == http.MethodPatch {
		var err error
		if status, err = c.assembled(digests); err != nil {
			return err
		}
		p.state.Update(name, id, func(r record) { r["progress"] = status })
	} else if status == "complete" && c.version2 {
		status = "available"
	}
	expires := p.state.Now().Add(time.Hour).Unix()
	segments, _ := upload["segments"].([]any)
	for i, each := range segments {
		if segment, ok := each.(record); ok && i < len(digests) {
			part := id + "-" + strconv.Itoa(i+1)
			segment["url"] = p.storage + "/uploads/" + part + "?signature=" + signature(part)
			segment["headers"] = record{digestHeader: digests[i]}
			if c.version2 {
				segment["url_expires_at"] = expires
			}
		}
	}
	if upload["status"] = status; c.version2 {
		upload["upload_expires_at"] = expires
	}
	return nil
}

func digestsOf(upload record) (digests []string) {
	segments, _ := upload["segments"].([]any)
	for _, each := range segments {
		segment, _ := each.(record)
		if digest, _ := segment["sha256"].(string); digest != "" {
			digests = append(digests, strings.ToLower(digest))
		}
	}
	return digests
}

// assembled is the status of an upload after its ETags were told: those of all
// segments in order, and null for one that was not sent yet.
func (c *call) assembled(digests []string) (status string, err error) {
	body, err := c.object()
	if err != nil {
		return "", err
	}
	parts, _ := body["part_etags"].([]any)
	if segments, ok := body["segments"].([]any); ok {
		for _, each := range segments {
			segment, _ := each.(record)
			parts = append(parts, segment["etag"])
		}
	}
	if len(parts) != len(digests) {
		return "", invalid(rules{"segments": {"need one ETag each"}})
	}
	for i, part := range parts {
		if text, _ := part.(string); part != nil && strings.Trim(text, `"`) != etag(digests[i]) {
			return "", invalid(rules{"segments": {"the ETag of segment " + strconv.Itoa(i+1) + " is wrong"}})
		}
	}
	if slices.Contains(parts, nil) {
		return "receiving", nil
	}
	return "complete", nil
}

// etag is what the storage answers to bytes with a digest.
func etag(digest string) string { return digest[:min(32, len(digest))] }

// takeFile is the storage's answer to a whole file, in a form behind the fields
// that the API named.
func takeFile(c *emulate.Call) emulate.Answer {
	key := c.FormValue("key")
	if key == "" || c.FormValue("signature") != signature(key) {
		return storageError(http.StatusForbidden, "AccessDenied", "Send all fields that the upload names")
	}
	file, _, err := c.FormFile("file")
	if err != nil {
		return storageError(http.StatusBadRequest, "InvalidArgument", "POST requires exactly one file upload per request, in the field file")
	}
	defer file.Close()
	return emulate.Empty(http.StatusNoContent)
}

// takeSegment is the storage's answer to the bytes of one segment.
func takeSegment(c *emulate.Call) emulate.Answer {
	sum := sha256.Sum256(c.Content)
	digest := hex.EncodeToString(sum[:])
	if strings.ToLower(c.Header.Get(digestHeader)) != digest {
		return storageError(http.StatusBadRequest, "XAmzContentSHA256Mismatch", "The header "+digestHeader+" is not the digest of what was sent")
	}
	return emulate.Empty(http.StatusOK).With("ETag", `"`+etag(digest)+`"`)
}
