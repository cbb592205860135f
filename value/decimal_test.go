package value_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/value"
)

func decimal(t *testing.T, text string) value.Decimal {
	t.Helper()
	d, err := value.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParseDecimalKeepsDigits(t *testing.T) {
	for text, want := range map[string]string{
		"10.50":                          "10.50",
		"-0.10":                          "-0.10",
		"12345678901234567890":           "12345678901234567890",
		"0.1000000000000000000000000001": "0.1000000000000000000000000001",
		".5":                             "0.5",
		"5.":                             "5",
		"+7":                             "7",
		"007.10":                         "7.10",
		"1.5e3":                          "1.5e3",
		"1E-2":                           "1E-2",
	} {
		if got := decimal(t, text).String(); got != want {
			t.Errorf("ParseDecimal(%q) = %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", ".", "-", "1,5", "1 000", "0x10", "1/3", "NaN", "Inf", "1e", "1e1001", "1e-1001", "1e99999999999", "--1", "+-1", "1.2.3", strings.Repeat("9", 1001)} {
		if got, err := value.ParseDecimal(text); err == nil {
			t.Errorf("ParseDecimal(%q) = %v, want an error", text, got)
		}
	}
}

func TestNewDecimal(t *testing.T) {
	for want, got := range map[string]value.Decimal{
		"12.50":                 value.NewDecimal(1250, 2),
		"-0.05":                 value.NewDecimal(-5, 2),
		"0":                     value.NewDecimal(0, 0),
		"0.00":                  value.NewDecimal(0, 2),
		"-92233720368547758.08": value.NewDecimal(-1<<63, 2),
		"7":                     value.NewDecimal(7, -3),
	} {
		if got.String() != want {
			t.Errorf("NewDecimal gives %s, want %s", got, want)
		}
	}
}

func TestDecimalCompares(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"10.5", "10.50", 0}, {"1e2", "100", 0}, {"-1", "1", -1}, {"0.1", "0.09", 1},
		{"9007199254740993", "9007199254740992", 1}, // one number as float64
	} {
		if got := decimal(t, c.a).Cmp(decimal(t, c.b)); got != c.want {
			t.Errorf("%s against %s = %d, want %d", c.a, c.b, got, c.want)
		}
	}
	if (value.Decimal{}).Cmp(value.NewDecimal(0, 2)) != 0 {
		t.Error("a decimal that is not set does not count as 0")
	}
	if (value.Decimal{}).IsSet() || !value.NewDecimal(0, 0).IsSet() {
		t.Error("IsSet is wrong")
	}
	if decimal(t, "-0.01").Sign() != -1 || decimal(t, "0.00").Sign() != 0 || decimal(t, "3").Sign() != 1 {
		t.Error("Sign is wrong")
	}
	if got := decimal(t, "2.5").Float64(); got != 2.5 {
		t.Errorf("Float64 = %v", got)
	}
}

func TestDecimalJSON(t *testing.T) {
	for text, want := range map[string]string{
		`12.50`: `12.50`, `"12.50"`: `12.50`, `null`: `null`, `""`: `null`, `"-.5"`: `-0.5`, `"\u0031"`: `1`,
	} {
		d := value.NewDecimal(9, 0)
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got, err := json.Marshal(d); err != nil || string(got) != want {
			t.Errorf("%s -> %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{`true`, `{}`, `[]`, `"x"`, `[1]`} {
		if err := json.Unmarshal([]byte(text), new(value.Decimal)); err == nil {
			t.Errorf("%s was read as a decimal", text)
		}
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, seed := range []string{"10.50", "-.5", "1e5", "1E-1000", "00", "5.", "", "1e+05"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := value.ParseDecimal(text)
		if err != nil {
			return
		}
		again, err := value.ParseDecimal(d.String())
		if err != nil || again != d || again.Cmp(d) != 0 {
			t.Fatalf("%q -> %v -> %v, %v", text, d, again, err)
		}
		data, err := json.Marshal(d)
		if err != nil || string(data) != d.String() {
			t.Fatalf("%q is written as %s, %v", text, data, err)
		}
	})
}
