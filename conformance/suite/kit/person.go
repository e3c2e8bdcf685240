package kit

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"time"
)

// variables are texts by name.
type variables map[string]string

// and is the variables with others over them.
func (v variables) and(more variables) variables {
	all := maps.Clone(v)
	maps.Copy(all, more)
	return all
}

// own are the variables that the case has to itself, the number-th of a run
// with the seed.
func own(seed uint64, number int) variables {
	token := word(seed, number)
	v := variables{
		"person": identityCode(seed, 2*number), "person2": identityCode(seed, 2*number+1),
		"id": "suite-" + token + "-a", "id2": "suite-" + token + "-b", "id3": "suite-" + token + "-c",
		"key": "key-" + token,
	}
	for i := 1; i <= 9; i++ {
		v[fmt.Sprintf("uuid%d", i)] = uuid(seed, number, i)
	}
	return v
}

func digest(seed uint64, number, part int) [sha256.Size]byte {
	var source []byte
	source = binary.BigEndian.AppendUint64(source, seed)
	source = binary.BigEndian.AppendUint32(source, uint32(number))
	source = binary.BigEndian.AppendUint32(source, uint32(part))
	return sha256.Sum256(source)
}

// word is ten letters. Digits could by chance look like an identity code, and
// those are refused in URLs.
func word(seed uint64, number int) string {
	sum := digest(seed, number, 0)
	letters := make([]byte, 10)
	for i := range letters {
		letters[i] = 'a' + sum[i]%26
	}
	return string(letters)
}

// uuid is one of version 8 (RFC 9562), made of a digest.
func uuid(seed uint64, number, part int) string {
	b := digest(seed, number, part)
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// checkCharacters are those of the identity code: the remainder by 31 of the
// date and the individual number, read as one number, picks one.
const checkCharacters = "0123456789ABCDEFHJKLMNPRSTUVWXY"

// centuries are the signs that the 1900s have since 2023.
const centuries = "-YXWVU"

// The made-up persons are born on these many days from 1 January 1935, so that
// all are adults, and have individual numbers from 900 to 999, which no real
// person has.
const (
	birthdays = 20_000
	numbers   = 100
	everybody = birthdays * numbers * len(centuries)
	// step has no divisor in common with everybody: a run meets each person once.
	step = 7_654_321
)

// identityCode is that of a made-up person. Two persons of a run are the same
// only after everybody else had a turn.
func identityCode(seed uint64, number int) string {
	sum := digest(seed, 0, 0)
	start := binary.BigEndian.Uint64(sum[:]) % uint64(everybody)
	at := int((start + uint64(number)*step) % uint64(everybody))
	century, at := centuries[at%len(centuries)], at/len(centuries)
	individual, day := 900+at%numbers, at/numbers
	born := time.Date(1935, 1, 1+day, 0, 0, 0, 0, time.UTC).Format("020106")
	var remainder int
	for _, digit := range fmt.Sprintf("%s%03d", born, individual) {
		remainder = (remainder*10 + int(digit-'0')) % len(checkCharacters)
	}
	return fmt.Sprintf("%s%c%03d%c", born, century, individual, checkCharacters[remainder])
}
