// Package finding is what a judgement says: verdict, subject, proof.
//
// Contract: plain values with stable ids; equal input gives equal findings.
// Limits: knows neither rules nor accounts, only their ids.
// Floor: 2.
package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
)

// Verdict is the outcome of one rule on one subject.
type Verdict string

// The verdicts. Unknown means that something the rule reads could not be read.
const (
	Fail          Verdict = "fail"
	Pass          Verdict = "pass"
	Unknown       Verdict = "unknown"
	NotApplicable Verdict = "not-applicable"
	Accepted      Verdict = "accepted"
)

// Severity orders findings; the zero value is no severity.
type Severity uint8

// The severities, as CloudGuard names them.
const (
	Informational Severity = iota + 1
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"", "informational", "low", "medium", "high", "critical"}

// String is the lower-case name.
func (s Severity) String() string {
	if int(s) < len(severityNames) {
		return severityNames[s]
	}
	return fmt.Sprintf("severity(%d)", uint8(s))
}

// ParseSeverity reads a lower-case name.
func ParseSeverity(name string) (Severity, error) {
	for i, n := range severityNames {
		if i > 0 && n == name {
			return Severity(i), nil
		}
	}
	return 0, fmt.Errorf("severity %q: want informational, low, medium, high or critical", name)
}

// MarshalText writes the name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the name.
func (s *Severity) UnmarshalText(text []byte) error {
	v, err := ParseSeverity(string(text))
	if err != nil {
		return err
	}
	*s = v
	return nil
}

// Subject is what a rule was judged on.
type Subject struct {
	Type    string `json:"type"` // a GSL entity type, such as IamUser
	Name    string `json:"name"`
	ARN     string `json:"arn"`
	Account string `json:"account"`
	// ID tells apart subjects that share an ARN, such as two access keys of one user; else empty.
	ID string `json:"id,omitempty"`
}

// Evidence is one fact that made the verdict true.
type Evidence struct {
	Document string `json:"document,omitempty"` // what holds the text: a policy's ARN, "trust policy", "inline policy NAME"
	Pointer  string `json:"pointer"`            // JSON pointer into the document, or into the entity where Document is empty
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Text     string `json:"text"`
	Marks    []Mark `json:"marks,omitempty"` // the guilty elements in Text, the guiltiest first: Pointer, Line and Column are its
}

// Mark is a guilty element within the text of evidence.
type Mark struct {
	Pointer string `json:"pointer"` // JSON pointer into the document
	Start   int    `json:"start"`   // runes of the text before it
	End     int    `json:"end"`     // and behind it; equal to Start where the text is cut before it
}

// Finding is the verdict of one rule on one subject. A run of a large account makes half a million, of which most
// say no more than that: what is told of few stands apart, and the subject is shared by all that is said of it.
type Finding struct {
	ID       string              `json:"id"`
	Rule     string              `json:"rule"`
	Aliases  map[string][]string `json:"aliases,omitempty"` // peer to ids
	Verdict  Verdict             `json:"verdict"`
	Severity Severity            `json:"severity"`
	Subject  *Subject            `json:"subject"` // not nil
	Proof    *Proof              `json:",inline"` // nil: nothing is told beside the verdict
}

// Proof is what makes a verdict true, in words and in evidence.
type Proof struct {
	Why      string     `json:"why,omitempty"` // one sentence about this subject
	Evidence []Evidence `json:"evidence,omitempty"`
	Witness  *Witness   `json:"witness,omitempty"` // of a finding on what policies allow
	Missing  []Missing  `json:"missing,omitempty"` // of an unknown: what could not be read
	Fixes    []string   `json:"fixes,omitempty"`
}

// noProof is what a finding tells that has none.
var noProof Proof

// Told is the proof to read from: empty where there is none.
func (f *Finding) Told() *Proof {
	if f.Proof == nil {
		return &noProof
	}
	return f.Proof
}

// shortID is how many digits of an id reports for people show.
const shortID = 8

// ShortID is the beginning of the id, which mostly tells findings apart.
func (f *Finding) ShortID() string { return f.ID[:min(len(f.ID), shortID)] }

// Witness is a request that shows what policies allow, as the evaluator decided it. Keys that Context lacks were
// unknown to the evaluator.
type Witness struct {
	Principal string              `json:"principal,omitempty"` // an ARN or a service's host name; empty: whoever holds the policy
	Action    string              `json:"action"`
	Resource  string              `json:"resource"`
	Context   map[string][]string `json:"context,omitempty"` // condition keys that the request carries
	Absent    []string            `json:"absent,omitempty"`  // condition keys that it must lack
	Decision  string              `json:"decision"`          // Allowed or Depends
	Depends   []string            `json:"depends,omitempty"` // the conditions that are left, in words
}

// Missing is something that an unknown verdict would have needed.
type Missing struct {
	Field      string `json:"field,omitempty"`      // the property that is unknown; empty: it is not known who there is
	Call       string `json:"call,omitempty"`       // that failed, or a file's name
	Error      string `json:"error"`                // one line
	Permission string `json:"permission,omitempty"` // the action to grant; empty where no grant helps
}

// NewID is the stable id of a rule's verdict on a subject: a hash of both, never of time or text.
func NewID(rule string, s *Subject) string {
	var buffer [256]byte
	text := buffer[:0]
	for _, part := range [...]string{rule, s.Account, s.Type, s.ARN, s.ID} {
		text = strconv.AppendInt(text, int64(len(part)), 10)
		text = append(text, ':')
		text = append(text, part...)
	}
	sum := sha256.Sum256(text)
	return string(hex.AppendEncode(text[:0], sum[:8]))
}
