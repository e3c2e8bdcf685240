package search

import "time"

// unit is the precision of a date.
type unit uint8

const (
	year unit = iota
	month
	day
	minute
	second
	fraction
)

// moment is a date as it was written: what it says and how precisely.
type moment struct {
	year, month, day, hour, minute, second, micro int

	precision unit
	step      int // the length of a fraction's last digit, in microseconds
	offset    int // of the zone, in seconds east of zone
	zone      *time.Location
}

// low is the first microsecond of what the moment may mean, high the first
// after it.
func (m moment) low() int64  { return m.shifted(0) }
func (m moment) high() int64 { return m.shifted(1) }

// shifted is the start of the unit that lies n units later. A day of summer
// time's begin has 23 hours, as the calendar has it.
func (m moment) shifted(n int) int64 {
	switch m.precision {
	case year:
		m.year += n
	case month:
		m.month += n
	case day:
		m.day += n
	case minute:
		m.minute += n
	case second:
		m.second += n
	case fraction:
		m.micro += n * m.step
	}
	t := time.Date(m.year, time.Month(m.month), m.day, m.hour, m.minute, m.second, 0, m.zone)
	return t.UnixMicro() + int64(m.micro) - int64(m.offset)*1e6
}

// What may be wrong with a date, as the end of a sentence.
const (
	faultForm  = "write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss, with Z or an offset such as +02:00"
	faultYear  = "there is no year 0000"
	faultMonth = "there is no such month"
	faultDay   = "there is no such day in that month"
	faultTime  = "there is no such time of day"
	faultZone  = "there is no such offset; they go from -14:00 to +14:00"
)

// readMoment reads a date, dateTime or instant
// (https://hl7.org/fhir/R4/datatypes.html#dateTime) and, as searches allow,
// one without seconds or zone, which is then local. The fault is "" if there
// is none.
func readMoment(text string, zone *time.Location) (m moment, fault string) {
	s := scanner{rest: text}
	m = moment{month: 1, day: 1, zone: zone}
	m.year = s.digits(4)
	if s.accept('-') {
		m.month, m.precision = s.digits(2), month
		if s.accept('-') {
			m.day, m.precision = s.digits(2), day
			if s.accept('T') {
				s.clock(&m)
			}
		}
	}
	if s.bad || s.rest != "" {
		return moment{}, faultForm
	}
	return m, m.fault()
}

func (m moment) fault() string {
	switch {
	case m.year == 0:
		return faultYear
	case m.month < 1 || m.month > 12:
		return faultMonth
	case m.day < 1 || m.day > daysIn(m.year, m.month):
		return faultDay
	case m.hour > 23, m.minute > 59, m.second > 60: // 60 is a leap second
		return faultTime
	case m.offset < -14*3600, m.offset > 14*3600:
		return faultZone
	}
	return ""
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// scanner reads from the start of a text. After a fault it reads nothing more.
type scanner struct {
	rest string
	bad  bool
}

func (s *scanner) accept(c byte) bool {
	if s.bad || s.rest == "" || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

func (s *scanner) digits(n int) int {
	if s.bad || len(s.rest) < n {
		s.bad = true
		return 0
	}
	number := 0
	for i := range n {
		c := s.rest[i]
		if c < '0' || c > '9' {
			s.bad = true
			return 0
		}
		number = number*10 + int(c-'0')
	}
	s.rest = s.rest[n:]
	return number
}

func (s *scanner) clock(m *moment) {
	m.hour = s.digits(2)
	s.bad = !s.accept(':')
	m.minute, m.precision = s.digits(2), minute
	if s.accept(':') {
		m.second, m.precision = s.digits(2), second
		if s.accept('.') {
			s.fraction(m)
		}
	}
	s.zone(m)
}

// fraction reads digits after the point. Those after the sixth are less than a
// microsecond and don't count.
func (s *scanner) fraction(m *moment) {
	m.precision, m.step = fraction, 1e6
	read := 0
	for s.rest != "" && s.rest[0] >= '0' && s.rest[0] <= '9' {
		if m.step > 1 {
			m.step /= 10
			m.micro += int(s.rest[0]-'0') * m.step
		}
		s.rest = s.rest[1:]
		read++
	}
	s.bad = s.bad || read == 0
}

func (s *scanner) zone(m *moment) {
	east := s.accept('+')
	switch {
	case east, s.accept('-'):
		hours := s.digits(2)
		s.bad = !s.accept(':')
		minutes := s.digits(2)
		m.zone, m.offset = time.UTC, hours*3600+minutes*60
		if minutes > 59 {
			m.offset = 24 * 3600
		}
		if !east {
			m.offset = -m.offset
		}
	case s.accept('Z'):
		m.zone = time.UTC
	}
}
