package authz

import (
	"encoding/binary"
	"math/bits"
	"strings"
)

// places is a set of places in a text, one bit each: where the elements of a pattern that were taken so far can end. The
// next element moves all of them at once, 64 in a step.
type places struct {
	text string
	here []uint64
	from int    // no word of here before it has a bit
	mask uint64 // of the last word, the bits that are places of the text: its end is one
	// planes hold the text by bits: bit i of plane k is bit k of byte i. They are laid when they are first asked for.
	planes [][8]uint64
	inPart []uint64 // the places before a byte that is no colon
	laid   bool
}

// shortWords are enough for each place of 2,048 bytes, the longest ARN that AWS makes.
const shortWords = 2048/64 + 1

// matchAll follows every split at once. Time is elements × length / 64; it allocates nothing for a text as short as
// AWS's are. A variable of unknown value stands for anything.
func matchAll(es []element, s string, c *Context) bool {
	var here [shortWords]uint64
	var inPart [shortWords]uint64
	var planes [shortWords][8]uint64
	p := places{text: s}
	words := len(s)/64 + 1
	if words > shortWords {
		p.here, p.inPart, p.planes = make([]uint64, words), make([]uint64, words), make([][8]uint64, words)
	} else {
		p.here, p.inPart, p.planes = here[:words], inPart[:words], planes[:words]
	}
	p.here[0] = 1
	p.mask = 2<<(len(s)%64) - 1
	for i := range es {
		if p.move(&es[i], c); p.none() {
			return false
		}
	}
	return p.here[words-1]>>(len(s)%64)&1 == 1
}

// move takes every place over an element.
func (p *places) move(e *element, c *Context) {
	switch e.kind {
	case star:
		p.spread()
	case bound:
		p.spreadToColon()
	case one:
		p.shift()
	case literal, variable:
		text, t := e.value(c)
		if t == Maybe {
			p.spread()
			return
		}
		p.take(text)
	}
}

// none reports whether no place is left; it skips words that are empty.
func (p *places) none() bool {
	for p.from < len(p.here) && p.here[p.from] == 0 {
		p.from++
	}
	return p.from == len(p.here)
}

// trim strikes out what is behind the end of the text.
func (p *places) trim() { p.here[len(p.here)-1] &= p.mask }

// spread is the step of a star: every place behind the first. There must be one.
func (p *places) spread() {
	w := &p.here[p.from]
	*w |= -(*w & -*w)
	for i := p.from + 1; i < len(p.here); i++ {
		p.here[i] = ^uint64(0)
	}
	p.trim()
}

// spreadToColon is the step of a bound star. Adding a place to the run of ones that it begins carries to the end
// of the run; the bits that the sum changed are those that the place reaches.
func (p *places) spreadToColon() {
	p.lay()
	carry := uint64(0)
	for i := p.from; i < len(p.here); i++ {
		var sum uint64
		sum, carry = bits.Add64(p.here[i]&p.inPart[i], p.inPart[i], carry)
		p.here[i] |= sum ^ p.inPart[i]
	}
	p.trim()
}

// shift is the step of a question mark.
func (p *places) shift() {
	carry := uint64(0)
	for i := p.from; i < len(p.here); i++ {
		w := p.here[i]
		p.here[i] = w<<1 | carry
		carry = w >> 63
	}
	p.trim()
}

// take is the step of a literal: place by place where there are few of them, else byte by byte.
func (p *places) take(text string) {
	n := 0
	for _, w := range p.here[p.from:] {
		n += bits.OnesCount64(w)
	}
	words := len(p.here) - p.from
	byBytes := 3 * len(text) * words
	if !p.laid {
		byBytes += 100 * len(p.here) // what the planes cost
	}
	if n*(4+len(text)/64) <= byBytes {
		p.takeEach(text)
		return
	}
	p.lay()
	for i := 0; i < len(text) && !p.none(); i++ {
		p.takeByte(text[i])
	}
}

func (p *places) takeByte(b byte) {
	carry := uint64(0)
	for i := p.from; i < len(p.here); i++ {
		w := p.here[i] & where(&p.planes[i], b)
		p.here[i] = w<<1 | carry
		carry = w >> 63
	}
	p.trim()
}

// takeEach begins with the last place, so that none is moved twice.
func (p *places) takeEach(text string) {
	for i := len(p.here) - 1; i >= p.from; i-- {
		w := p.here[i]
		p.here[i] = 0
		for w != 0 {
			bit := bits.Len64(w) - 1
			w &^= 1 << bit
			if at := i*64 + bit; strings.HasPrefix(p.text[at:], text) {
				at += len(text)
				p.here[at/64] |= 1 << (at % 64)
			}
		}
	}
}

// lay fills planes and inPart.
func (p *places) lay() {
	if p.laid {
		return
	}
	p.laid = true
	for i := range p.planes {
		var block [64]byte
		copy(block[:], p.text[i*64:])
		plane := &p.planes[i]
		for j := range 8 {
			byBits := transposed(binary.LittleEndian.Uint64(block[8*j:]))
			for k := range plane {
				plane[k] |= byBits >> (8 * k) & 0xff << (8 * j)
			}
		}
		p.inPart[i] = ^where(plane, ':')
	}
	p.inPart[len(p.inPart)-1] &= p.mask >> 1 // nothing goes on behind the end
}

// transposed mirrors a matrix of 8 × 8 bits: bit k of byte i becomes bit i of byte k. It swaps single bits of
// matrices of 2 × 2, then these in matrices of 4 × 4, then those.
func transposed(x uint64) uint64 {
	t := (x ^ x>>7) & 0x00aa00aa00aa00aa
	x ^= t ^ t<<7
	t = (x ^ x>>14) & 0x0000cccc0000cccc
	x ^= t ^ t<<14
	t = (x ^ x>>28) & 0x00000000f0f0f0f0
	return x ^ t ^ t<<28
}

// where has a bit for each of 64 bytes that is b.
func where(plane *[8]uint64, b byte) uint64 {
	all := ^uint64(0)
	for k := range plane {
		all &= plane[k] ^ (uint64(b>>k&1) - 1)
	}
	return all
}
