package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/finding"
)

// Saved is a run as the JSON document tells it.
type Saved struct {
	Accounts []Account
	Findings []finding.Finding
	Gaps     []Gap
	Judged   int // findings of the run, of which the document may leave some out
}

// document is what of an ambit.run/1 document is read back. Members that it does not name are ignored.
type document struct {
	Schema string `json:"schema"`
	Run    struct {
		Account

		Accounts []Account `json:"accounts"`
	} `json:"run"`
	Findings []finding.Finding `json:"findings"`
	Gaps     []Gap             `json:"gaps"`
	Summary  struct {
		Findings int `json:"findings"`
	} `json:"summary"`
}

// ReadSaved reads an ambit.run/1 document. What is none is an error that says what it is instead; bad JSON is one
// that names the line.
func ReadSaved(r io.Reader) (*Saved, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var d document
	err = json.Unmarshal(text, &d)
	switch {
	case d.Schema != "" && d.Schema != SchemaV1:
		return nil, wrongSchema(d.Schema)
	case err != nil:
		return nil, notJSON(text, err)
	case d.Schema == "":
		return nil, errors.New("this is no run: want what ambit scan -o json writes, which begins with {\"schema\":\"" + SchemaV1 + "\"")
	}
	s := &Saved{Accounts: d.Run.Accounts, Findings: d.Findings, Gaps: d.Gaps, Judged: d.Summary.Findings}
	for i := range s.Findings {
		if f := &s.Findings[i]; f.Subject == nil {
			f.Subject = new(finding.Subject)
		}
	}
	if len(s.Accounts) == 0 && d.Run.ID != "" {
		s.Accounts = []Account{d.Run.Account}
	}
	return s, nil
}

func wrongSchema(schema string) error {
	if schema == account.SchemaV1 {
		return fmt.Errorf("this is an account (%s), not a run: give it to --from", schema)
	}
	return fmt.Errorf("this is %q, and not %s, which ambit scan -o json writes", schema, SchemaV1)
}

// notJSON says where a document is not what it should be.
func notJSON(text []byte, err error) error {
	offset := int64(len(text))
	var syntactic *jsontext.SyntacticError
	var semantic *json.SemanticError
	switch {
	case errors.As(err, &syntactic):
		offset = syntactic.ByteOffset
		err = syntactic.Err
	case errors.As(err, &semantic):
		offset = semantic.ByteOffset
		if semantic.Err != nil {
			err = semantic.Err
		}
	}
	line := bytes.Count(text[:min(int(offset), len(text))], []byte("\n")) + 1
	return fmt.Errorf("line %d: %w", line, err)
}
