package capture_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/capture"
)

const (
	readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	billing  = "arn:aws:iam::aws:policy/job-function/Billing"
	unused   = "arn:aws:iam::aws:policy/Unused"
	own      = "arn:aws:iam::" + one + ":policy/own"
	gone     = "arn:aws:iam::" + one + ":policy/gone"
)

// holder is authorization details of a role that has these policies attached and one as its boundary.
func holder(boundary string, attached ...string) string {
	var list []string
	for _, arn := range attached {
		list = append(list, `{"PolicyArn": "`+arn+`"}`)
	}
	return `{"RoleDetailList": [{"RoleName": "r", "Arn": "arn:aws:iam::` + one + `:role/r",
		"AttachedManagedPolicies": [` + strings.Join(list, ",") + `], "PermissionsBoundary": {"PermissionsBoundaryArn": "` + boundary + `"}}],
		"UserDetailList": [], "GroupDetailList": [], "Policies": [
		{"PolicyName": "own", "Arn": "` + own + `", "DefaultVersionId": "v2", "PolicyVersionList": [
			{"VersionId": "v1", "Document": {"a": 1}}, {"VersionId": "v2", "Document": {"a": 2}, "IsDefaultVersion": true}]},
		{"PolicyName": "Unused", "Arn": "` + unused + `", "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v1", "Document": {}}]}]}`
}

// documents are version and document of each policy by ARN.
func documents(s *account.Snapshot) map[string]string {
	got := map[string]string{}
	for _, p := range s.Policies {
		got[p.ARN] = p.Version + " " + string(p.Document)
	}
	return got
}

func TestRead_managedPolicies(t *testing.T) {
	t.Parallel()
	known := capture.Managed(func(arn string) (string, string, bool) {
		return "v7", `{"known": 1}`, arn == billing || arn == readOnly
	})
	described := `{"Policy": {"PolicyName": "ReadOnlyAccess", "Arn": "` + readOnly + `", "DefaultVersionId": "v9", "UpdateDate": "2026-01-01T00:00:00Z"}}`
	version := `{"PolicyVersion": {"VersionId": "v9", "Document": {"fetched": 1}, "CreateDate": "2026-01-01T00:00:00+00:00"}}`
	for name, tt := range map[string]struct {
		files map[string]string
		want  map[string]string
		gaps  map[string]string // on documents, by ARN
	}{
		"known": {
			map[string]string{"d": holder(billing, readOnly, own)},
			map[string]string{own: `v2 {"a": 2}`, readOnly: `v7 {"known": 1}`, billing: `v7 {"known": 1}`},
			map[string]string{},
		},
		"unknown and dangling": {
			map[string]string{"d": holder("", "arn:aws:iam::aws:policy/New", gone)},
			map[string]string{own: `v2 {"a": 2}`, "arn:aws:iam::aws:policy/New": " "},
			map[string]string{
				"arn:aws:iam::aws:policy/New": "managedDocuments not among the files given",
				gone:                          "policies not among the files given",
			},
		},
		"newer than known": {
			map[string]string{"d": holder("", readOnly), "p": described},
			map[string]string{own: `v2 {"a": 2}`, readOnly: "v9 "},
			map[string]string{readOnly: "managedDocuments not among the files given; ambit knows version v7, the account has v9"},
		},
		"fetched, same file": {
			map[string]string{"d": holder("", readOnly), "p": described + version},
			map[string]string{own: `v2 {"a": 2}`, readOnly: `v9 {"fetched": 1}`},
			map[string]string{},
		},
		"fetched, by date": {
			map[string]string{"d": holder("", readOnly), "p": described, "v": version},
			map[string]string{own: `v2 {"a": 2}`, readOnly: `v9 {"fetched": 1}`},
			map[string]string{},
		},
		"listed": {
			map[string]string{"d": holder("", readOnly), "p": `{"Policies": [{"PolicyName": "gone", "Arn": "` + gone + `", "DefaultVersionId": "v1"},
				{"PolicyName": "Other", "Arn": "arn:aws:iam::aws:policy/Other", "DefaultVersionId": "v1"}]}`},
			map[string]string{own: `v2 {"a": 2}`, readOnly: `v7 {"known": 1}`, gone: "v1 "},
			map[string]string{gone: "policies not among the files given"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := readOne(t, tt.files, known)
			if diff := cmp.Diff(tt.want, documents(s)); diff != "" {
				t.Error(diff)
			}
			gaps := map[string]string{}
			for _, g := range s.Gaps {
				if g.Subject != "" {
					gaps[g.Subject] = string(g.Part) + " " + g.Error
				}
			}
			if diff := cmp.Diff(tt.gaps, gaps); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestRead_usage keeps AWS's own counts where a filter left the holders out, and only there.
func TestRead_usage(t *testing.T) {
	t.Parallel()
	filtered := `{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": [
		{"PolicyName": "own", "Arn": "` + own + `", "DefaultVersionId": "v1", "AttachmentCount": 2, "PermissionsBoundaryUsageCount": 1,
		 "PolicyVersionList": [{"VersionId": "v1", "Document": {"a": 1}}]},
		{"PolicyName": "gone", "Arn": "` + gone + `", "DefaultVersionId": "v1", "AttachmentCount": 0, "PermissionsBoundaryUsageCount": 0,
		 "PolicyVersionList": [{"VersionId": "v1", "Document": {"a": 1}}]},
		{"PolicyName": "ReadOnlyAccess", "Arn": "` + readOnly + `", "DefaultVersionId": "v1", "AttachmentCount": 1, "PermissionsBoundaryUsageCount": 0,
		 "PolicyVersionList": [{"VersionId": "v1", "Document": {"a": 1}}]},
		{"PolicyName": "Unused", "Arn": "` + unused + `", "DefaultVersionId": "v1", "AttachmentCount": 0, "PermissionsBoundaryUsageCount": 0,
		 "PolicyVersionList": [{"VersionId": "v1", "Document": {"a": 1}}]}]}`
	want := map[string]*account.Usage{own: {Attachments: 2, Boundaries: 1}, gone: {}, readOnly: {Attachments: 1}}
	usages := func(s *account.Snapshot) map[string]*account.Usage {
		got := map[string]*account.Usage{}
		for i := range s.Policies {
			got[s.Policies[i].ARN] = s.Policies[i].Usage
		}
		return got
	}
	if diff := cmp.Diff(want, usages(readOne(t, map[string]string{"d": filtered}))); diff != "" {
		t.Error(diff)
	}
	whole := strings.Replace(strings.Replace(filtered, `"AttachmentCount": 2`, `"AttachmentCount": 0`, 1), `"AttachmentCount": 1`, `"AttachmentCount": 0`, 1)
	if diff := cmp.Diff(map[string]*account.Usage{own: nil, gone: nil}, usages(readOne(t, map[string]string{"d": whole}))); diff != "" {
		t.Error(diff)
	}
}

func TestRead_roles(t *testing.T) {
	t.Parallel()
	details := `{"RoleDetailList": [{"RoleName": "r", "Arn": "arn:aws:iam::` + one + `:role/r", "InstanceProfileList": [
		{"InstanceProfileName": "p", "Arn": "arn:aws:iam::` + one + `:instance-profile/p", "Roles": [{"RoleName": "r"}]}],
		"RoleLastUsed": {"LastUsedDate": "2026-01-01T00:00:00Z", "Region": "eu-west-1"}}]}`
	listed := `{"Roles": [{"RoleName": "r", "Arn": "arn:aws:iam::` + one + `:role/r", "Description": "d", "MaxSessionDuration": 7200}]}`
	s := readOne(t, map[string]string{"a": details, "b": listed})
	r := s.Roles[0]
	if r.MaxSession != 7200 || r.Description != "d" || r.LastUsedRegion != "eu-west-1" || r.LastUsed.Year() != 2026 {
		t.Errorf("got %+v", r)
	}
	if len(s.InstanceProfiles) != 1 || s.InstanceProfiles[0].Roles[0] != "r" {
		t.Errorf("got %+v", s.InstanceProfiles)
	}
	if got := gap(s, account.PartInstanceProfiles); !strings.Contains(got, "only the profiles of roles") {
		t.Errorf("got gap %q", got)
	}
	if got := gap(s, account.PartMaxSession); got != "" {
		t.Errorf("got gap %q", got)
	}
}
