package directory

import (
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
)

// reportLife is how long AWS hands out one report before it makes another.
// Source: IAM User Guide, "Generate credential reports for your AWS account".
const reportLife = 4 * time.Hour

// report is the credential report that AWS keeps, and the one it is making.
type report struct {
	csv    []byte
	made   time.Time // of csv; zero: there is none
	making bool
	steps  int // calls that will still find it in progress
}

func (r *report) fresh(now time.Time) bool { return !r.made.IsZero() && now.Sub(r.made) < reportLife }

// generateCredentialReport starts a report, unless a fresh one is there. What it will say is read when it is
// complete, which is after as many calls as Call.ReportSteps has it.
func generateCredentialReport(c *Call, _ *iam.GenerateCredentialReportInput) (*iam.GenerateCredentialReportOutput, error) {
	if c.advance() {
		return &iam.GenerateCredentialReportOutput{State: types.ReportStateTypeInprogress}, nil
	}
	if c.st.report.fresh(c.Now) {
		return &iam.GenerateCredentialReportOutput{State: types.ReportStateTypeComplete}, nil
	}
	c.st.report.making, c.st.report.steps = true, c.ReportSteps
	return &iam.GenerateCredentialReportOutput{
		State: types.ReportStateTypeStarted, Description: new("no recent report exists: a new one is being made"),
	}, nil
}

func getCredentialReport(c *Call, _ *iam.GetCredentialReportInput) (*iam.GetCredentialReportOutput, error) {
	if c.advance() {
		return nil, &APIError{http.StatusNotFound, "ReportInProgress", "the report is still being made", true}
	}
	r := &c.st.report
	switch {
	case r.made.IsZero():
		return nil, &APIError{http.StatusGone, "ReportNotPresent", "no report exists: generate one first", false}
	case !r.fresh(c.Now):
		return nil, &APIError{http.StatusGone, "ReportExpired", "the report is older than four hours: generate a new one", false}
	}
	return &iam.GetCredentialReportOutput{Content: r.csv, GeneratedTime: &r.made, ReportFormat: types.ReportFormatTypeTextCsv}, nil
}

// advance lets a report that is being made come a step nearer, and reports whether it is still in progress.
func (c *Call) advance() bool {
	r := &c.st.report
	if !r.making {
		return false
	}
	if r.steps--; r.steps >= 0 {
		return true
	}
	made := account.CredentialReport{Generated: c.Now, Rows: c.st.rows(true)}
	*r = report{csv: made.AppendCSV(nil), made: c.Now}
	return false
}
