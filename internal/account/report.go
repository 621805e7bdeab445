package account

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ambit-iam/ambit/internal/account/wire"
	"github.com/ambit-iam/ambit/internal/source"
)

// reportColumns are the columns of the credential report in AWS's order.
// Source: IAM User Guide, "Generate credential reports for your AWS account", Understanding the report format.
var reportColumns = [...]string{
	"user", "arn", "user_creation_time",
	"password_enabled", "password_last_used", "password_last_changed", "password_next_rotation",
	"mfa_active",
	"access_key_1_active", "access_key_1_last_rotated", "access_key_1_last_used_date",
	"access_key_1_last_used_region", "access_key_1_last_used_service",
	"access_key_2_active", "access_key_2_last_rotated", "access_key_2_last_used_date",
	"access_key_2_last_used_region", "access_key_2_last_used_service",
	"cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated",
}

// Places in reportColumns; behind them come two blocks of keyColumns and two of certColumns.
const (
	columnUser = iota
	columnARN
	columnCreated
	columnPasswordEnabled
	columnPasswordUsed
	columnPasswordChanged
	columnPasswordNext
	columnMFA
	columnKeys

	keyColumns  = 5
	columnCerts = columnKeys + 2*keyColumns
	certColumns = 2
)

// layout is where a report has each of reportColumns.
type layout [len(reportColumns)]int

// What the report writes for a missing value.
const (
	notApplicable = "N/A"
	noInformation = "no_information"
	notSupported  = "not_supported"
)

// reportTime is how the report writes a time.
const reportTime = "2006-01-02T15:04:05-07:00"

// ParseCredentialReport reads the CSV of a credential report. Columns are found by their names in the first line,
// in any order and letter case; columns it does not know are passed over, and one of the 22 that is missing is an
// error, since a report that does not speak of keys says nothing about them. Errors are *wire.Error with the line.
// The CSV does not say when it was made: Generated stays zero.
func ParseCredentialReport(r io.Reader) (*CredentialReport, error) {
	in := csv.NewReader(wire.SkipMark(r))
	in.ReuseRecord = true
	header, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, reportError(1, 1, "the text is empty", "")
	}
	if err != nil {
		return nil, reportFailed(err)
	}
	columns, err := findColumns(header)
	if err != nil {
		return nil, err
	}
	report := &CredentialReport{}
	seen := map[string]bool{}
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return report, nil
		}
		if err != nil {
			return nil, reportFailed(err)
		}
		row := reportRow{in: in, columns: &columns, record: record}
		c := row.credential()
		name := strings.ToLower(c.User)
		if seen[name] {
			row.fail(columnUser, "user "+strconv.Quote(wire.Cut(c.User))+" stands twice", "keep one report a file")
		}
		if row.err != nil {
			return nil, row.err
		}
		seen[name] = true
		report.Rows = append(report.Rows, c)
	}
}

// IsCredentialReport reports whether line may be the first line of a credential report.
func IsCredentialReport(line string) bool {
	columns := strings.Split(strings.ToLower(strings.TrimPrefix(line, "\ufeff")), ",")
	for i := range columns {
		columns[i] = strings.Trim(columns[i], " \"\r\n")
	}
	return slices.Contains(columns, "user") && slices.Contains(columns, "mfa_active")
}

func findColumns(header []string) (layout, error) {
	at := map[string]int{}
	for i, name := range header {
		at[strings.ToLower(strings.TrimSpace(name))] = i
	}
	var columns layout
	var missing []string
	for i, name := range reportColumns {
		var found bool
		if columns[i], found = at[name]; !found {
			missing = append(missing, name)
		}
	}
	switch {
	case len(missing) == len(reportColumns):
		return columns, reportError(1, 1, "not a credential report: the first line names none of its columns",
			"save what aws iam get-credential-report gives")
	case len(missing) > 0:
		return columns, reportError(1, 1, "column missing: "+strings.Join(missing, ", "), "the report has 22 columns: keep them all")
	}
	return columns, nil
}

func reportError(line, column int, msg, hint string) *wire.Error {
	return &wire.Error{Pos: source.Pos{Line: line, Column: column}, Msg: msg, Hint: hint}
}

func reportFailed(err error) error {
	if broken, ok := errors.AsType[*csv.ParseError](err); ok {
		msg := "not CSV: " + broken.Err.Error()
		if errors.Is(broken.Err, csv.ErrFieldCount) {
			msg = "the line has not as many fields as the first line"
		}
		return reportError(broken.Line, broken.Column, msg, "the file may have been cut off or edited: save the report again")
	}
	return fmt.Errorf("reading the credential report: %w", err)
}

// reportRow reads the fields of one line; the first error is kept.
type reportRow struct {
	in      *csv.Reader
	columns *layout
	record  []string
	err     *wire.Error
}

func (r *reportRow) credential() Credential {
	for i, field := range r.record {
		if !utf8.ValidString(field) {
			r.failAt(i, "not UTF-8", "save the report again as it came from AWS")
		}
	}
	c := Credential{
		User:            strings.Clone(r.record[r.columns[columnUser]]), // no name is mistaken for N/A
		ARN:             r.text(columnARN),
		Created:         r.time(columnCreated),
		PasswordEnabled: r.truth(columnPasswordEnabled),
		PasswordUsed:    r.time(columnPasswordUsed),
		PasswordChanged: r.time(columnPasswordChanged),
		PasswordNext:    r.time(columnPasswordNext),
		MFA:             r.flag(columnMFA),
	}
	if c.User == "" {
		r.fail(columnUser, "line without a user", "")
	}
	for i := range c.Keys {
		key, cert := columnKeys+i*keyColumns, columnCerts+i*certColumns
		c.Keys[i] = KeyRow{
			Active:      r.flag(key),
			Rotated:     r.time(key + 1),
			Used:        r.time(key + 2),
			UsedRegion:  r.text(key + 3),
			UsedService: r.text(key + 4),
		}
		c.Certs[i] = Cert{Active: r.flag(cert), Rotated: r.time(cert + 1)}
	}
	return c
}

// field is what a column says, empty where it says that there is nothing to say. It is valid for this row.
func (r *reportRow) field(column int) string {
	field := r.record[r.columns[column]]
	for _, nothing := range []string{notApplicable, noInformation, notSupported} {
		if strings.EqualFold(field, nothing) {
			return ""
		}
	}
	return field
}

func (r *reportRow) text(column int) string { return strings.Clone(r.field(column)) }

func (r *reportRow) time(column int) time.Time {
	s := r.field(column)
	if s == "" {
		return time.Time{}
	}
	t, ok := wire.ParseTime(s, time.RFC3339, "2006-01-02 15:04:05-07:00")
	if !ok {
		r.fail(column, "want a time in "+reportColumns[column]+", found "+strconv.Quote(wire.Cut(s)), "")
	}
	return t
}

// truth is nil where the report does not say.
func (r *reportRow) truth(column int) *bool {
	s := r.field(column)
	switch {
	case s == "":
		return nil
	case strings.EqualFold(s, "true"):
		return new(true)
	case strings.EqualFold(s, "false"):
		return new(false)
	}
	r.fail(column, "want true or false in "+reportColumns[column]+", found "+strconv.Quote(wire.Cut(s)), "")
	return nil
}

func (r *reportRow) flag(column int) bool {
	t := r.truth(column)
	return t != nil && *t
}

// fail notes an error on one of reportColumns, failAt on a field of the line.
func (r *reportRow) fail(column int, msg, hint string) { r.failAt(r.columns[column], msg, hint) }

func (r *reportRow) failAt(field int, msg, hint string) {
	if r.err == nil {
		line, at := r.in.FieldPos(field)
		r.err = reportError(line, at, msg, hint)
	}
}

// AppendCSV appends the report as AWS writes it, header first: 22 columns in AWS's order, and N/A, no_information
// and not_supported where AWS has them.
func (r *CredentialReport) AppendCSV(b []byte) []byte {
	out := bytes.NewBuffer(b)
	w := csv.NewWriter(out) // to memory: it cannot fail
	_ = w.Write(reportColumns[:])
	for i := range r.Rows {
		_ = w.Write(r.Rows[i].fields())
	}
	w.Flush()
	return out.Bytes()
}

func (c *Credential) fields() []string {
	password, never, unset := notSupported, noInformation, notSupported
	if c.PasswordEnabled != nil {
		password, unset = strconv.FormatBool(*c.PasswordEnabled), notApplicable
		if !*c.PasswordEnabled {
			never = notApplicable
		}
	}
	fields := []string{
		c.User, c.ARN, timeOr(c.Created, notApplicable),
		password, timeOr(c.PasswordUsed, never), timeOr(c.PasswordChanged, unset), timeOr(c.PasswordNext, unset),
		strconv.FormatBool(c.MFA),
	}
	for _, k := range c.Keys {
		fields = append(fields, strconv.FormatBool(k.Active), timeOr(k.Rotated, notApplicable), timeOr(k.Used, notApplicable),
			textOr(k.UsedRegion, notApplicable), textOr(k.UsedService, notApplicable))
	}
	for _, cert := range c.Certs {
		fields = append(fields, strconv.FormatBool(cert.Active), timeOr(cert.Rotated, notApplicable))
	}
	return fields
}

func timeOr(t time.Time, otherwise string) string {
	if t.IsZero() {
		return otherwise
	}
	return t.UTC().Format(reportTime)
}

func textOr(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
