package mongotest

import (
	"bytes"
	"cmp"
	"math"
	"math/big"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// missing is the value of a field that is not there.
var missing = bson.RawValue{}

// rank is the place of a type in MongoDB's order of all values
// (https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/). A
// missing field has null's.
func rank(t bson.Type) int {
	switch t {
	case bson.TypeMinKey:
		return 0
	case bson.TypeUndefined:
		return 1
	case 0, bson.TypeNull:
		return 2
	case bson.TypeInt32, bson.TypeInt64, bson.TypeDouble:
		return 3
	case bson.TypeDecimal128:
		return 4
	case bson.TypeSymbol, bson.TypeString:
		return 5
	case bson.TypeEmbeddedDocument:
		return 6
	case bson.TypeArray:
		return 7
	case bson.TypeBinary:
		return 8
	case bson.TypeObjectID:
		return 9
	case bson.TypeBoolean:
		return 10
	case bson.TypeDateTime:
		return 11
	case bson.TypeTimestamp:
		return 12
	case bson.TypeRegex:
		return 13
	case bson.TypeMaxKey:
		return 15
	}
	return 14
}

// compare orders any two values: by type, and within one by value. Decimal128,
// and what only JavaScript needs, are in the order of their bytes.
func compare(a, b bson.RawValue) int {
	if byType := cmp.Compare(rank(a.Type), rank(b.Type)); byType != 0 {
		return byType
	}
	switch a.Type {
	case 0, bson.TypeNull:
		return 0
	case bson.TypeInt32, bson.TypeInt64, bson.TypeDouble:
		return compareNumbers(a, b)
	case bson.TypeString, bson.TypeSymbol:
		return bytes.Compare(text(a), text(b))
	case bson.TypeEmbeddedDocument, bson.TypeArray:
		return compareElements(bson.Raw(a.Value), bson.Raw(b.Value), a.Type == bson.TypeArray)
	case bson.TypeBinary:
		return compareBinaries(a, b)
	case bson.TypeDateTime:
		return cmp.Compare(a.DateTime(), b.DateTime())
	case bson.TypeTimestamp:
		at, ai := a.Timestamp()
		bt, bi := b.Timestamp()
		return cmp.Or(cmp.Compare(at, bt), cmp.Compare(ai, bi))
	}
	return bytes.Compare(a.Value, b.Value)
}

// text is the string of a string or a symbol as it lies there, between its length
// and a zero.
func text(v bson.RawValue) []byte { return v.Value[4 : len(v.Value)-1] }

// compareNumbers compares exactly: an int64 may have more digits than a double.
func compareNumbers(a, b bson.RawValue) int {
	if a.Type != bson.TypeDouble && b.Type != bson.TypeDouble {
		return cmp.Compare(a.AsInt64(), b.AsInt64())
	}
	if isNaN(a) || isNaN(b) { // less than every number
		return cmp.Compare(a.AsFloat64(), b.AsFloat64())
	}
	return exact(a).Cmp(exact(b))
}

func exact(v bson.RawValue) *big.Float {
	if v.Type == bson.TypeDouble {
		return big.NewFloat(v.Double())
	}
	return new(big.Float).SetInt64(v.AsInt64())
}

func isNaN(v bson.RawValue) bool { return v.Type == bson.TypeDouble && math.IsNaN(v.Double()) }

// compareElements compares one after the other: the types of two elements, then
// their names, then their values. What ends first is less.
func compareElements(a, b bson.Raw, array bool) int {
	as, _ := a.Elements()
	bs, _ := b.Elements()
	for i := range min(len(as), len(bs)) {
		x, y := as[i].Value(), bs[i].Value()
		order := cmp.Compare(rank(x.Type), rank(y.Type))
		if order == 0 && !array {
			order = strings.Compare(as[i].Key(), bs[i].Key())
		}
		if order = cmp.Or(order, compare(x, y)); order != 0 {
			return order
		}
	}
	return cmp.Compare(len(as), len(bs))
}

// compareBinaries compares the length first, then the subtype.
func compareBinaries(a, b bson.RawValue) int {
	as, ab := a.Binary()
	bs, bb := b.Binary()
	return cmp.Or(cmp.Compare(len(ab), len(bb)), cmp.Compare(as, bs), bytes.Compare(ab, bb))
}

// sameKind tells whether $gt and the like may compare the two: values of
// different types are neither greater nor less. A bound that is the least or the
// greatest of all types bounds them all.
func sameKind(v, bound bson.RawValue) bool {
	switch {
	case bound.Type == bson.TypeMinKey, bound.Type == bson.TypeMaxKey:
		return true
	case isNaN(v) != isNaN(bound):
		return false
	}
	return rank(v.Type) == rank(bound.Type)
}

// identity is equal for values that compare as equal, as far as they are numbers
// or no documents: 1 is one and the same id whatever its type.
func identity(v bson.RawValue) string {
	switch v.Type {
	case bson.TypeDouble:
		if f := v.Double(); f == math.Trunc(f) && math.Abs(f) < 1<<62 {
			return "#" + strconv.FormatInt(int64(f), 10)
		}
	case bson.TypeInt32, bson.TypeInt64:
		return "#" + strconv.FormatInt(v.AsInt64(), 10)
	case 0:
		return string(rune(bson.TypeNull))
	}
	return string(rune(v.Type)) + string(v.Value)
}
