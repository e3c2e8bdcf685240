package fhirpath

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// decimal is an exact number: coef / 10^scale. The scale is kept as written, so
// that 1.10 stays 1.10. The zero decimal is 0. It is immutable.
type decimal struct {
	coef  *big.Int
	scale int32 // never negative
}

// maxDigits bounds a number; R4 and FHIRPath ask for 18 and 28.
const maxDigits = 100

var ten = big.NewInt(10)

func pow10(n int32) *big.Int { return new(big.Int).Exp(ten, big.NewInt(int64(n)), nil) }

func decimalOf(n int64) decimal { return decimal{coef: big.NewInt(n)} }

func (d decimal) int() *big.Int {
	if d.coef == nil {
		return new(big.Int)
	}
	return d.coef
}

// parseDecimal reads a number as JSON and FHIRPath write it. It is not ok if
// there are too many digits, or as many zeros by its exponent.
func parseDecimal(text string) (decimal, bool) {
	mantissa, exponent := text, 0
	if e := strings.IndexAny(text, "eE"); e >= 0 {
		n, err := strconv.Atoi(text[e+1:])
		if err != nil || n > maxDigits || n < -maxDigits {
			return decimal{}, false
		}
		mantissa, exponent = text[:e], n
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole, "+-") + fraction
	if digits == "" || len(digits) > maxDigits || strings.Trim(digits, "0123456789") != "" || len(whole)+len(fraction)-len(digits) > 1 {
		return decimal{}, false
	}
	coef, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		return decimal{}, false
	}
	if strings.HasPrefix(whole, "-") {
		coef.Neg(coef)
	}
	scale := int32(len(fraction) - exponent)
	if scale < 0 {
		coef, scale = coef.Mul(coef, pow10(-scale)), 0
	}
	return decimal{coef, scale}, true
}

// String writes the digits with the scale as it is.
func (d decimal) String() string {
	digits := new(big.Int).Abs(d.int()).String()
	sign := ""
	if d.int().Sign() < 0 {
		sign = "-"
	}
	if d.scale == 0 {
		return sign + digits
	}
	if short := int(d.scale) + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	point := len(digits) - int(d.scale)
	return sign + digits[:point] + "." + digits[point:]
}

// fits tells whether a result is within bounds.
func (d decimal) fits() bool {
	return d.scale <= maxDigits && d.int().BitLen() <= maxDigits*10/3
}

// scaled is the coefficient at a scale no less than its own.
func (d decimal) scaled(scale int32) *big.Int {
	if scale == d.scale {
		return d.int()
	}
	return new(big.Int).Mul(d.int(), pow10(scale-d.scale))
}

func (d decimal) cmp(o decimal) int {
	scale := max(d.scale, o.scale)
	return d.scaled(scale).Cmp(o.scaled(scale))
}

func (d decimal) sign() int { return d.int().Sign() }

func (d decimal) neg() decimal { return decimal{new(big.Int).Neg(d.int()), d.scale} }

func (d decimal) abs() decimal { return decimal{new(big.Int).Abs(d.int()), d.scale} }

func (d decimal) add(o decimal) decimal {
	scale := max(d.scale, o.scale)
	return decimal{new(big.Int).Add(d.scaled(scale), o.scaled(scale)), scale}
}

func (d decimal) mul(o decimal) decimal {
	return decimal{new(big.Int).Mul(d.int(), o.int()), d.scale + o.scale}
}

// quotientScale is how many decimals a quotient has at least that does not end.
const quotientScale = 20

// quo is d / o to the nearest, without zeros at the end; o is not 0.
func (d decimal) quo(o decimal) decimal {
	return fromRat(new(big.Rat).Quo(d.rat(), o.rat()), max(quotientScale, d.scale, o.scale)).trimmed()
}

// div is the whole part of d / o, mod what is left; o is not 0.
func (d decimal) div(o decimal) decimal {
	scale := max(d.scale, o.scale)
	return decimal{coef: new(big.Int).Quo(d.scaled(scale), o.scaled(scale))}
}

func (d decimal) mod(o decimal) decimal {
	scale := max(d.scale, o.scale)
	return decimal{new(big.Int).Rem(d.scaled(scale), o.scaled(scale)), scale}
}

func (d decimal) rat() *big.Rat { return new(big.Rat).SetFrac(d.int(), pow10(d.scale)) }

// fromRat rounds half away from zero.
func fromRat(r *big.Rat, scale int32) decimal {
	num := new(big.Int).Mul(new(big.Int).Abs(r.Num()), pow10(scale))
	num.Lsh(num, 1).Add(num, r.Denom())
	num.Quo(num, new(big.Int).Lsh(r.Denom(), 1))
	if r.Sign() < 0 {
		num.Neg(num)
	}
	return decimal{num, scale}
}

// trimmed has no zeros at the end of its fraction.
func (d decimal) trimmed() decimal {
	coef, scale := new(big.Int).Set(d.int()), d.scale
	for quotient, rest := new(big.Int), new(big.Int); scale > 0; scale-- {
		if quotient.QuoRem(coef, ten, rest); rest.Sign() != 0 {
			break
		}
		coef.Set(quotient)
	}
	return decimal{coef, scale}
}

// rounded has the scale, to the nearest and half away from zero.
func (d decimal) rounded(scale int32) decimal {
	if scale >= d.scale {
		return decimal{d.scaled(scale), scale}
	}
	return fromRat(d.rat(), scale)
}

// truncated has the scale, cut off towards zero.
func (d decimal) truncated(scale int32) decimal {
	if scale >= d.scale {
		return decimal{d.scaled(scale), scale}
	}
	return decimal{new(big.Int).Quo(d.int(), pow10(d.scale-scale)), scale}
}

// floor is the whole number at or below d.
func (d decimal) floor() decimal {
	if t := d.truncated(0); d.sign() >= 0 || t.cmp(d) == 0 {
		return t
	}
	return d.truncated(0).add(decimalOf(-1))
}

func (d decimal) float() float64 {
	f, _ := d.rat().Float64()
	return f
}

// fromFloat takes fifteen digits, as many as a float is good for.
func fromFloat(f float64) (decimal, bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return decimal{}, false
	}
	d, ok := parseDecimal(strconv.FormatFloat(f, 'e', 14, 64))
	return d.trimmed(), ok
}

// integer is d as an Integer, if it is one in range.
func (d decimal) integer() (int64, bool) {
	t := d.truncated(0)
	if t.cmp(d) != 0 || !t.int().IsInt64() {
		return 0, false
	}
	n := t.int().Int64()
	return n, n >= math.MinInt32 && n <= math.MaxInt32
}
