package glob

import "slices"

// Overlaps reports whether some text fits both globs. Time is len(a) × len(b), and far less where they part early.
func Overlaps(a, b Glob) bool {
	reach, _ := Reached(a, b)
	return reach[len(b)]
}

// Reached says of each j whether some text fits both a and b[:j], where a star at j may go on. Work is what that took,
// in steps of some four nanoseconds.
func Reached(a, b Glob) (at []bool, work int) {
	// reach[j] says that a[:i] and b[:j] can stand for the same text; none does below low.
	reach, next := make([]bool, len(b)+1), make([]bool, len(b)+1)
	reach[0] = true
	for i, low := 0, 0; ; i++ {
		work += len(b) + 1 - low
		for j := low; j < len(b); j++ {
			skips := b[j].Many() || i < len(a) && a[i].Many() && meet(a[i], b[j])
			reach[j+1] = reach[j+1] || reach[j] && skips
		}
		if i == len(a) {
			return reach, work
		}
		low = after(a[i], b, reach, next, low)
		reach, next = next, reach
		if low < 0 {
			return reach, work
		}
	}
}

// after writes to next what can be reached behind the symbol s of the other side, and gives the first place of it;
// -1 where there is none.
func after(s Symbol, b Glob, reach, next []bool, low int) (first int) {
	clear(next)
	first = -1
	for j := low; j < len(reach); j++ {
		to := j
		switch {
		case !reach[j]:
			continue
		case s.Many():
		case j == len(b) || !meet(s, b[j]):
			continue
		case !b[j].Many():
			to = j + 1
		}
		next[to] = true
		if first < 0 {
			first = to
		}
	}
	return first
}

// meet reports whether some byte fits both symbols.
func meet(a, b Symbol) bool {
	if a.Kind == Exact && b.Kind == Exact {
		return a.Byte == b.Byte
	}
	if a.Kind == Digit || b.Kind == Digit {
		return slices.ContainsFunc([]byte("0123456789"), func(c byte) bool { return a.takes(c) && b.takes(c) })
	}
	for _, s := range [2]Symbol{a, b} {
		if s.Kind == Exact || s.Kind == fold {
			return slices.ContainsFunc(s.literals(), func(c byte) bool { return a.takes(c) && b.takes(c) })
		}
	}
	return true
}

// Pieces calls add for each piece of q that can begin where a text of before ends, and end where a text of behind
// begins, until the budget ends. A piece that fits every text is left out.
func (b *Budget) Pieces(before, q, behind Glob, add func(Glob)) {
	if !b.Spend((len(before) + len(behind) + 2) * len(q)) {
		return
	}
	from, _ := Reached(before, q)
	to, _ := Reached(behind.Reversed(), q.Reversed())
	for i := range from {
		for j := i; from[i] && j <= len(q); j++ {
			if !to[len(q)-j] {
				continue
			}
			if !b.Spend(20 + 2*(j-i)) {
				return
			}
			piece := slices.Clone(q[i:min(j+1, len(q))])
			if j < len(q) && !q[j].Many() {
				piece = piece[:j-i]
			}
			for k := range piece {
				if piece[k].Kind == Open {
					piece[k] = Symbol{Kind: Star}
				}
			}
			if slices.ContainsFunc(piece, func(s Symbol) bool { return s.Kind != Star }) || len(piece) == 0 {
				add(piece)
			}
		}
	}
}
