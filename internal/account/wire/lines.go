package wire

import (
	"bytes"
	"encoding/binary"
	"io"

	"github.com/ambit-iam/ambit/internal/source"
)

// lines notes where lines begin while a text is read, so that any offset can be told as line and column later.
// It keeps one varint for each newline and for each byte that continues a rune: about one byte a line.
type lines struct {
	r     io.Reader
	read  int64  // bytes delivered
	last  int64  // offset of the last mark
	marks []byte // gaps to the next mark, doubled, plus one where the mark is a newline
}

func (l *lines) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	l.note(p[:n])
	return n, err
}

func (l *lines) note(p []byte) {
	for len(p) > 0 {
		line, rest, found := bytes.Cut(p, []byte{'\n'})
		l.noteRunes(line)
		l.read += int64(len(line))
		if found {
			l.mark(l.read, 1)
			l.read++
		}
		p = rest
	}
}

// noteRunes marks the bytes that continue a rune; eight bytes of ASCII are passed at once.
func (l *lines) noteRunes(line []byte) {
	const high = 0x8080808080808080
	for i := 0; i < len(line); {
		if len(line)-i >= 8 && binary.LittleEndian.Uint64(line[i:])&high == 0 {
			i += 8
			continue
		}
		if line[i]&0xC0 == 0x80 {
			l.mark(l.read+int64(i), 0)
		}
		i++
	}
}

func (l *lines) mark(at int64, newline uint64) {
	l.marks = binary.AppendUvarint(l.marks, uint64(at-l.last)<<1|newline)
	l.last = at
}

// pos is the position of the byte at offset, which must have been read.
func (l *lines) pos(offset int64) source.Pos {
	line, start, inRune := 1, int64(0), 0
	at := int64(0)
	for rest := l.marks; len(rest) > 0; {
		mark, n := binary.Uvarint(rest)
		rest = rest[n:]
		at += int64(mark >> 1)
		if at >= offset {
			break
		}
		if mark&1 == 1 {
			line, start, inRune = line+1, at+1, 0
		} else {
			inRune++
		}
	}
	return source.Pos{Offset: int(offset), Line: line, Column: int(offset-start) - inRune + 1}
}
