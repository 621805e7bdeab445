package policy

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ambit-iam/ambit/internal/source"
)

// Spot is a piece of a document: a value, or a member with its name.
type Spot struct {
	Pointer string // RFC 6901, of the value
	Start   source.Pos
	End     int // byte offset behind it
}

// Range is a half-open range of runes in an excerpt.
type Range struct{ Start, End int }

// Spot is where a value of this document stands; that of a nil node, or of one from elsewhere, is the zero Spot.
func (d *Document) Spot(n *Node) Spot {
	pointer, _, ok := d.find(n)
	if !ok {
		return Spot{}
	}
	return Spot{pointer, n.Pos, n.End}
}

// MemberSpot is where a member's value stands with its name: `"aws:SourceIp": "10.0.0.0/8"`. What is no member of an
// object stands alone.
func (d *Document) MemberSpot(n *Node) Spot {
	pointer, name, ok := d.find(n)
	if !ok {
		return Spot{}
	}
	if name < 0 {
		return Spot{pointer, n.Pos, n.End}
	}
	return Spot{pointer, source.File{Text: d.Text}.Pos(name), n.End}
}

// MemberOrValue is the spot of a string by itself, and of anything else, such as a list or NotAction, with its name.
func (d *Document) MemberOrValue(n *Node) Spot {
	spot := d.Spot(n)
	if name := spot.Pointer[strings.LastIndexByte(spot.Pointer, '/')+1:]; n != nil && n.Kind == String && !strings.HasPrefix(name, "Not") {
		return spot
	}
	return d.MemberSpot(n)
}

// find is the pointer of a node, and the offset of the name where it is a member of an object, else -1.
func (d *Document) find(n *Node) (pointer string, name int, ok bool) {
	if n == nil || d.Root == nil {
		return "", -1, false
	}
	var path []byte
	at, name := d.Root, -1
	for at != n {
		switch i := at.childAt(n.Pos.Offset); {
		case i < 0:
			return "", -1, false
		case at.Kind == List:
			path, name = strconv.AppendInt(append(path, '/'), int64(i), 10), -1
			at = at.Items[i]
		default:
			path, name = append(append(path, '/'), pointerEscapes.Replace(at.Members[i].Name)...), at.Members[i].Offset
			at = at.Members[i].Value
		}
	}
	return string(path), name, true
}

// Excerpt is Snippet with the spots in it, whose ranges come in the order that they were given, cut to what is shown;
// a spot that is not shown has an empty range. Where limit leaves no room for all, the first spot is kept in view,
// with a third of the room before it; what is left out stands as "…".
func (d *Document) Excerpt(n *Node, limit int, spots ...Spot) (string, []Range) {
	ranges := make([]Range, len(spots))
	if n == nil || limit <= 0 || n.End > len(d.Text) {
		return "", ranges
	}
	if text := d.Text[n.Pos.Offset:n.End]; len(text) <= limit && asShown(text) {
		for i := range spots {
			if r := (Range{max(spots[i].Start.Offset-n.Pos.Offset, 0), min(spots[i].End-n.Pos.Offset, len(text))}); r.Start < r.End {
				ranges[i] = r
			}
		}
		return text, ranges
	}
	var room [512]rune // on the stack, as runes stay out of the struct
	e := excerpt{limit: limit, spots: spots, ranges: ranges}
	runes := e.read(room[:0], d.Text, n)
	return string(e.cut(runes)), ranges
}

// asShown reports whether a text is the same on one line, a rune for a byte.
func asShown(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= utf8.RuneSelf || c == ' ' && i > 0 && text[i-1] == ' ' {
			return false
		}
	}
	return true
}

// excerpt is the text of a node on one line, and where the spots are in it.
type excerpt struct {
	limit  int
	spots  []Spot
	ranges []Range
	more   bool // the text goes on
	next   int  // byte offset of the next begin or end of a spot
	enough int  // so many runes are enough to cut from
}

// read appends the joined lines, as far as the first spot and the room behind it need it.
func (e *excerpt) read(runes []rune, text string, n *Node) []rune {
	for i := range e.ranges {
		e.ranges[i] = Range{-1, -1}
	}
	var quoted, escaped, space bool
	for i, r := range text[n.Pos.Offset:n.End] {
		if !quoted && (r == ' ' || r == '\t' || r == '\r' || r == '\n') {
			space = true
			continue
		}
		end := len(runes)
		if space {
			runes = append(runes, ' ')
			space = false
		}
		if at := n.Pos.Offset + i; at >= e.next {
			e.note(at, end, len(runes))
		}
		if len(runes) > e.enough {
			e.more = true
			break
		}
		runes = append(runes, r)
		quoted = quoted != (r == '"' && !escaped)
		escaped = quoted && r == '\\' && !escaped
	}
	for i := range e.ranges {
		if e.ranges[i].End < 0 {
			e.ranges[i].End = len(runes)
		}
	}
	return runes
}

// note takes down the spots that begin at a byte, which is the rune start, and those that ended before it, at end.
func (e *excerpt) note(offset, end, start int) {
	e.next, e.enough = math.MaxInt, math.MaxInt
	for i := range e.spots {
		s, r := &e.spots[i], &e.ranges[i]
		if r.Start < 0 && offset >= s.Start.Offset {
			r.Start = start
		}
		if r.End < 0 && offset >= s.End {
			r.End = end
		}
		if r.Start < 0 {
			e.next = min(e.next, s.Start.Offset)
		}
		if r.End < 0 {
			e.next = min(e.next, s.End)
		}
	}
	if len(e.spots) == 0 {
		e.enough = e.limit
	} else if first := e.ranges[0].Start; first >= 0 {
		e.enough = first + e.limit
	}
}

// cut brings the text to its limit, and the ranges with it.
func (e *excerpt) cut(runes []rune) []rune {
	from := 0
	if len(runes) > e.limit || e.more {
		if len(e.ranges) > 0 && e.ranges[0].End > e.limit-1 && e.ranges[0].Start > e.limit/3 {
			from = min(e.ranges[0].Start-e.limit/3, max(len(runes)-e.limit, 0))
		}
		e.more = e.more || len(runes) > from+e.limit
		runes = runes[from:min(len(runes), from+e.limit)]
	}
	last := len(runes)
	if from > 0 {
		runes[0] = '…'
	}
	if e.more {
		last--
		runes[last] = '…'
	}
	for i := range e.ranges {
		r := &e.ranges[i]
		if r.Start < 0 {
			*r = Range{}
			continue
		}
		r.Start, r.End = max(r.Start-from, min(from, 1)), min(r.End-from, last)
		if r.Start >= r.End {
			*r = Range{}
		}
	}
	return runes
}
