package wire

import (
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Writer writes indented JSON. The first error of the stream is kept and told by Close.
type Writer struct {
	w     io.Writer
	buf   []byte
	depth int
	flat  int  // above 0: everything on one line
	fresh bool // the bracket opened last is still empty
	named bool // a member's name stands directly before
	err   error
}

// NewWriter writes to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Close ends the text with a newline and writes out what is left. It does not close the stream.
func (w *Writer) Close() error {
	w.buf = append(w.buf, '\n')
	w.flush(0)
	return w.err
}

func (w *Writer) flush(limit int) {
	if len(w.buf) <= limit {
		return
	}
	if w.err == nil {
		_, w.err = w.w.Write(w.buf)
	}
	w.buf = w.buf[:0]
}

// open begins an object or array behind a call of element.
func (w *Writer) open(bracket byte) {
	w.buf = append(w.buf, bracket)
	w.depth++
	w.fresh = true
}

func (w *Writer) close(bracket byte) {
	w.depth--
	if !w.fresh {
		w.line()
	}
	w.fresh = false
	w.buf = append(w.buf, bracket)
	w.flush(bufferSize)
}

// element begins a value: behind a name, or on a line of its own.
func (w *Writer) element() {
	if w.named || w.depth == 0 {
		w.named = false
		return
	}
	if !w.fresh {
		w.buf = append(w.buf, ',')
		if w.flat > 0 {
			w.buf = append(w.buf, ' ')
		}
	}
	w.fresh = false
	w.line()
}

func (w *Writer) line() {
	if w.flat == 0 {
		w.buf = append(append(w.buf, '\n'), w.indent()...)
	}
}

func (w *Writer) indent() string {
	const deep = "                                "
	if n := 2 * w.depth; n <= len(deep) {
		return deep[:n]
	}
	return strings.Repeat("  ", w.depth)
}

func (w *Writer) name(name string) {
	w.Text(name)
	w.buf = append(w.buf, ": "...)
	w.named = true
}

// Text writes a string. Bytes that are not UTF-8 are written as U+FFFD.
func (w *Writer) Text(s string) {
	w.element()
	w.buf, _ = jsontext.AppendQuote(w.buf, s) // the error only says that bytes were replaced
}

// Literal writes a number, true, false or null.
func (w *Writer) Literal(s string) {
	w.element()
	w.buf = append(w.buf, s...)
}

// Verbatim writes a JSON value as it stands, its further lines indented to fit; Dedent takes that back.
func (w *Writer) Verbatim(s string) {
	w.element()
	indent := w.indent()
	for i, line := range lineSeq(s) {
		if i > 0 && !blank(line) {
			w.buf = append(w.buf, indent...)
		}
		w.buf = append(w.buf, line...)
	}
}
