package fhirpath

import (
	"math/big"
	"time"
)

// calendarStep is a unit in which dates and times move.
type calendarStep uint8

const (
	milliseconds calendarStep = iota + 1
	seconds
	minutes
	hours
	days
	weeks
	months
	years
)

// calendarSteps are the units by their names in the calendar, and in UCUM as far
// as their length is fixed.
var calendarSteps = map[string]calendarStep{
	"millisecond": milliseconds, "second": seconds, "minute": minutes, "hour": hours,
	"day": days, "week": weeks, "month": months, "year": years,
	"ms": milliseconds, "s": seconds, "min": minutes, "h": hours, "d": days, "wk": weeks,
}

// lengths of the units that have one, in nanoseconds.
var lengths = map[calendarStep]int64{
	milliseconds: int64(time.Millisecond), seconds: int64(time.Second), minutes: int64(time.Minute),
	hours: int64(time.Hour), days: int64(24 * time.Hour), weeks: int64(7 * 24 * time.Hour),
}

// moved is a date or time moved by a time-valued quantity, to the precision it
// has (http://hl7.org/fhirpath/N1/#datetime-arithmetic). fits is false for a
// quantity that is no time, or a year or month of UCUM, which the calendar does
// not have; ok is false if the result is beyond the calendar.
func moved(v, by Value, back bool) (result Value, ok, fits bool) {
	step, known := calendarSteps[by.text]
	t := v.box.moment
	if !known || t.clock && step > hours {
		return Value{}, false, false
	}
	amount := by.box.decimal
	if back {
		amount = amount.neg()
	}
	if step > seconds { // only seconds have a fraction that counts
		amount = amount.truncated(0)
	}
	if step >= months {
		t, ok = t.addMonths(amount, step == years)
	} else {
		t, ok = t.addTime(amount, lengths[step])
	}
	return momentValue(v.kind, t), ok, true
}

// farthest is more months, and more days, than the calendar has.
const farthest = 12 * 400_000

// addMonths keeps to the end of a shorter month.
func (t moment) addMonths(amount decimal, inYears bool) (moment, bool) {
	n, ok := amount.integer()
	if !ok || n > farthest || n < -farthest {
		return moment{}, false
	}
	switch {
	case inYears:
		n *= 12
	case t.precision == toYear:
		n -= n % 12
	}
	month := int64(t.year)*12 + int64(t.month-1) + n
	if month < 12 || month >= 10_000*12 {
		return moment{}, false
	}
	t.year, t.month = int(month/12), int(month%12)+1
	t.day = min(t.day, daysIn(t.year, t.month))
	return t, true
}

// addTime adds a time of so many units. What is finer than the precision is
// converted to it, a year having 365 days and a month 30, and cut off.
func (t moment) addTime(amount decimal, length int64) (moment, bool) {
	total := new(big.Int).Mul(amount.int(), big.NewInt(length))
	total.Quo(total, pow10(amount.scale))
	switch t.precision {
	case toYear:
		n := new(big.Int).Quo(total, big.NewInt(365*lengths[days]))
		return t.addMonths(decimal{coef: n}, true)
	case toMonth:
		n := new(big.Int).Quo(total, big.NewInt(30*lengths[days]))
		return t.addMonths(decimal{coef: n}, false)
	}
	coarse := [...]int64{lengths[days], lengths[hours], lengths[minutes], 1}[t.precision-toDay]
	total.Sub(total, new(big.Int).Rem(total, big.NewInt(coarse)))
	return t.addNanoseconds(total)
}

func (t moment) addNanoseconds(total *big.Int) (moment, bool) {
	whole, rest := new(big.Int).QuoRem(total, big.NewInt(lengths[days]), new(big.Int))
	if t.clock { // goes round
		whole.SetInt64(0)
		t.year, t.month, t.day = 2000, 1, 2
	}
	if !whole.IsInt64() || whole.Int64() > farthest || whole.Int64() < -farthest {
		return moment{}, false
	}
	at := time.Date(t.year, time.Month(t.month), t.day+int(whole.Int64()), t.hour, t.minute, t.second, t.nano, time.UTC)
	at = at.Add(time.Duration(rest.Int64()))
	result := momentOf(at, t.precision)
	if t.clock {
		result.year, result.month, result.day = 0, 0, 0
	}
	result.zone, result.offset, result.clock, result.digits = t.zone, t.offset, t.clock, t.digits
	for unit := int(time.Second); result.digits < 9; result.digits++ {
		if u := unit / tenTo(result.digits); result.nano%u == 0 {
			break
		}
	}
	return result, at.Year() >= 1 && at.Year() <= 9999
}

func tenTo(n int) int {
	power := 1
	for range n {
		power *= 10
	}
	return power
}
