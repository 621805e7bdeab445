package capture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/wire"
)

// form is the outer form of a file.
type form uint8

const (
	formUnknown form = iota
	formJSON
	formReport  // credential report, CSV
	formEncoded // credential report, CSV in base64
	formFailure // what the CLI prints when a call fails
	formEmpty
	formCompressed
	formOtherOutput // the CLI's YAML, text or table
)

// sniffed is how much of a file decides its form.
const sniffed = 4 << 10

// reportEncoded is how base64 of a credential report begins.
const reportEncoded = "dXNlcixhcm4s"

var (
	failure = regexp.MustCompile(`An error occurred \(([A-Za-z.]{1,80})\) when calling the ([A-Za-z]{1,80}) operation`)
	// Output of --output yaml, text and table begins so.
	otherOutput = regexp.MustCompile(`^(?:[A-Z][A-Za-z]+:(?:\s|$)|- [A-Z][A-Za-z]+:|[A-Z]{4,}\t|-{8,}\s*\n\|)`)
)

// sniff tells the form of a file from its beginning.
func sniff(head []byte) form {
	text := strings.TrimLeft(string(head), " \t\r\n")
	line, _, _ := strings.Cut(text, "\n")
	switch {
	case text == "":
		return formEmpty
	case text[0] == '{' || text[0] == '[':
		return formJSON
	case failure.MatchString(text):
		return formFailure
	case account.IsCredentialReport(line):
		return formReport
	case strings.HasPrefix(text, reportEncoded):
		return formEncoded
	case strings.HasPrefix(text, "\x1f\x8b"), strings.HasPrefix(text, "PK\x03\x04"):
		return formCompressed
	case otherOutput.MatchString(text):
		return formOtherOutput
	}
	return formUnknown
}

// Text is r as UTF-8 without byte order mark; UTF-16 is told by its mark.
func Text(r io.Reader) io.Reader {
	b, _ := open(r)
	return b
}

// open is r as UTF-8 without byte order mark, and its beginning.
func open(r io.Reader) (*bufio.Reader, []byte) {
	b := bufio.NewReader(r)
	mark, _ := b.Peek(2) // a short or failing file shows when it is read
	switch {
	case bytes.Equal(mark, []byte{0xff, 0xfe}):
		b = bufio.NewReader(&utf16Reader{r: b, order: binary.LittleEndian})
	case bytes.Equal(mark, []byte{0xfe, 0xff}):
		b = bufio.NewReader(&utf16Reader{r: b, order: binary.BigEndian})
	}
	b = wire.SkipMark(b)
	head, _ := b.Peek(sniffed)
	return b, head
}

// utf16Reader gives UTF-16 as UTF-8. What is no UTF-16 becomes U+FFFD.
type utf16Reader struct {
	r     io.Reader
	order binary.ByteOrder
	units []uint16 // decoded bytes that still wait, at most one surrogate
	out   []byte
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.out) == 0 {
		if err := u.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

func (u *utf16Reader) fill() error {
	var raw [4096]byte
	n, err := io.ReadFull(u.r, raw[:])
	if n == 0 {
		if len(u.units) > 0 && errors.Is(err, io.EOF) {
			u.out, u.units = []byte("\ufffd"), nil
			return nil
		}
		return err
	}
	for i := 0; i+1 < n; i += 2 {
		u.units = append(u.units, u.order.Uint16(raw[i:]))
	}
	whole := len(u.units)
	if whole > 0 && utf16.IsSurrogate(rune(u.units[whole-1])) && u.units[whole-1] < 0xdc00 {
		whole-- // its other half comes with the next bytes
	}
	u.out = []byte(string(utf16.Decode(u.units[:whole])))
	u.units = append([]uint16(nil), u.units[whole:]...)
	return nil
}
