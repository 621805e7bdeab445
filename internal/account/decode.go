package account

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/ambit-iam/ambit/internal/account/wire"
	"github.com/ambit-iam/ambit/internal/arn"
)

// Decode reads one capture. Beside broken JSON it refuses a schema it does not know, an account id that is not
// twelve digits, members it does not know or that stand twice, and two entities of one name; the error is a
// *wire.Error with the position. The Snapshot is normalised.
func Decode(r io.Reader) (*Snapshot, error) {
	in := wire.NewReader(r)
	d := &Decoding{in: in, depth: 1}
	if err := in.Members(d.Member); err != nil {
		return nil, fmt.Errorf("account: %w", err)
	}
	s, err := d.Finish()
	if err != nil {
		return nil, fmt.Errorf("account: %w", err)
	}
	if !in.End() {
		return nil, fmt.Errorf("account: %w", in.Fail("more text behind the capture", "keep one capture a file"))
	}
	return s, nil
}

// Decoding is a capture being read by somebody who met its opening brace in a longer stream.
type Decoding struct {
	in    *wire.Reader
	depth int // of the capture's own members
	s     Snapshot
	seen  wire.Seen
}

// NewDecoding begins behind the opening brace of a capture.
func NewDecoding(in *wire.Reader) *Decoding { return &Decoding{in: in, depth: in.Depth()} }

// IsMember reports whether name is a member of a capture; no output of the AWS CLI has one of these.
func IsMember(name string) bool { return snapshotTable.Has(name) }

// Member reads the value of the member called name, which was just read.
func (d *Decoding) Member(name []byte) error {
	if err := snapshotTable.ReadMember(d.in, &d.s, name, &d.seen); err != nil {
		return d.blameSchema(err)
	}
	switch string(name) {
	case "schema":
		return d.checkSchema()
	case "account":
		if !arn.IsAccountID(string(d.s.Account)) {
			return d.in.Fail(fmt.Sprintf("account id %q is not twelve digits", wire.Cut(string(d.s.Account))), "write it as a string: \"123456789012\"")
		}
	}
	return nil
}

func (d *Decoding) checkSchema() error {
	schema := d.s.Schema
	if schema == SchemaV1 {
		return nil
	}
	hint := "known: " + SchemaV1
	switch {
	case strings.HasPrefix(schema, "ambit.account/"):
		hint += "; a newer ambit wrote this: update ambit"
	case strings.HasPrefix(schema, "ambit."):
		hint += "; this is what ambit said of an account, not the account: ambit collect --out FILE saves it"
	}
	return d.in.Fail(fmt.Sprintf("unknown schema %q", wire.Cut(schema)), hint)
}

// blameSchema is the error on the schema, where that explains err: a newer capture need not fit our tables. The schema
// may stand later in the text than what failed.
func (d *Decoding) blameSchema(err error) error {
	if d.s.Schema != "" {
		return err
	}
	schema, found := d.in.Later(d.depth, "schema")
	if !found {
		return err
	}
	d.s.Schema = schema
	return cmp.Or(d.checkSchema(), err)
}

// Finish ends the capture behind its closing brace.
func (d *Decoding) Finish() (*Snapshot, error) {
	switch {
	case d.s.Schema == "":
		return nil, d.in.Fail("capture without a schema", fmt.Sprintf("begin it with \"schema\": %q", SchemaV1))
	case d.s.Account == "":
		return nil, d.in.Fail("capture without an account", "add \"account\": \"123456789012\"")
	}
	d.s.Normalize()
	// Positions are gone by now, but only derived ARNs can meet here: the tables refuse what stands twice as written.
	arns := make(map[string]bool, len(d.s.Policies))
	for i := range d.s.Policies {
		key := strings.ToLower(d.s.Policies[i].ARN)
		if arns[key] {
			return nil, d.in.Fail(fmt.Sprintf("policy %q stands twice", wire.Cut(d.s.Policies[i].ARN)), "keep one of them")
		}
		arns[key] = true
	}
	return &d.s, nil
}

// Encode writes s as a capture: equal snapshots give equal bytes, and Decode gives s again if it is normalised.
// A policy document is written as an object where it is valid JSON without duplicate names, else as a string.
func (s *Snapshot) Encode(w io.Writer) error {
	out := wire.NewWriter(w)
	snapshotTable.Write(out, s)
	if err := out.Close(); err != nil {
		return fmt.Errorf("account %s: writing the capture: %w", s.Account, err)
	}
	return nil
}
