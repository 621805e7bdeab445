package read

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
)

// The waits for AWS to write the credential report: 1 s, 2 s, 4 s, then every 8 s, two minutes in all.
// AWS needs a few seconds, and hands out at once one that is younger than four hours.
const (
	reportFirstWait = time.Second
	reportMaxWait   = 8 * time.Second
	reportPatience  = 2 * time.Minute
)

// errReportLate ends the wait for a report that AWS goes on writing.
var errReportLate = errors.New("AWS has not finished the credential report within two minutes; try again later")

const (
	generateReport = "iam:GenerateCredentialReport"
	getReport      = "iam:GetCredentialReport"
)

// credentialReport has AWS write the report and fetches it. A caller who may not have it written can still
// get one that is there.
func (r *reader) credentialReport(ctx context.Context) error {
	wait, waited := reportFirstWait, time.Duration(0)
	for {
		complete, refused := r.generated(ctx)
		if complete || refused != nil {
			err := r.fetchReport(ctx)
			if err == nil || refused != nil || !pending(err) {
				return r.reportOutcome(refused, err)
			}
		}
		if waited >= reportPatience {
			return r.missing(generateReport, errReportLate, whole(account.PartCredentials)...)
		}
		if err := r.pause(ctx, wait); err != nil {
			return err
		}
		waited += wait
		wait = min(2*wait, reportMaxWait)
	}
}

// reportOutcome notes what kept the report away: its making, its fetching, or both.
func (r *reader) reportOutcome(refused, err error) error {
	if err == nil {
		return nil
	}
	if refused != nil {
		if end := r.missing(generateReport, refused, whole(account.PartCredentials)...); end != nil || pending(err) {
			return end
		}
	}
	return r.missing(getReport, err, whole(account.PartCredentials)...)
}

// generated asks for a report and tells whether there is one. The error is why it could not be asked for.
func (r *reader) generated(ctx context.Context) (bool, error) {
	out, err := r.client.IAM.GenerateCredentialReport(ctx, &iam.GenerateCredentialReportInput{})
	if err != nil {
		return false, err
	}
	r.step(generateReport, 0)
	return out.State == types.ReportStateTypeComplete, nil
}

func (r *reader) fetchReport(ctx context.Context) error {
	out, err := r.client.IAM.GetCredentialReport(ctx, &iam.GetCredentialReportInput{})
	if err != nil {
		return err
	}
	report, err := account.ParseCredentialReport(bytes.NewReader(out.Content))
	if err != nil {
		return err
	}
	report.Generated = aws.ToTime(out.GeneratedTime)
	r.snapshot.Report = report
	r.step(getReport, 0)
	return nil
}

// pending reports that there is no report now but there may be one later: not yet, not any more, or being written.
func pending(err error) bool {
	_, absent := errors.AsType[*types.CredentialReportNotPresentException](err)
	_, expired := errors.AsType[*types.CredentialReportExpiredException](err)
	_, writing := errors.AsType[*types.CredentialReportNotReadyException](err)
	return absent || expired || writing
}
