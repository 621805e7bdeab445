package sandbox_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

// reportWorld is a server with a clock that the test moves.
type reportWorld struct {
	*iam.Client
	t     *testing.T
	clock atomic.Int64
}

func newReportWorld(t *testing.T, fixture *account.Snapshot, steps int) *reportWorld {
	t.Helper()
	w := &reportWorld{t: t}
	w.clock.Store(noon.Unix())
	s := server(t, sandbox.Options{Settings: sandbox.Settings{ReportSteps: steps, Clock: func() time.Time { return time.Unix(w.clock.Load(), 0) }}}, fixture)
	w.Client, _ = clients(s, home)
	return w
}

// generate gives the state that GenerateCredentialReport answers.
func (w *reportWorld) generate() string {
	w.t.Helper()
	out, err := w.GenerateCredentialReport(w.t.Context(), &iam.GenerateCredentialReportInput{})
	if err != nil {
		return code(err)
	}
	return string(out.State)
}

// report gives the rows by user, or the error's code.
func (w *reportWorld) report() (rows map[string]string, made time.Time, fault string) {
	w.t.Helper()
	out, err := w.GetCredentialReport(w.t.Context(), &iam.GetCredentialReportInput{})
	if err != nil {
		return nil, time.Time{}, code(err)
	}
	if _, err := account.ParseCredentialReport(strings.NewReader(string(out.Content))); err != nil {
		w.t.Error(err)
	}
	rows = make(map[string]string)
	for line := range strings.Lines(string(out.Content)) {
		user, rest, _ := strings.Cut(strings.TrimSpace(line), ",")
		rows[user] = rest
	}
	return rows, *out.GeneratedTime, ""
}

func (w *reportWorld) expect(what, got, want string) {
	w.t.Helper()
	if got != want {
		w.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestReport_life(t *testing.T) {
	t.Parallel()
	fixture := company()
	fixture.Report = nil
	w := newReportWorld(t, fixture, 1)
	_, _, fault := w.report()
	w.expect("before any report", fault, "ReportNotPresent 410")
	w.expect("first", w.generate(), "STARTED")
	_, _, fault = w.report()
	w.expect("at once", fault, "ReportInProgress 404")
	w.expect("then", w.generate(), "COMPLETE")
	rows, made, _ := w.report()
	if !made.Equal(noon) || len(rows) != 1+1+4 {
		t.Errorf("got %d lines of %v", len(rows), made)
	}
	w.clock.Add(4*3600 - 1)
	w.expect("cached for four hours", w.generate(), "COMPLETE")
	w.clock.Add(1)
	_, _, fault = w.report()
	w.expect("after four hours", fault, "ReportExpired 410")
	w.expect("again", w.generate(), "STARTED")
	w.expect("in progress", w.generate(), "INPROGRESS")
	w.expect("complete", w.generate(), "COMPLETE")
}

// TestReport_fixture: the fixture's rows are the truth as long as its report lasts; then what was written shows.
func TestReport_fixture(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t, company(), 0)
	ctx := t.Context()
	for _, err := range []error{
		do(w.CreateUser, &iam.CreateUserInput{UserName: new("eve")})(ctx),
		do(w.CreateAccessKey, &iam.CreateAccessKeyInput{UserName: new("eve")})(ctx),
		do(w.CreateLoginProfile, &iam.CreateLoginProfileInput{UserName: new("eve"), Password: new("Long-enough-password-1")})(ctx),
		do(w.DeactivateMFADevice, &iam.DeactivateMFADeviceInput{UserName: new("Ada"), SerialNumber: new(adaMFA)})(ctx),
		do(w.DeleteLoginProfile, &iam.DeleteLoginProfileInput{UserName: new("bob")})(ctx),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	w.expect("generate", w.generate(), "COMPLETE")
	rows, made, _ := w.report()
	if !made.Equal(noon.Add(-time.Hour)) {
		t.Errorf("made at %v, want the fixture's time", made)
	}
	const id = "arn:aws:iam::111122223333:"
	none := strings.Repeat(",false,N/A,N/A,N/A,N/A", 2)
	fixed := map[string]string{
		"<root_account>": id + "root,2022-04-23T12:00:00+00:00,not_supported,2026-04-22T12:00:00+00:00,not_supported,not_supported,true" + none + ",false,N/A,false,N/A",
		"Ada":            id + "user/eng/Ada,2023-12-14T12:00:00+00:00,true,2026-05-30T12:00:00+00:00,2026-04-02T12:00:00+00:00,2026-07-01T12:00:00+00:00,true,true,2025-11-13T12:00:00+00:00,2026-05-31T12:00:00+00:00,us-east-1,s3,false,2025-01-17T12:00:00+00:00,N/A,N/A,N/A,false,N/A,false,N/A",
		"bob":            id + "user/bob,2024-03-23T12:00:00+00:00,true,no_information,2024-03-23T12:00:00+00:00,N/A,true" + none + ",true,2024-07-01T12:00:00+00:00,false,N/A",
		"=1+1":           id + "user/=1+1,2024-07-01T12:00:00+00:00,false,N/A,N/A,N/A,false" + none + ",false,N/A,false,N/A",
	}
	header := rows["user"]
	delete(rows, "user")
	if diff := cmp.Diff(fixed, rows); diff != "" {
		t.Errorf("the fixture's report (-want +got):\n%s", diff)
	}
	if got := strings.Count(header, ","); got != 20 {
		t.Errorf("got %d columns, want 22", got+2)
	}

	w.clock.Add(3 * 3600)
	w.expect("after its life", w.generate(), "STARTED")
	w.expect("at once", w.generate(), "COMPLETE")
	rows, _, _ = w.report()
	delete(rows, "user")
	fixed["Ada"] = strings.Replace(fixed["Ada"], "+00:00,true,true,2025", "+00:00,false,true,2025", 1)
	fixed["bob"] = strings.Replace(fixed["bob"], "true,no_information,2024-03-23T12:00:00+00:00", "false,N/A,N/A", 1)
	fixed["new-hire"] = id + "user/new-hire,2026-05-31T12:00:00+00:00,false,N/A,N/A,N/A,false" + none + ",false,N/A,false,N/A"
	fixed["eve"] = id + "user/eve,2026-06-01T12:00:00+00:00,true,no_information,2026-06-01T12:00:00+00:00,2026-08-30T12:00:00+00:00,false,true,2026-06-01T12:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
	if diff := cmp.Diff(fixed, rows); diff != "" {
		t.Errorf("the new report (-want +got):\n%s", diff)
	}
}

// TestReport_outOfDate: a confirmation tells what is true beside a report that says otherwise.
func TestReport_outOfDate(t *testing.T) {
	t.Parallel()
	fixture := company()
	fixture.Confirmations = []account.Confirmation{
		{User: "bob", At: noon, MFADevices: &[]string{}, Keys: &[]account.LiveKey{{ID: "AKIAEXAMPLE000000001", Active: true, Created: day(9)}}},
	}
	w := newReportWorld(t, fixture, 0)
	rows, _, _ := w.report()
	if !strings.Contains(rows["bob"], ",true,false,N/A") {
		t.Errorf("the report knows better than its rows: %s", rows["bob"])
	}
	devices, err := w.ListMFADevices(t.Context(), &iam.ListMFADevicesInput{UserName: new("bob")})
	if err != nil || len(devices.MFADevices) != 0 {
		t.Errorf("got %v %v, want no device", devices, err)
	}
	keys, err := w.ListAccessKeys(t.Context(), &iam.ListAccessKeysInput{UserName: new("bob")})
	if err != nil || len(keys.AccessKeyMetadata) != 1 || *keys.AccessKeyMetadata[0].AccessKeyId != "AKIAEXAMPLE000000001" {
		t.Errorf("got %v %v, want the live key", keys, err)
	}
}
