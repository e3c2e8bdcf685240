package consent

import "time"

// Date is a day of the calendar, without a time or a zone. The zero Date is no
// day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// IsZero reports whether it is no day.
func (d Date) IsZero() bool { return d == Date{} }

// Before reports whether the day comes before another.
func (d Date) Before(other Date) bool {
	if d.Year != other.Year {
		return d.Year < other.Year
	}
	if d.Month != other.Month {
		return d.Month < other.Month
	}
	return d.Day < other.Day
}

// Anniversary is the day that many years later. Who was born on 29 February
// becomes a year older on 1 March when the year has no such day: the 28th is
// not yet the day, and to be called an adult a day too early opens more than to
// be called one a day too late (INFERENCE).
func (d Date) Anniversary(years int) Date {
	day := time.Date(d.Year+years, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	return Date{day.Year(), day.Month(), day.Day()}
}

// IdentitySystem is the naming system of personal identity codes
// (henkilötunnus).
const IdentitySystem = "urn:oid:1.2.246.21"

// BirthDate is the day of birth that a personal identity code tells:
// DDMMYYC..., where C is the sign of the century (Government decree 128/2010
// section 2 as amended by 690/2022). It is false for any other identifier and
// for a day that does not exist. The rest of the code is not looked at: whether
// it is a real one was settled when it was read.
func BirthDate(person Identifier) (Date, bool) {
	code := person.Value
	if person.System != IdentitySystem || len(code) != 11 {
		return Date{}, false
	}
	century, known := centuryOf(code[6])
	for i := range 6 {
		known = known && code[i] >= '0' && code[i] <= '9'
	}
	if !known {
		return Date{}, false
	}
	two := func(i int) int { return int(code[i]-'0')*10 + int(code[i+1]-'0') }
	birth := Date{century + two(4), time.Month(two(2)), two(0)}
	return birth, birth.Anniversary(0) == birth
}

// centuryOf gives the century of birth by its sign. A century has several
// since 2023.
func centuryOf(sign byte) (century int, known bool) {
	switch sign {
	case '+':
		return 1800, true
	case '-', 'Y', 'X', 'W', 'V', 'U':
		return 1900, true
	case 'A', 'B', 'C', 'D', 'E', 'F':
		return 2000, true
	}
	return 0, false
}
