package read

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/conn/conntest"
)

const staff = "arn:aws:iam::123456789012:user/staff/"

func people() *account.Snapshot {
	s := &account.Snapshot{
		Account: "123456789012", Source: "aws", TakenAt: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
		Users: []account.User{{Name: "ann", Path: "/staff/"}, {Name: "bob", Path: "/staff/"}, {Name: "gone", Path: "/staff/"}},
		Gaps:  []account.Gap{{Call: "iam:GetAccountSummary", Error: "x", Part: account.PartSummary}},
	}
	s.Normalize()
	return s
}

// live answers for ann, who has a device and two keys, and for everybody else, who has nothing.
func live(r conntest.Request) conntest.Answer {
	switch user := r.Form.Get("UserName"); {
	case user == "gone":
		return conntest.Fail(404, "NoSuchEntity", "The user with name gone cannot be found.")
	case r.Action == "ListMFADevices" && user == "ann":
		return conntest.OK(r, "<IsTruncated>false</IsTruncated><MFADevices><member><UserName>ann</UserName><SerialNumber>arn:aws:iam::123456789012:mfa/ann</SerialNumber><EnableDate>2026-01-01T00:00:00Z</EnableDate></member></MFADevices>")
	case r.Action == "ListAccessKeys" && user == "ann" && r.Form.Get("Marker") == "":
		return conntest.OK(r, "<IsTruncated>true</IsTruncated><Marker>2</Marker><AccessKeyMetadata><member><UserName>ann</UserName><AccessKeyId>AKIA2</AccessKeyId><Status>Active</Status><CreateDate>2026-01-02T00:00:00Z</CreateDate></member></AccessKeyMetadata>")
	case r.Action == "ListAccessKeys" && user == "ann":
		return conntest.OK(r, "<IsTruncated>false</IsTruncated><AccessKeyMetadata><member><UserName>ann</UserName><AccessKeyId>AKIA1</AccessKeyId><Status>Inactive</Status><CreateDate>2026-01-01T00:00:00Z</CreateDate></member></AccessKeyMetadata>")
	case r.Action == "ListMFADevices":
		return conntest.OK(r, "<IsTruncated>false</IsTruncated><MFADevices/>")
	default:
		return conntest.OK(r, "<IsTruncated>false</IsTruncated><AccessKeyMetadata/>")
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 31, 12, 0, 0, 5, time.UTC)
	at := now.Truncate(time.Second)
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	all := []Ask{{User: "bob", MFA: true, Keys: true}, {User: "ann", MFA: true, Keys: true}}
	annMFA, annKeys := []string{"arn:aws:iam::123456789012:mfa/ann"}, []account.LiveKey{{ID: "AKIA1", Created: day}, {ID: "AKIA2", Active: true, Created: day.AddDate(0, 0, 1)}}
	gap := func(call, code, subject string) account.Gap {
		g := account.Gap{Account: "123456789012", Call: call, Error: code, Part: account.PartCredentials, Subject: subject}
		if code == "AccessDenied: no" {
			g.Permission = call
		}
		return g
	}
	noSuch := "NoSuchEntity: The user with name gone cannot be found."
	everybody := "arn:aws:iam::123456789012:user/*"
	deny := func(action string) func(conntest.Request) conntest.Answer {
		return func(r conntest.Request) conntest.Answer {
			if r.Action == action {
				return conntest.Fail(403, "AccessDenied", "no")
			}
			return live(r)
		}
	}
	tests := []struct {
		name   string
		want   []Ask
		answer func(conntest.Request) conntest.Answer
		fresh  []account.Confirmation
		gaps   []account.Gap
		calls  int
	}{
		{"nobody", nil, live, nil, nil, 0},
		{"root and nothing cannot be asked", []Ask{{User: account.RootUser, MFA: true}, {User: "ann"}}, live, nil, nil, 0},
		{
			"both", all, live,
			[]account.Confirmation{{User: "ann", At: at, MFADevices: &annMFA, Keys: &annKeys}, {User: "bob", At: at, MFADevices: new([]string), Keys: new([]account.LiveKey)}},
			nil, 5,
		},
		{
			"one each",
			[]Ask{{User: "ann", MFA: true}, {User: "bob", Keys: true}},
			live,
			[]account.Confirmation{{User: "ann", At: at, MFADevices: &annMFA}, {User: "bob", At: at, Keys: new([]account.LiveKey)}},
			nil, 2,
		},
		{
			"one is gone",
			[]Ask{{User: "gone", MFA: true, Keys: true}, {User: "ann", MFA: true}},
			live,
			[]account.Confirmation{{User: "ann", At: at, MFADevices: &annMFA}},
			[]account.Gap{gap("iam:ListAccessKeys", noSuch, staff+"gone"), gap("iam:ListMFADevices", noSuch, staff+"gone")},
			3,
		},
		{
			"keys are denied", all, deny("ListAccessKeys"),
			[]account.Confirmation{{User: "ann", At: at, MFADevices: &annMFA}, {User: "bob", At: at, MFADevices: new([]string)}},
			[]account.Gap{gap("iam:ListAccessKeys", "AccessDenied: no", everybody)},
			3,
		},
		{
			"all fail", all, func(conntest.Request) conntest.Answer { return conntest.Fail(500, "ServiceFailure", "no") },
			nil,
			[]account.Gap{gap("iam:ListAccessKeys", "ServiceFailure: no", everybody), gap("iam:ListMFADevices", "ServiceFailure: no", everybody)},
			4,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := conntest.Serve(t, test.answer)
			s := people()
			got, err := Confirm(t.Context(), connect(t, server, 1), s, test.want, func() time.Time { return now })
			if err != nil {
				t.Fatal(err)
			}
			want := people()
			want.Confirmations, want.Gaps = test.fresh, append(test.gaps, want.Gaps...)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(people(), s); diff != "" {
				t.Errorf("the old snapshot has changed (-want +got):\n%s", diff)
			}
			if calls := len(server.Requests()); calls != test.calls {
				t.Errorf("%d calls, want %d: %v", calls, test.calls, server.Actions())
			}
		})
	}
}

// TestConfirm_again replaces what an earlier confirmation said.
func TestConfirm_again(t *testing.T) {
	t.Parallel()
	s := people()
	s.Confirmations = []account.Confirmation{{User: "ann", Keys: &[]account.LiveKey{}}, {User: "bob", Keys: &[]account.LiveKey{}}}
	got, err := Confirm(t.Context(), connect(t, conntest.Serve(t, live), 1), s, []Ask{{User: "ann", MFA: true}}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if c := got.Confirmations; len(c) != 2 || c[0].User != "ann" || c[0].MFADevices == nil || c[0].Keys != nil || c[1].Keys == nil {
		t.Errorf("got %+v", c)
	}
	if s.Confirmations[0].MFADevices != nil {
		t.Error("the old snapshot has changed")
	}
}

func TestConfirm_cannot(t *testing.T) {
	t.Parallel()
	var many []Ask
	for i := range 100 {
		many = append(many, Ask{User: fmt.Sprint("user", i), MFA: true})
	}
	server := conntest.Serve(t, func(conntest.Request) conntest.Answer { return conntest.Fail(403, "ExpiredToken", "over") })
	if got, err := Confirm(t.Context(), connect(t, server, 1), people(), many, time.Now); err == nil || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
	if n := len(server.Requests()); n != 1 {
		t.Errorf("%d calls with expired credentials", n)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if got, err := Confirm(ctx, connect(t, conntest.Serve(t, live), 1), people(), many, time.Now); !errors.Is(err, context.Canceled) || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
}
