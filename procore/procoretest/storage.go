package procoretest

import (
	"net/http"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// listenStorage starts the file storage, a host of its own to which the API
// redirects. Its addresses are signed, so it refuses any other credential.
func listenStorage(addr string) (*emulate.Server, error) {
	router := emulate.NewRouter("", &emulate.Table{})
	router.Add(http.MethodGet, "/files/{name}")
	router.Add(http.MethodPost, "/uploads")
	router.Add(http.MethodPut, "/uploads/{name}")
	return emulate.Listen(addr, router, answerStorage)
}

func answerStorage(c *emulate.Call) emulate.Answer {
	if c.Header.Get("Authorization") != "" {
		return storageError(http.StatusBadRequest, "InvalidArgument", "Only one auth mechanism allowed; the address is signed, so send no Authorization header")
	}
	if c.Route.Path == "" {
		return storageError(http.StatusNotFound, "NoSuchKey", "The file does not exist")
	}
	if c.Method == http.MethodPost {
		return takeFile(c)
	}
	if c.URL.Query().Get("signature") != signature(c.Values["name"]) {
		return storageError(http.StatusForbidden, "SignatureDoesNotMatch", "The signature of the address is wrong")
	}
	if c.Method == http.MethodPut {
		return takeSegment(c)
	}
	name := c.Values["name"]
	if strings.HasSuffix(name, ".csv") {
		return emulate.Text(http.StatusOK, "text/csv", "name\n"+name+"\n")
	}
	if strings.HasSuffix(name, ".pdf") {
		return emulate.Text(http.StatusOK, "application/pdf", "%PDF-1.4\n% "+name+" of the Procore emulator\n%%EOF\n")
	}
	return emulate.Text(http.StatusOK, "application/octet-stream", name+"\n")
}

func storageError(status int, code, message string) emulate.Answer {
	return emulate.Text(status, "application/xml", `<?xml version="1.0" encoding="UTF-8"?><Error><Code>`+code+`</Code><Message>`+message+`</Message></Error>`)
}

// signature is not one; it only shows whether an address was kept whole.
func signature(name string) string { return "demo-signature-of-" + name }

// fileURL is the signed address of a file.
func (p *platform) fileURL(name string) string {
	return p.storage + "/files/" + name + "?signature=" + signature(name)
}

// redirectToFile sends the caller to the storage.
func (p *platform) redirectToFile(name string) emulate.Answer {
	return emulate.Empty(http.StatusFound).With("Location", p.fileURL(name))
}
