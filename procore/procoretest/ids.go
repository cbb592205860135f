package procoretest

import "strconv"

// Ids of real accounts in newer regions lie just above 2^49: too large for 32
// bits, and for a float that counts in thousands. Each kind of record has a
// span of its own, so that no id is good for two.
const (
	idBase   int64 = 1 << 49
	typedIDs       = idBase + 90_000_000
	otherIDs       = idBase + 80_000_000

	demoUserID = idBase + 2_000_001
	demoUser   = "Dana Demo"

	demoEmail    = "dana.demo.0@example.com" // as in the directory
	demoPassword = "demo-password-not-a-secret"
)

// demoSubject is the demo user as the tokens know one.
func demoSubject() string { return strconv.FormatInt(demoUserID, 10) }

var spans = map[string]int64{
	"companies": idBase + 1_000_000, "users": idBase + 2_000_000, "vendors": idBase + 3_000_000, "projects": idBase + 4_000_000,
	"rfis": idBase + 5_000_000, "replies": idBase + 6_000_000, "questions": idBase + 7_000_000, "submittals": idBase + 8_000_000,
	"observations": idBase + 9_000_000, "observation_types": idBase + 10_000_000, "response_logs": idBase + 11_000_000,
	"hooks": idBase + 12_000_000, "triggers": idBase + 13_000_000, "deliveries": idBase + 14_000_000,
}

func companyID(n int) int64 { return spans["companies"] + 1 + int64(n) }

func projectID(n int) int64 { return spans["projects"] + 1 + int64(n) }

// newID is the next free id of a collection.
func (p *platform) newID(collection string) int64 {
	span, ok := spans[collection]
	if !ok {
		span = otherIDs
	}
	for {
		id := span + int64(p.state.NextID("ids of "+collection))
		if _, taken := p.state.Get(collection, id); !taken {
			return id
		}
	}
}

// typedID is the id of the n-th record without behaviour of its own.
func typedID(n int) any { return typedIDs + int64(n) }

// asID is an id as the first version writes it: a number, if it is one.
func asID(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	return text
}
