package decision

import (
	"iter"
	"math/bits"
)

// Declarations is a set of declarations, as indexes into the statements the
// hearing was opened with. It holds the first 64 in place; only a person with
// more makes it allocate. Sets are not changed once a hearing has been opened.
type Declarations struct {
	first uint64
	more  []uint64 // indexes from 64, 64 to a word
}

// IsEmpty reports whether the set has no member.
func (d Declarations) IsEmpty() bool {
	if d.first != 0 {
		return false
	}
	for _, word := range d.more {
		if word != 0 {
			return false
		}
	}
	return true
}

// Len is the number of members.
func (d Declarations) Len() int {
	n := bits.OnesCount64(d.first)
	for _, word := range d.more {
		n += bits.OnesCount64(word)
	}
	return n
}

// All yields the indexes in ascending order.
func (d Declarations) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := d.next(0); i >= 0; i = d.next(i + 1) {
			if !yield(i) {
				return
			}
		}
	}
}

// next is the smallest member that is not below i, or -1.
func (d *Declarations) next(i int) int {
	for word := i / 64; word <= len(d.more); word++ {
		rest := d.word(word)
		if word == i/64 {
			rest &= ^uint64(0) << (i % 64)
		}
		if rest != 0 {
			return word*64 + bits.TrailingZeros64(rest)
		}
	}
	return -1
}

// contains reports whether i is a member.
func (d *Declarations) contains(i int) bool {
	return i/64 <= len(d.more) && d.word(i/64)&(1<<(i%64)) != 0
}

func (d *Declarations) word(n int) uint64 {
	if n == 0 {
		return d.first
	}
	return d.more[n-1]
}

func (d *Declarations) add(i int) {
	if i < 64 {
		d.first |= 1 << i
		return
	}
	for len(d.more) < i/64 {
		d.more = append(d.more, 0)
	}
	d.more[i/64-1] |= 1 << (i % 64)
}

func (d Declarations) union(other Declarations) Declarations {
	sum := Declarations{first: d.first | other.first}
	if len(d.more)+len(other.more) == 0 {
		return sum
	}
	sum.more = make([]uint64, max(len(d.more), len(other.more)))
	for i := range sum.more {
		if i < len(d.more) {
			sum.more[i] |= d.more[i]
		}
		if i < len(other.more) {
			sum.more[i] |= other.more[i]
		}
	}
	return sum
}
