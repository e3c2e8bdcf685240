package fhirpath

import "math/big"

// prefixes of UCUM by their powers of ten (https://ucum.org/ucum, table 1).
var prefixes = map[string]int{
	"Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1,
	"d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24,
}

// definition is a unit in the terms of others.
type definition struct {
	factor string // a number or a fraction
	of     string // a unit; "" for a pure number
	metric bool   // takes prefixes
}

// bases are the units that all others come from.
var bases = map[string]dimension{
	"m": metre, "s": second, "g": gram, "rad": radian, "K": kelvin, "C": coulomb, "cd": candela,
}

// units are those in common use in health care (https://ucum.org/ucum, tables 5 to 15).
var units = map[string]definition{
	"10*": {"10", "", false}, "10^": {"10", "", false}, "%": {"1/100", "", false}, "[ppth]": {"1/1000", "", false},
	"[ppm]": {"1/1000000", "", false}, "[pi]": {"3.1415926535897932384626433832795", "", false},
	"mol": {"602213670000000000000000", "", true}, "eq": {"1", "mol", true}, "osm": {"1", "mol", true},
	"sr": {"1", "rad2", true}, "deg": {"3.1415926535897932384626433832795/180", "rad", false},
	"min": {"60", "s", false}, "h": {"60", "min", false}, "d": {"24", "h", false}, "wk": {"7", "d", false},
	"a": {"36525/100", "d", false}, "mo": {"36525/1200", "d", false}, "a_j": {"36525/100", "d", false}, "mo_j": {"36525/1200", "d", false},
	"Hz": {"1", "s-1", true}, "N": {"1000", "g.m/s2", true}, "Pa": {"1", "N/m2", true}, "J": {"1", "N.m", true},
	"W": {"1", "J/s", true}, "A": {"1", "C/s", true}, "V": {"1", "J/C", true}, "F": {"1", "C/V", true}, "Ohm": {"1", "V/A", true},
	"S": {"1", "Ohm-1", true}, "Wb": {"1", "V.s", true}, "T": {"1", "Wb/m2", true}, "H": {"1", "Wb/A", true},
	"lm": {"1", "cd.sr", true}, "lx": {"1", "lm/m2", true}, "Bq": {"1", "s-1", true}, "Gy": {"1", "J/kg", true}, "Sv": {"1", "J/kg", true},
	"kat": {"1", "mol/s", true}, "U": {"1", "umol/min", true}, "l": {"1", "dm3", true}, "L": {"1", "dm3", true},
	"t": {"1000", "kg", true}, "bar": {"100000", "Pa", true}, "u": {"1.6605402", "10*-24.g", true}, "eV": {"1.60217733", "10*-19.J", true},
	"cal": {"4.184", "J", true}, "[Cal]": {"1", "kcal", false}, "m[Hg]": {"133.322", "kPa", true}, "m[H2O]": {"9.80665", "kPa", true},
	"atm": {"101325", "Pa", false}, "[in_i]": {"2.54", "cm", false}, "[ft_i]": {"12", "[in_i]", false}, "[yd_i]": {"3", "[ft_i]", false},
	"[mi_i]": {"5280", "[ft_i]", false}, "[gr]": {"64.79891", "mg", false}, "[lb_av]": {"7000", "[gr]", false}, "[oz_av]": {"1/16", "[lb_av]", false},
	"[foz_us]": {"29.5735295625", "mL", false}, "[gal_us]": {"231", "[in_i]3", false}, "[drp]": {"1/20", "mL", false},
}

// special are units that compare to themselves only.
var special = map[string]bool{
	"[iU]": true, "[IU]": true, "[arb'U]": true, "[USP'U]": true, "[pH]": true, "Cel": true, "[degF]": true, "B": true,
	"[CFU]": true, "[PFU]": true, "[diop]": true, "[APL'U]": true, "[GPL'U]": true, "[MPL'U]": true, "[beth'U]": true, "[HPF]": true, "[LPF]": true,
}

// atom is a unit without power: as it is, or with a prefix.
func atom(name string) (unit, bool) {
	if u, ok := whole(name, false); ok {
		return u, true
	}
	for length := 1; length <= 2 && length < len(name); length++ {
		exponent, known := prefixes[name[:length]]
		if !known {
			continue
		}
		if u, ok := whole(name[length:], true); ok {
			p, ok := unit{factor: big.NewRat(10, 1)}.power(exponent)
			if !ok {
				return unit{}, false
			}
			return p.times(u)
		}
	}
	return unit{}, false
}

// whole is a unit without prefix; metric asks for one that takes prefixes.
func whole(name string, metric bool) (unit, bool) {
	if d, is := bases[name]; is {
		u := one()
		u.powers[d] = 1
		return u, true
	}
	if special[name] {
		u := one()
		u.powers[arbitrary], u.name = 1, name
		return u, name == "[iU]" || name == "[IU]" || name == "Cel" || name == "B" || !metric
	}
	d, known := units[name]
	if !known || metric && !d.metric {
		return unit{}, false
	}
	factor := fraction(d.factor)
	u := one()
	if d.of != "" {
		u, known = parseUnit(d.of)
	}
	u.factor = new(big.Rat).Mul(u.factor, factor)
	return u, known
}

// fraction reads a number of the table, which may be a decimal over a whole one.
func fraction(text string) *big.Rat {
	for i := range len(text) {
		if text[i] == '/' {
			return new(big.Rat).Quo(fraction(text[:i]), fraction(text[i+1:]))
		}
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return new(big.Rat)
	}
	return r
}
