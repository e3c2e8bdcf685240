package mongotest

import (
	"go.mongodb.org/mongo-driver/v2/bson"
)

// changed is the value that an operation makes of the old one.
func (op operation) changed(old any) (any, error) {
	switch _, isNew := old.(absent); {
	case isNew, op.operator == "$set", op.operator == "$setOnInsert":
		return decoded(op.value)
	}
	kind, data, err := bson.MarshalValue(old)
	if err != nil {
		return nil, err
	}
	before := bson.RawValue{Type: kind, Value: data}
	if op.operator == "$max" {
		if compare(op.value, before) > 0 {
			return decoded(op.value)
		}
		return old, nil
	}
	if !before.IsNumber() {
		return nil, failed(codeTypeMismatch, "Cannot apply $inc to a value of non-numeric type: '%s'", op.path)
	}
	return sum(before, op.value)
}

// sum has the wider of the two types, or the next one if that can't hold it.
func sum(a, b bson.RawValue) (any, error) {
	switch {
	case a.Type == bson.TypeDecimal128 || b.Type == bson.TypeDecimal128:
		return nil, failed(codeTypeMismatch, "mongotest does not reckon with Decimal128")
	case a.Type == bson.TypeDouble || b.Type == bson.TypeDouble:
		return a.AsFloat64() + b.AsFloat64(), nil
	}
	x, y := a.AsInt64(), b.AsInt64()
	total := x + y
	if y > 0 && total < x || y < 0 && total > x {
		return nil, failed(codeBadValue, "Failed to apply $inc operations to current value: overflow")
	}
	if a.Type == bson.TypeInt32 && b.Type == bson.TypeInt32 && total == int64(int32(total)) {
		return int32(total), nil
	}
	return total, nil
}
