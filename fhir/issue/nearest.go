package issue

import "strings"

// longestName bounds what [Nearest] compares: no name of FHIR's is so long.
const longestName = 64

// Nearest is the known name with the fewest letters wrong, so that a sentence
// about an unknown one can say what may have been meant. It is "" if even that
// name has more wrong than a slip of the hand, a third of its letters and one.
// Case does not count; of names as near as each other it is the first.
func Nearest(name string, known []string) string {
	if len(name) > longestName {
		return ""
	}
	best, least := "", len(name)/3+2
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is how many letters must be put in, left out, replaced or swapped
// with their neighbour to make b of a (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
