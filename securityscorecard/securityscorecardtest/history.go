package securityscorecardtest

import (
	"cmp"
	"hash/fnv"
	"net/http"
	"slices"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

const day = 24 * time.Hour

// history is the twelve months up to today, oldest day first.
func (p *platform) history() []time.Time {
	var days []time.Time
	for at := p.today.AddDate(-1, 0, 1); !at.After(p.today); at = at.Add(day) {
		days = append(days, at)
	}
	return days
}

// days are those of the history that the query asks for: all, the Mondays or
// the firsts of the months, within the dates of the two parameters.
func (p *platform) days(c *emulate.Call, from, to string) []time.Time {
	query := c.URL.Query()
	within := dates(c, from, to)
	return slices.DeleteFunc(p.history(), func(at time.Time) bool {
		switch query.Get("timing") {
		case "weekly":
			return at.Weekday() != time.Monday || !within.holds(at)
		case "monthly":
			return at.Day() != 1 || !within.holds(at)
		default:
			return !within.holds(at)
		}
	})
}

// scoreOn is the score that something had on a day: the present one, moved
// along a wave that is its own and that is zero today.
func (p *platform) scoreOn(name string, present int, at time.Time) int {
	const period, height = 90, 12
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(name)) // a hash takes every write
	phase := int(sum.Sum32() % (2 * period))
	age := int(p.today.Sub(at) / day)
	wave := func(x int) int {
		x %= 2 * period
		return min(x, 2*period-x) * height / period
	}
	return min(max(present+wave(phase+age)-wave(phase), 0), 100)
}

// change is how much a company's score rose in the last thirty days, as it was
// put or as the history has it.
func (p *platform) change(company record) (points int, scored bool) {
	score, scored := number(company, "score")
	if change, put := number(company, "last30day_score_change"); put {
		return change, scored
	}
	return score - p.scoreOn(text(company, "domain"), score, p.today.Add(-30*day)), scored
}

func (p *platform) scoreHistory(c *emulate.Call) (emulate.Answer, error) {
	company, err := p.company(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	entries := []record{}
	domain := text(company, "domain")
	if score, scored := number(company, "score"); scored {
		for _, at := range p.days(c, "from", "to") {
			entries = append(entries, record{"domain": domain, "date": stamp(at), "score": p.scoreOn(domain, score, at)})
		}
	}
	return ok(record{"entries": entries})
}

// factorHistory takes other names for its dates than scoreHistory; from and to
// are ignored here.
func (p *platform) factorHistory(c *emulate.Call) (emulate.Answer, error) {
	company, err := p.company(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	domain := text(company, "domain")
	present := p.state.Where("factors", func(r record) bool { return r["_domain"] == domain })
	entries := []record{}
	if len(present) > 0 {
		for _, at := range p.days(c, "date_from", "date_to") {
			entries = append(entries, record{"date": stamp(at), "factors": p.factorsOn(present, at)})
		}
	}
	return ok(record{"entries": entries})
}

func (p *platform) factorsOn(present []record, at time.Time) []record {
	factors := make([]record, 0, len(present))
	for _, f := range present {
		score, _ := number(f, "score")
		factors = append(factors, record{"name": f["name"], "score": p.scoreOn(text(f, "_domain")+text(f, "name"), score, at)})
	}
	return factors
}

// scoresOf are the scores of an industry's companies on a day.
func (p *platform) scoresOf(industry []record, at time.Time) []int {
	var scores []int
	for _, company := range industry {
		if score, scored := number(company, "score"); scored {
			scores = append(scores, p.scoreOn(text(company, "domain"), score, at))
		}
	}
	return scores
}

// industry are the scored companies of the industry in a call's path.
func (p *platform) industry(c *emulate.Call) ([]record, error) {
	key := c.Values["industry"]
	found := p.state.Where("companies", func(r record) bool {
		_, scored := number(r, "score")
		return scored && r["industry"] == key
	})
	if len(found) == 0 {
		return nil, refuse(http.StatusNotFound, "there is no industry %q", key)
	}
	return found, nil
}

func (p *platform) industryScore(c *emulate.Call) (emulate.Answer, error) {
	companies, err := p.industry(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	average := mean(p.scoresOf(companies, p.today))
	return ok(record{"industry": c.Values["industry"], "avg_score": average, "avg_grade": gradeOf(record{"score": average})})
}

// industryScoreHistory has other spellings than the rest of the platform.
func (p *platform) industryScoreHistory(c *emulate.Call) (emulate.Answer, error) {
	companies, err := p.industry(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	entries := []record{}
	for _, at := range p.days(c, "from", "to") {
		scores := p.scoresOf(companies, at)
		entries = append(entries, record{
			"industry": c.Values["industry"], "date": stamp(at),
			"minScore": slices.Min(scores), "maxScore": slices.Max(scores),
			"avgScore": float64(sumOf(scores)*10/len(scores)) / 10,
		})
	}
	return ok(record{"entries": entries})
}

func (p *platform) industryFactors(c *emulate.Call) (emulate.Answer, error) {
	present, err := p.industryFactorRecords(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	return ok(record{"entries": p.averageFactors(present, p.today)})
}

func (p *platform) industryFactorHistory(c *emulate.Call) (emulate.Answer, error) {
	present, err := p.industryFactorRecords(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	entries := []record{}
	for _, at := range p.days(c, "from", "to") {
		entries = append(entries, record{"date": stamp(at), "factors": p.averageFactors(present, at)})
	}
	return ok(record{"entries": entries})
}

func (p *platform) industryFactorRecords(c *emulate.Call) ([]record, error) {
	companies, err := p.industry(c)
	if err != nil {
		return nil, err
	}
	wanted := map[any]bool{}
	for _, company := range companies {
		wanted[company["domain"]] = true
	}
	return p.state.Where("factors", func(r record) bool { return wanted[r["_domain"]] }), nil
}

// averageFactors are the averages of each factor over companies on a day.
func (p *platform) averageFactors(present []record, at time.Time) []record {
	scores := map[string][]int{}
	for _, f := range p.factorsOn(present, at) {
		score, _ := number(f, "score")
		scores[text(f, "name")] = append(scores[text(f, "name")], score)
	}
	averages := []record{}
	for name, all := range scores {
		averages = append(averages, record{"name": name, "score": mean(all)})
	}
	slices.SortFunc(averages, func(a, b record) int { return cmp.Compare(text(a, "name"), text(b, "name")) })
	return averages
}

func mean(all []int) int { return sumOf(all) / len(all) }

func sumOf(all []int) int {
	sum := 0
	for _, n := range all {
		sum += n
	}
	return sum
}
