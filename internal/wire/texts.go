package wire

// longestKept is the longest text that is looked for among the ones before:
// longer ones seldom come again.
const longestKept = 48

// texts are short ones that were read lately. The records of a list repeat many,
// such as a status or the name of a person, and need not hold each for themselves.
type texts [256]string

// of returns data as text, the one that was read before where there is one. t
// may be nil.
func (t *texts) of(data []byte) string {
	if t == nil || len(data) == 0 || len(data) > longestKept {
		return string(data)
	}
	kept := &t[placeOf(data)]
	if *kept != string(data) {
		*kept = string(data)
	}
	return *kept
}

// placeOf spreads texts by their length and three of their bytes.
func placeOf(data []byte) uint8 {
	last := len(data) - 1
	return uint8(len(data))*31 + data[0]*17 + data[last/2]*5 + data[last]
}
