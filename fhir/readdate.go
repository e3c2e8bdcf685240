package fhir

import (
	"errors"
	"time"
)

// What may be wrong with a date, as the end of a sentence.
var (
	errDateForm = errors.New("write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss, with Z or an offset such as +02:00")
	errNoYear   = errors.New("there is no year 0000")
	errNoMonth  = errors.New("there is no such month")
	errNoDay    = errors.New("there is no such day in that month")
	errNoTime   = errors.New("there is no such time of day")
	errNoOffset = errors.New("there is no such offset; they go from -14:00 to +14:00")
)

// reading is a date as it is read, and whether it was given with a zone.
type reading struct {
	date  Date
	zoned bool
}

// isInstant tells whether all of a FHIR instant is there, in the years that
// can be written again.
func (r reading) isInstant() bool {
	at := r.date.Start.UTC()
	return r.date.Precision >= ToSecond && r.zoned && !at.IsZero() && at.Year() > 0 && at.Year() < 10_000
}

func readDate(text string) (reading, error) {
	s := scanner{rest: text}
	c := calendar{month: 1, day: 1, precision: ToYear}
	c.year = s.digits(4)
	if s.accept('-') {
		c.month, c.precision = s.digits(2), ToMonth
		if s.accept('-') {
			c.day, c.precision = s.digits(2), ToDay
			if s.accept('T') {
				s.clock(&c)
			}
		}
	}
	if s.bad || s.rest != "" {
		return reading{}, errDateForm
	}
	if err := c.check(); err != nil {
		return reading{}, err
	}
	return reading{Date{c.start(), c.precision, c.step}, c.zoned}, nil
}

// calendar is what a date says, in the order it says it.
type calendar struct {
	year, month, day, hour, minute, second, nano int

	precision Precision
	step      time.Duration // of a time, how exactly it was given
	zoned     bool
	offset    time.Duration // of the zone, east of Greenwich
}

func (c *calendar) start() time.Time {
	zone := time.UTC
	if !c.zoned {
		zone = mustZone()
	}
	return time.Date(c.year, time.Month(c.month), c.day, c.hour, c.minute, c.second, c.nano, zone).Add(-c.offset)
}

func (c *calendar) check() error {
	switch {
	case c.year == 0:
		return errNoYear
	case c.month < 1 || c.month > 12:
		return errNoMonth
	case !isDay(c.year, c.month, c.day):
		return errNoDay
	case c.hour > 23, c.minute > 59, c.second > 60: // 60 is a leap second, the first of the next minute
		return errNoTime
	case c.offset < -14*time.Hour, c.offset > 14*time.Hour:
		return errNoOffset
	}
	return nil
}

// isDay tells whether the Gregorian calendar has that day.
func isDay(year, month, day int) bool {
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	return day <= 28 || time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() == day
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

// expect is accept of what must be there.
func (s *scanner) expect(c byte) { s.bad = !s.accept(c) }

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

func (s *scanner) clock(c *calendar) {
	c.hour = s.digits(2)
	s.expect(':')
	c.minute, c.precision, c.step = s.digits(2), ToMinute, time.Minute
	if s.accept(':') {
		c.second, c.precision, c.step = s.digits(2), ToSecond, time.Second
		if s.accept('.') {
			s.fraction(c)
		}
	}
	s.zone(c)
}

// fraction reads digits after the point. Those after the ninth are cut, since
// time has no finer grain here.
func (s *scanner) fraction(c *calendar) {
	unit, read := int(time.Second), 0
	for s.rest != "" && s.rest[0] >= '0' && s.rest[0] <= '9' {
		unit /= 10
		c.nano += int(s.rest[0]-'0') * unit
		s.rest = s.rest[1:]
		if read++; read <= 6 {
			c.step = time.Duration(unit)
		}
	}
	c.precision = ToFraction
	s.bad = s.bad || read == 0
}

func (s *scanner) zone(c *calendar) {
	east := s.accept('+')
	switch {
	case east, s.accept('-'):
		hours := s.digits(2)
		s.expect(':')
		minutes := s.digits(2)
		c.zoned, c.offset = true, time.Duration(hours)*time.Hour+time.Duration(minutes)*time.Minute
		if minutes > 59 {
			c.offset = 24 * time.Hour // none goes so far
		}
		if !east {
			c.offset = -c.offset
		}
	case s.accept('Z'):
		c.zoned = true
	}
}
