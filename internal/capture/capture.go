// Package capture reads saved accounts: raw output of the AWS CLI, or Ambit's own captures.
//
// Contract: files are recognised by what they hold, never by name, in any order and split as the CLI splits
// pages. Each file belongs to the account that its ARNs name; one without ARNs to the account of its file, else
// of its folder, else to the only account there is. What no file tells is a Gap. Two files that tell different
// things of one user, group, role or policy are an error, since an account mixed from two moments exists at
// neither; of whole answers (credential report, summary, password policy, aliases) the newest counts.
// A malformed policy document is no error: it stays text for policy.Parse to judge.
// Limits: JSON and the credential report's CSV, in UTF-8 or, as PowerShell writes it, UTF-16. ListUsers and ListGroups
// only name the account, since the authorization details tell all that they tell. Members of AWS's output that Ambit
// does not use are passed over.
// Floor: 4.
package capture

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/wire"
	"github.com/ambit-iam/ambit/internal/source"
)

// Input is one file. Dir groups files that were saved together, such as the folder they lie in.
type Input struct {
	Name    string // as errors show it
	Dir     string
	ModTime time.Time // may be zero
	Open    func() (io.ReadCloser, error)
}

// Option is something that Read may use beside the files.
type Option func(*options)

type options struct {
	managed func(arn string) (version, document string, ok bool)
}

// Managed gives Read a source of AWS managed policies. Where the files lack the document of one that is in use, Read asks
// look for its default version and its document.
func Managed(look func(arn string) (version, document string, ok bool)) Option {
	return func(o *options) { o.managed = look }
}

// InputError is an input that cannot be used: where, why, and what to do.
type InputError struct {
	File string
	Pos  source.Pos // zero where it concerns the whole file
	Msg  string
	Hint string // the cure; may be empty
	Err  error  // of the system, where it failed; may be nil
}

func (e *InputError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Pos.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Pos.Line, e.Pos.Column)
	}
	if e.File != "" {
		b.WriteString(": ")
	}
	b.WriteString(e.Msg)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// Unwrap is the system's error.
func (e *InputError) Unwrap() error { return e.Err }

// Read reads the inputs into one normalised Snapshot for each account, sorted by id. Its errors are *InputError.
//
// TakenAt is the capture's own time, else the credential report's, else the newest file's; Source is "capture"
// or "files".
func Read(inputs []Input, opts ...Option) ([]*account.Snapshot, error) {
	var o options
	for _, set := range opts {
		set(&o)
	}
	var outputs []*output
	for i := range inputs {
		found, err := readInput(&inputs[i])
		if err != nil {
			return nil, inputError(inputs[i].Name, err)
		}
		outputs = append(outputs, found...)
	}
	if len(outputs) == 0 {
		return nil, &InputError{Msg: "no files to read", Hint: "give files, or folders of files, that hold " + recognised()}
	}
	if err := assignAccounts(outputs); err != nil {
		return nil, err
	}
	var snapshots []*account.Snapshot
	for _, group := range byAccount(outputs) {
		s, err := assemble(group, &o)
		if err != nil {
			return nil, err
		}
		snapshots = append(snapshots, s)
	}
	return snapshots, nil
}

// inputError ties err to the file called name.
func inputError(name string, err error) error {
	if e, ok := errors.AsType[*InputError](err); ok {
		e.File = name
		return e
	}
	if e, ok := errors.AsType[*wire.Error](err); ok {
		msg := e.Msg
		if e.Path != "" {
			msg += " at " + strconv.Quote(e.Path)
		}
		return &InputError{File: name, Pos: e.Pos, Msg: msg, Hint: e.Hint}
	}
	return &InputError{File: name, Msg: err.Error(), Err: err}
}

// byAccount groups outputs by account id, sorted; within a group the newest files stand last.
func byAccount(outputs []*output) [][]*output {
	groups := map[account.ID][]*output{}
	for _, o := range outputs {
		groups[o.owner.id] = append(groups[o.owner.id], o)
	}
	var list [][]*output
	for _, group := range groups {
		slices.SortStableFunc(group, func(a, b *output) int { return a.modTime.Compare(b.modTime) })
		list = append(list, group)
	}
	slices.SortFunc(list, func(a, b []*output) int { return strings.Compare(string(a[0].owner.id), string(b[0].owner.id)) })
	return list
}
