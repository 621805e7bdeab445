package read

import (
	"context"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/conn/conntest"
)

const reportHeader = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active," +
	"access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service," +
	"access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service," +
	"cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n"

const reportRow = "ann,arn:aws:iam::123456789012:user/ann,2020-01-02T03:04:05+00:00,true,no_information,2020-01-02T03:04:05+00:00,N/A,false," +
	"false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"

// TestReader_credentialReport plays the states of the report. A script is the answers in order:
// gS started, gP in progress, gC complete, gD denied; rN not present, rP in progress, rE expired, rD denied,
// rB broken, rO the report. The last answer of each kind goes on for ever.
func TestReader_credentialReport(t *testing.T) {
	t.Parallel()
	denied := func(call string) account.Gap {
		return account.Gap{Account: "123456789012", Call: call, Error: "AccessDenied: no", Permission: call, Part: account.PartCredentials}
	}
	tests := []struct {
		name   string
		script string
		pauses []time.Duration
		gaps   []account.Gap
	}{
		{"fresh from the cache", "gC,rO", nil, nil},
		{"written at once", "gS,gC,rO", []time.Duration{time.Second}, nil},
		{"written slowly", "gS,gP,gP,gP,gP,gC,rO", []time.Duration{1e9, 2e9, 4e9, 8e9, 8e9}, nil},
		{"complete, and yet not there", "gC,rN,rP,rE,rO", []time.Duration{1e9, 2e9, 4e9}, nil},
		{"may not have it written, but one is there", "gD,rO", nil, nil},
		{"may not have it written, and there is none", "gD,rN", nil, []account.Gap{denied("iam:GenerateCredentialReport")}},
		{"may not have it written, and the old one is over", "gD,rE", nil, []account.Gap{denied("iam:GenerateCredentialReport")}},
		{"may not fetch it", "gC,rD", nil, []account.Gap{denied("iam:GetCredentialReport")}},
		{"may do neither", "gD,rD", nil, []account.Gap{denied("iam:GenerateCredentialReport"), denied("iam:GetCredentialReport")}},
		{
			"never finished", "gP,rP",
			append([]time.Duration{1e9, 2e9, 4e9}, slices.Repeat([]time.Duration{8e9}, 15)...),
			[]account.Gap{{Account: "123456789012", Call: "iam:GenerateCredentialReport", Error: errReportLate.Error(), Part: account.PartCredentials}},
		},
		{
			"not a report", "gC,rB", nil,
			[]account.Gap{{Account: "123456789012", Call: "iam:GetCredentialReport", Error: "line 1, column 1: not a credential report: the first line names none of its columns (save what aws iam get-credential-report gives)", Part: account.PartCredentials}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, pauses := scripted(t, test.script)
			if err := r.credentialReport(t.Context()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.pauses, *pauses); diff != "" {
				t.Errorf("pauses (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.gaps, r.gaps); diff != "" {
				t.Errorf("gaps (-want +got):\n%s", diff)
			}
			report := r.snapshot.Report
			if (report != nil) != (test.gaps == nil) {
				t.Fatalf("got the report %v", report)
			}
			if report != nil && (len(report.Rows) != 1 || report.Rows[0].User != "ann" || !report.Generated.Equal(time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC))) {
				t.Errorf("got the report %+v", report)
			}
		})
	}
}

// scripted is a reader on a server that follows the script, and the pauses that it would have made.
func scripted(t *testing.T, script string) (*reader, *[]time.Duration) {
	t.Helper()
	generate, get := []string{}, []string{}
	for word := range strings.SplitSeq(script, ",") {
		if word[0] == 'g' {
			generate = append(generate, word)
		} else {
			get = append(get, word)
		}
	}
	next := func(words *[]string) string {
		word := (*words)[0]
		if len(*words) > 1 {
			*words = (*words)[1:]
		}
		return word
	}
	server := conntest.Serve(t, func(r conntest.Request) conntest.Answer {
		if r.Action == "GenerateCredentialReport" {
			return reportAnswer(r, next(&generate))
		}
		return reportAnswer(r, next(&get))
	})
	r := newReader(connect(t, server, 1), Options{Now: time.Now})
	r.snapshot.Account = "123456789012"
	var pauses []time.Duration
	r.pause = func(_ context.Context, d time.Duration) error {
		pauses = append(pauses, d)
		return nil
	}
	return r, &pauses
}

func reportAnswer(r conntest.Request, word string) conntest.Answer {
	content := func(text string) conntest.Answer {
		return conntest.OK(r, "<Content>"+base64.StdEncoding.EncodeToString([]byte(text))+
			"</Content><ReportFormat>text/csv</ReportFormat><GeneratedTime>2026-01-01T10:00:00Z</GeneratedTime>")
	}
	switch word {
	case "gS":
		return conntest.OK(r, "<State>STARTED</State>")
	case "gP":
		return conntest.OK(r, "<State>INPROGRESS</State>")
	case "gC":
		return conntest.OK(r, "<State>COMPLETE</State>")
	case "rN":
		return conntest.Fail(http.StatusGone, "ReportNotPresent", "no report")
	case "rP":
		return conntest.Fail(http.StatusNotFound, "ReportInProgress", "being written")
	case "rE":
		return conntest.Fail(http.StatusGone, "ReportExpired", "too old")
	case "rB":
		return content("<html>")
	case "rO":
		return content(reportHeader + reportRow)
	default:
		return conntest.Fail(http.StatusForbidden, "AccessDenied", "no")
	}
}

// TestReader_credentialReport_interrupted ends the context while AWS writes.
func TestReader_credentialReport_interrupted(t *testing.T) {
	t.Parallel()
	r, _ := scripted(t, "gP,rP")
	ctx, stop := context.WithCancel(t.Context())
	r.pause = func(ctx context.Context, _ time.Duration) error { stop(); return pause(ctx, time.Hour) }
	if err := r.credentialReport(ctx); err == nil || ctx.Err() == nil || r.gaps != nil {
		t.Errorf("got %v, gaps %v", err, r.gaps)
	}
}
