package operations

import (
	"strings"
	"unicode"
)

// initialisms are words that Go names write in another way: in capitals, or as
// the two words that they are.
var initialisms = map[string]string{
	"api": "API", "apt": "APT", "bcc": "BCC", "bim": "BIM", "cc": "CC", "cmar": "CMAR", "csv": "CSV", "cve": "CVE", "cves": "CVEs", "db": "DB", "dba": "DBA", "dbb": "DBB", "dns": "DNS", "erp": "ERP", "gps": "GPS", "wbs": "WBS", "etag": "ETag", "etags": "ETags", "html": "HTML", "xml": "XML", "http": "HTTP", "id": "ID", "ids": "IDs",
	"idiq": "IDIQ", "iso": "ISO", "ip": "IP", "ips": "IPs", "jit": "JIT", "json": "JSON", "md5": "MD5", "ok": "OK", "os": "OS", "pcn": "PCN", "pdf": "PDF", "qr": "QR", "rfi": "RFI", "rfis": "RFIs", "rfq": "RFQ", "rfqs": "RFQs",
	"sd": "SD", "sdvo": "SDVO", "sha256": "SHA256", "sni": "SNI", "pdm": "PDM", "pep": "PEP", "nda": "NDA", "dpi": "DPI", "png": "PNG", "aemp": "AEMP", "sms": "SMS", "sso": "SSO", "tbd": "TBD", "ulid": "ULID", "uri": "URI", "url": "URL", "urls": "URLs", "uuid": "UUID", "uuids": "UUIDs", "vat": "VAT", "bsi": "BSI", "vsor": "VSOR",
	"uom": "UOM", "uoms": "UOMs", "ssov": "SSOV", "ssr": "SSR", "rom": "ROM", "pco": "PCO", "uid": "UID", "lov": "LOV", "xfdf": "XFDF", "vatno": "VATNumber", "datetime": "Time", "inprogress": "InProgress", "outofoffice": "OutOfOffice",
	"banktransfer": "BankTransfer", "cardpayment": "CardPayment", "zipcode": "ZIPCode", "zip": "ZIP",
	"avg": "Average", "desc": "Description", "perc": "Percent", "proto": "Protocol", "notafter": "NotAfter", "notbefore": "NotBefore",
	"ai": "AI", "cisa": "CISA", "ciso": "CISO", "kev": "KEV", "MAX": "MAX", // in capitals alone: SecurityScorecard's MAX is no maximum
	"ccs": "CCs", "oauth": "OAuth", "saml": "SAML", "scim": "SCIM", "smb": "SMB", "vrm": "VRM",
	"securityscorecard": "SecurityScorecard", "textarea": "TextArea", "textfield": "TextField",
}

// GoName returns the exported Go name of a name on the wire: "rfi_id",
// "timeEntries" and "page-size" become RFIID, TimeEntries and PageSize.
func GoName(wire string) string {
	var b strings.Builder
	for _, word := range splitWords(wire) {
		if capitals, ok := initialisms[word]; ok {
			b.WriteString(capitals)
			continue
		}
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// splitWords splits at punctuation and before capitals, into lower case.
func splitWords(name string) []string {
	var words []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			words = append(words, strings.ToLower(word.String()))
			word.Reset()
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case unicode.IsUpper(r) && i > 0 && unicode.IsLower(runes[i-1]):
			flush()
		}
		word.WriteRune(r)
	}
	flush()
	return words
}

// snake returns a Go or camel-case name in the form of most wire names.
func snake(name string) string { return strings.Join(splitWords(name), "_") }

// alike are words whose plural is no s away, and words that have none.
var alike = map[string]string{
	"people": "person", "history": "history", "status": "status", "address": "address", "business": "business", "progress": "progress",
	"equipment": "equipment", "calendar": "calendar", "metadata": "metadata", "access": "access", "analysis": "analysis", "tax": "tax",
	"criteria": "criterion", "data": "data", "series": "series", "sms": "sms", "ids": "id", "statuses": "status", "addresses": "address",
	"businesses": "business", "taxes": "tax", "uses": "use", "has": "has", "is": "is", "gas": "gas", "canvas": "canvas", "class": "class", "boxes": "box",
}

// Singular returns the Go or wire name of one of what name names many.
func Singular(name string) string {
	words := splitWords(name)
	if len(words) == 0 {
		return name
	}
	last := words[len(words)-1]
	one := singularWord(last)
	if one == last {
		return name
	}
	head := name[:len(name)-len(last)]
	tail := name[len(head):]
	if capitals, ok := initialisms[one]; ok && unicode.IsUpper(rune(tail[0])) {
		return head + capitals
	}
	if strings.HasPrefix(strings.ToLower(tail), one) { // PDFTemplates: its capitals stay
		return head + tail[:len(one)]
	}
	if unicode.IsUpper(rune(tail[0])) {
		return head + strings.ToUpper(one[:1]) + one[1:]
	}
	return head + one
}

func singularWord(word string) string {
	if one, ok := alike[word]; ok {
		return one
	}
	if one := strings.TrimSuffix(word, "s"); initialisms[one] != "" {
		return one
	}
	switch {
	case strings.HasSuffix(word, "ies") && len(word) > 4:
		return strings.TrimSuffix(word, "ies") + "y"
	case strings.HasSuffix(word, "sses"), strings.HasSuffix(word, "shes"), strings.HasSuffix(word, "ches"):
		return strings.TrimSuffix(word, "es")
	case len(word) == 1, strings.HasSuffix(word, "ss"), strings.HasSuffix(word, "us"), strings.HasSuffix(word, "is"):
		return word
	default:
		return strings.TrimSuffix(word, "s")
	}
}

// Plural returns the name of many of what name names one.
func Plural(name string) string {
	words := splitWords(name)
	if last := words[len(words)-1]; isPlural(last) {
		return name
	}
	switch {
	case strings.HasSuffix(name, "y"):
		return strings.TrimSuffix(name, "y") + "ies"
	case strings.HasSuffix(name, "s"), strings.HasSuffix(name, "x"):
		return name + "es"
	default:
		return name + "s"
	}
}

func isPlural(word string) bool {
	return singularWord(word) != word || alike[word] == word && word != "status"
}

// Words returns a Go name as words of a sentence: "RFIReplies" as "RFI replies".
func Words(name string) string {
	var out []string
	for _, word := range goWords(name) {
		if strings.ToUpper(word) == word || initialisms[strings.ToLower(word)] == word {
			out = append(out, word)
			continue
		}
		out = append(out, strings.ToLower(word))
	}
	return strings.Join(out, " ")
}

// FirstWord returns the first word of a Go name: RFI of RFIReplies.
func FirstWord(name string) string { return goWords(name)[0] }

// goWords splits a Go name, keeping initialisms whole.
func goWords(name string) []string {
	var words []string
	for len(name) > 0 {
		n := initialismAt(name)
		if n == 0 {
			n = 1
			for n < len(name) && !unicode.IsUpper(rune(name[n])) {
				n++
			}
		}
		words = append(words, name[:n])
		name = name[n:]
	}
	return words
}

// initialismAt returns the length of the longest initialism that name begins
// with, if the next letter begins a new word.
func initialismAt(name string) int {
	longest := 0
	for _, capitals := range initialisms {
		if len(capitals) > longest && strings.ToUpper(capitals[:2]) == capitals[:2] && strings.HasPrefix(name, capitals) &&
			(len(name) == len(capitals) || !unicode.IsLower(rune(name[len(capitals)]))) {
			longest = len(capitals)
		}
	}
	return longest
}
