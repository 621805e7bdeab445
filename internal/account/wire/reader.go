package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ambit-iam/ambit/internal/source"
)

// Error is a text that cannot be read: where, in which value, what is wrong, and the cure.
type Error struct {
	Pos  source.Pos
	Path string // JSON pointer of the value, such as /users/3/name; may be empty
	Msg  string
	Hint string // may be empty
}

func (e *Error) Error() string {
	s := fmt.Sprintf("line %d, column %d: %s", e.Pos.Line, e.Pos.Column, e.Msg)
	if e.Path != "" {
		s += " at " + strconv.Quote(e.Path)
	}
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Reader reads JSON values from a stream.
type Reader struct {
	dec     *jsontext.Decoder
	lines   *lines
	start   int64 // offset of the name or value read last, or of its bracket
	shared  map[string]string
	scratch []byte
}

// bufferSize is what is read from the stream at once.
const bufferSize = 64 << 10

// NewReader reads from r; a byte order mark at the beginning is passed over.
func NewReader(r io.Reader) *Reader {
	l := &lines{r: SkipMark(r)}
	return &Reader{
		dec:    jsontext.NewDecoder(l, jsontext.AllowDuplicateNames(true)),
		lines:  l,
		shared: map[string]string{},
	}
}

// SkipMark is r behind its UTF-8 byte order mark, buffered.
func SkipMark(r io.Reader) *bufio.Reader {
	b := bufio.NewReaderSize(r, bufferSize)
	if mark, _ := b.Peek(3); string(mark) == "\ufeff" {
		_, _ = b.Discard(3) // it is in the buffer
	}
	return b
}

// Kind is the kind of the next token; 0 where there is none or it is malformed, which the next read tells.
func (r *Reader) Kind() jsontext.Kind { return r.dec.PeekKind() }

// End reports whether no value is left. Malformed text is not an end.
func (r *Reader) End() bool {
	if r.dec.PeekKind() != 0 {
		return false
	}
	_, err := r.dec.ReadToken()
	return errors.Is(err, io.EOF)
}

// Depth is the number of objects and arrays that are open.
func (r *Reader) Depth() int { return r.dec.StackDepth() }

// Later looks, behind an error in a member of the object open at depth, for the text of its member called name.
func (r *Reader) Later(depth int, name string) (string, bool) {
	for r.dec.StackDepth() > depth {
		if _, err := r.dec.ReadToken(); err != nil {
			return "", false
		}
	}
	if _, n := r.dec.StackIndex(depth); n%2 == 1 { // a name whose value is still to come
		if r.dec.SkipValue() != nil {
			return "", false
		}
	}
	for r.dec.StackDepth() == depth && r.dec.PeekKind() == '"' {
		found, err := r.string()
		if err != nil {
			return "", false
		}
		if string(found) == name {
			text, err := r.Text()
			return text, err == nil
		}
		if r.dec.SkipValue() != nil {
			return "", false
		}
	}
	return "", false
}

// Next is the offset of the next value, name or closing bracket.
func (r *Reader) Next() int64 {
	r.dec.PeekKind() // so that it is in the buffer
	unread := r.dec.UnreadBuffer()
	return r.dec.InputOffset() + int64(len(unread)-len(bytes.TrimLeft(unread, ",: \n\r\t")))
}

// Pos is the position of the byte at offset, which must have been read.
func (r *Reader) Pos(offset int64) source.Pos { return r.lines.pos(offset) }

// Fail is an error on the name or value read last.
func (r *Reader) Fail(msg, hint string) error { return r.FailAt(r.start, msg, hint) }

// FailAt is an error on the text at offset.
func (r *Reader) FailAt(offset int64, msg, hint string) error {
	return &Error{Pos: r.lines.pos(offset), Path: shortPath(r.dec.StackPointer()), Msg: msg, Hint: hint}
}

// shortPath is p as far as it helps to find the place: hostile text nests deep under long names.
func shortPath(p jsontext.Pointer) string {
	const deepest = 12
	var short jsontext.Pointer
	depth := 0
	for name := range p.Tokens() {
		if depth++; depth > deepest {
			return string(short) + "/…"
		}
		short = short.AppendToken(Cut(name))
	}
	return string(short)
}

// failed words an error of the JSON library.
func (r *Reader) failed(err error) error {
	if err == nil {
		return nil
	}
	return r.word(err)
}

// word is apart so that the way without an error allocates nothing.
func (r *Reader) word(err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &Error{
			Pos: r.lines.pos(r.lines.read), Path: shortPath(r.dec.StackPointer()),
			Msg: "the text ends in the middle of a value", Hint: "the file was cut off: write it again",
		}
	case errors.As(err, &syntax):
		return &Error{
			Pos: r.lines.pos(syntax.ByteOffset), Path: shortPath(syntax.JSONPointer),
			Msg: "not JSON: " + strings.TrimPrefix(syntax.Err.Error(), "jsontext: "),
		}
	}
	return fmt.Errorf("reading JSON: %w", err)
}

// Members reads an object: member is called behind each name and must read or skip its value. The name is
// valid until then. Null is an object without members.
func (r *Reader) Members(member func(name []byte) error) error {
	if null, err := r.enter('{', "an object"); null || err != nil {
		return err
	}
	for r.dec.PeekKind() != '}' {
		name, err := r.string()
		if err != nil {
			return err
		}
		if err := member(name); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return r.failed(err)
}

// Elements reads an array: element is called before each element and must read or skip it. Null is an empty array.
func (r *Reader) Elements(element func() error) error {
	if null, err := r.enter('[', "a list"); null || err != nil {
		return err
	}
	for k := r.dec.PeekKind(); k != ']'; k = r.dec.PeekKind() {
		if k == 0 {
			_, err := r.dec.ReadToken()
			return r.failed(err)
		}
		if err := element(); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return r.failed(err)
}

// enter reads the opening bracket of an object or array, or null.
func (r *Reader) enter(open jsontext.Kind, want string) (null bool, err error) {
	switch k := r.dec.PeekKind(); k {
	case open, 'n':
		_, err := r.dec.ReadToken()
		r.start = r.dec.InputOffset() - 1
		return k == 'n', r.failed(err)
	default:
		return false, r.mismatch(want)
	}
}

// mismatch is the error on a next value of another kind than wanted.
func (r *Reader) mismatch(want string) error {
	at := r.Next()
	tok, err := r.dec.ReadToken()
	if err != nil {
		return r.failed(err)
	}
	var found string
	switch tok.Kind() {
	case '{':
		found = "an object"
	case '[':
		found = "a list"
	case '"':
		found = strconv.Quote(Cut(tok.String()))
	default:
		found = Cut(tok.String())
	}
	return r.FailAt(at, fmt.Sprintf("want %s, found %s", want, found), "")
}

// Cut is text of an account made short enough for a message.
func Cut(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// Skip passes over the next value.
func (r *Reader) Skip() error {
	r.start = r.dec.InputOffset()
	return r.failed(r.dec.SkipValue())
}

// Raw is the text of the next value, valid until the next read.
func (r *Reader) Raw() ([]byte, error) {
	raw, err := r.dec.ReadValue()
	r.start = r.dec.InputOffset() - int64(len(raw))
	return raw, r.failed(err)
}

// string reads a string, valid until the next read.
func (r *Reader) string() ([]byte, error) {
	raw, err := r.Raw()
	if err != nil {
		return nil, err
	}
	if raw[0] != '"' {
		return nil, r.Fail("want a string, found "+Cut(string(raw)), "")
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], nil
	}
	r.scratch, err = jsontext.AppendUnquote(r.scratch[:0], raw)
	return r.scratch, r.failed(err)
}

// Text reads a string; null is the empty one.
func (r *Reader) Text() (string, error) {
	b, err := r.text()
	return string(b), err
}

// Shared is Text for strings that repeat: equal ones are held in memory once.
func (r *Reader) Shared() (string, error) {
	b, err := r.text()
	return r.share(b), err
}

func (r *Reader) text() ([]byte, error) {
	switch r.dec.PeekKind() {
	case '"':
		return r.string()
	case 'n':
		return nil, r.Skip()
	default:
		return nil, r.mismatch("a string")
	}
}

func (r *Reader) share(b []byte) string {
	if s, ok := r.shared[string(b)]; ok {
		return s
	}
	s := string(b)
	r.shared[s] = s
	return s
}

func join(names []string) string { return strings.Join(names, ", ") }
