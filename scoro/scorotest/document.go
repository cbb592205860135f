package scorotest

import (
	"cmp"
	"fmt"
	"math/big"
	"net/http"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// filesPath is where PDF files are fetched: beside the API, without credentials.
const filesPath = "/files/"

// addUp computes the sums of a document's lines and of the whole.
func addUp(document emulate.Record) {
	lines, ok := document["lines"].([]any)
	if !ok {
		return
	}
	total := new(big.Rat)
	for _, each := range lines {
		line := each.(emulate.Record)
		if line["price"] != nil || line["sum"] == nil { // an expense may have the sum alone
			line["sum"] = lineSum(line).FloatString(2)
		}
		total.Add(total, rational(line["sum"], "0"))
	}
	document["sum"] = total.FloatString(2)
	vat := new(big.Rat).Quo(rational(document["vat"], "0"), big.NewRat(100, 1))
	document["vat_sum"] = vat.Mul(vat, total).FloatString(2)
}

// lineSum is price times amount, which expenses call quantity, less the discount.
func lineSum(line emulate.Record) *big.Rat {
	amount := line["amount"]
	if amount == nil {
		amount = line["quantity"]
	}
	sum := new(big.Rat).Mul(rational(line["price"], "0"), rational(amount, "1"))
	off := new(big.Rat).Quo(rational(line["discount"], "0"), big.NewRat(100, 1))
	return sum.Mul(sum, new(big.Rat).Sub(big.NewRat(1, 1), off))
}

// rational reads an amount in plain form.
func rational(v any, otherwise string) *big.Rat {
	text, _ := v.(string)
	r, ok := new(big.Rat).SetString(cmp.Or(text, otherwise))
	if !ok {
		return new(big.Rat)
	}
	return r
}

// pdf answers where the document's PDF can be fetched.
func (s *Server) pdf(c *call) emulate.Answer {
	id, _ := c.number()
	if _, ok := s.live(c.module, id); !ok {
		return c.unknown()
	}
	return c.success(emulate.Record{
		"template_id":      1,
		"datetime_created": datetime(s.state.Now()),
		"pdf_link":         fmt.Sprintf("http://%s%s%s-%d.pdf", c.Host, filesPath, c.module.name, id),
	})
}

// file answers a PDF. The link stands for one to a storage host, which must
// not be shown a credential.
func (s *Server) file(c *emulate.Call) emulate.Answer {
	if c.Method != http.MethodGet {
		return emulate.Text(http.StatusMethodNotAllowed, "text/plain; charset=utf-8", "fetch files with GET\n")
	}
	if c.Header.Get("Authorization") != "" || c.Header.Get("Scoro-app-id") != "" || len(c.Content) > 0 {
		return emulate.Text(http.StatusBadRequest, "text/plain; charset=utf-8", "files are fetched without credentials\n")
	}
	name, ok := strings.CutSuffix(strings.TrimPrefix(c.URL.Path, filesPath), ".pdf")
	if !ok {
		return emulate.Text(http.StatusNotFound, "text/plain; charset=utf-8", "no such file\n")
	}
	return emulate.Text(http.StatusOK, "application/pdf", "%PDF-1.4\n% "+name+"\n%%EOF\n")
}
