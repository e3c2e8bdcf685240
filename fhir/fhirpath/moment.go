package fhirpath

import (
	"fmt"
	"strings"
	"time"
)

// precision is how far a moment is given.
type precision uint8

const (
	toYear precision = iota + 1
	toMonth
	toDay
	toHour
	toMinute
	toSecond // and its fraction, which FHIRPath takes as one with it
)

// moment is a Date, DateTime or Time to the precision it was given. Fields
// beyond that are zero.
type moment struct {
	year, month, day     int
	hour, minute, second int
	nano                 int
	digits               int // of the fraction of a second
	precision            precision
	zone                 bool // there is a time zone
	offset               int  // of the time zone, minutes east of UTC
	clock                bool // a Time, without a date
}

// literalMoment reads what follows @ in a literal.
func literalMoment(text string) (Value, bool) {
	k := kindDate
	switch at := strings.IndexByte(text, 'T'); {
	case at == 0:
		k, text = kindTime, text[1:]
	case at > 0:
		k, text = kindDateTime, strings.TrimSuffix(text, "T")
	}
	t, ok := parseMoment(k, text)
	return momentValue(k, t), ok
}

// maxMoment bounds the text of a moment, whose fraction may be as long as it likes.
const maxMoment = 64

// parseMoment reads a Date, DateTime or Time as ISO 8601 and FHIR write it.
func parseMoment(k kind, text string) (moment, bool) {
	var t moment
	if len(text) > maxMoment {
		return t, false
	}
	day, clock, hasClock := text, text, k == kindTime
	switch k {
	case kindTime:
		t.clock = true
	case kindDateTime:
		day, clock, hasClock = strings.Cut(text, "T")
		fallthrough
	default:
		if !t.parseDay(day) || hasClock && t.precision < toDay {
			return moment{}, false
		}
	}
	if hasClock && (k == kindDate || !t.parseClock(clock)) {
		return moment{}, false
	}
	return t, true
}

func (t *moment) parseDay(text string) bool {
	var ok bool
	switch len(text) {
	case len("2024"):
		t.precision, t.month, t.day = toYear, 1, 1
	case len("2024-02"):
		t.precision, t.day = toMonth, 1
	case len("2024-02-29"):
		t.precision = toDay
		if t.day, ok = digits(text[7:], '-', 2); !ok {
			return false
		}
	default:
		return false
	}
	if t.precision >= toMonth {
		if t.month, ok = digits(text[4:7], '-', 2); !ok {
			return false
		}
	}
	t.year, ok = digits(text[:4], 0, 4)
	return ok && t.year > 0 && t.month >= 1 && t.month <= 12 && t.day >= 1 && t.day <= daysIn(t.year, t.month)
}

// digits reads a separator, if one is given, and n digits.
func digits(text string, separator byte, n int) (int, bool) {
	if separator != 0 {
		if text == "" || text[0] != separator {
			return 0, false
		}
		text = text[1:]
	}
	if len(text) != n {
		return 0, false
	}
	value := 0
	for i := range n {
		if !isDigit(text[i]) {
			return 0, false
		}
		value = value*10 + int(text[i]-'0')
	}
	return value, true
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func (t *moment) parseClock(text string) bool {
	text, ok := t.parseZone(text)
	if !ok {
		return false
	}
	seconds, fraction, hasFraction := strings.Cut(text, ".")
	switch len(seconds) {
	case len("12"):
		t.precision = toHour
	case len("12:00"):
		t.precision = toMinute
	case len("12:00:00"):
		t.precision = toSecond
	default:
		return false
	}
	if t.hour, ok = digits(seconds[:2], 0, 2); ok && t.precision >= toMinute {
		t.minute, ok = digits(seconds[2:5], ':', 2)
	}
	if ok && t.precision == toSecond {
		t.second, ok = digits(seconds[5:], ':', 2)
	}
	if hasFraction {
		ok = ok && t.precision == toSecond && t.parseFraction(fraction)
	}
	return ok && t.hour < 24 && t.minute < 60 && t.second < 60
}

func (t *moment) parseZone(text string) (string, bool) {
	if t.clock {
		return text, true
	}
	if strings.HasSuffix(text, "Z") {
		t.zone = true
		return text[:len(text)-1], true
	}
	at := strings.LastIndexAny(text, "+-")
	if at < 0 {
		return text, true
	}
	zone := text[at+1:]
	if len(zone) != len("02:00") {
		return "", false
	}
	hours, ok := digits(zone[:2], 0, 2)
	minutes, ok2 := digits(zone[2:], ':', 2)
	if !ok || !ok2 || hours > 14 || minutes > 59 {
		return "", false
	}
	t.zone, t.offset = true, hours*60+minutes
	if text[at] == '-' {
		t.offset = -t.offset
	}
	return text[:at], true
}

func (t *moment) parseFraction(text string) bool {
	if text == "" || len(text) > maxDigits {
		return false
	}
	t.digits = min(len(text), 9)
	for i := range len(text) {
		if !isDigit(text[i]) {
			return false
		}
		if i < 9 {
			t.nano = t.nano*10 + int(text[i]-'0')
		}
	}
	for range 9 - t.digits {
		t.nano *= 10
	}
	return true
}

// String is the moment to its precision.
func (t moment) String() string {
	var b strings.Builder
	if !t.clock {
		b.WriteString(fmt.Sprintf("%04d-%02d-%02d", t.year, t.month, t.day)[:[...]int{0, 4, 7, 10, 10, 10, 10}[t.precision]])
	}
	if t.precision < toHour {
		return b.String()
	}
	if !t.clock {
		b.WriteByte('T')
	}
	b.WriteString(fmt.Sprintf("%02d:%02d:%02d", t.hour, t.minute, t.second)[:[...]int{2, 5, 8}[t.precision-toHour]])
	if t.digits > 0 {
		b.WriteString("." + fmt.Sprintf("%09d", t.nano)[:t.digits])
	}
	switch {
	case t.zone && t.offset == 0:
		b.WriteByte('Z')
	case t.zone && t.offset < 0:
		fmt.Fprintf(&b, "-%02d:%02d", -t.offset/60, -t.offset%60)
	case t.zone:
		fmt.Fprintf(&b, "+%02d:%02d", t.offset/60, t.offset%60)
	}
	return b.String()
}

// at is the first instant of the moment, taken in UTC if it has no zone.
func (t moment) at() time.Time {
	if t.clock {
		return time.Date(1, 1, 1, t.hour, t.minute, t.second, t.nano, time.UTC)
	}
	return time.Date(t.year, time.Month(t.month), t.day, t.hour, t.minute-t.offset, t.second, t.nano, time.UTC)
}

// momentOf is a time to a precision on the clock of its zone.
func momentOf(at time.Time, p precision) moment {
	t := moment{year: at.Year(), month: int(at.Month()), day: at.Day(), precision: p}
	if p >= toHour {
		t.hour, t.minute, t.second, t.nano = at.Hour(), at.Minute(), at.Second(), at.Nanosecond()
	}
	return t
}

// hasTime tells whether there is a time of day.
func (t moment) hasTime() bool { return t.precision >= toHour }

// compare is -1, 0 or 1, if it is known: moments of different precision that are
// the same as far as both go are not known to be either
// (http://hl7.org/fhirpath/N1/#datetime-equality). The same holds where only one
// has a time zone, unless no zone could change the answer.
func (t moment) compare(o moment) (way int, known bool) {
	if t.hasTime() && o.hasTime() && t.zone != o.zone {
		return t.compareAcrossZones(o)
	}
	if t.zone && o.zone && t.offset != o.offset {
		t, o = t.inUTC(), o.inUTC()
	}
	a, b := t.fields(), o.fields()
	for i := range min(t.precision, o.precision) {
		if a[i] != b[i] {
			if a[i] < b[i] {
				return -1, true
			}
			return 1, true
		}
	}
	if t.precision != o.precision {
		return 0, false
	}
	return 0, true
}

// fields are the parts in order; the last is the second with its fraction.
func (t moment) fields() [toSecond]int {
	return [...]int{t.year, t.month, t.day, t.hour, t.minute, t.second*int(time.Second) + t.nano}
}

func (t moment) inUTC() moment {
	u := momentOf(t.at(), t.precision)
	u.zone = true
	return u
}

// Zones lie between 12 hours west and 14 hours east of UTC.
const (
	farthestEast = 14 * time.Hour
	farthestWest = 12 * time.Hour
)

func (t moment) compareAcrossZones(o moment) (way int, known bool) {
	if o.zone {
		way, known = o.compareAcrossZones(t)
		return -way, known
	}
	switch zoned, open := t.at(), o.at(); {
	case zoned.Before(open.Add(-farthestEast)):
		return -1, true
	case zoned.After(open.Add(farthestWest)):
		return 1, true
	}
	return 0, false
}
