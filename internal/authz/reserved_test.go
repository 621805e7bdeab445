package authz_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
)

func TestReserved(t *testing.T) {
	t.Parallel()
	const (
		managed = "arn:aws:iam::aws:policy/AdministratorAccess"
		linked  = "arn:aws:iam::111122223333:role/aws-service-role/ec2.amazonaws.com/AWSServiceRoleForX"
		sso     = "arn:aws-cn:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123"
	)
	for _, tt := range []struct {
		action, resource string
		want             bool
	}{
		{"iam:CreatePolicyVersion", managed, true},
		{"IAM:setdefaultpolicyversion", "arn:aws-us-gov:iam::aws:policy/job-function/Billing", true},
		{"iam:CreatePolicyVersion", "arn:aws:iam::111122223333:policy/aws", false},
		{"iam:GetPolicyVersion", managed, false},
		{"s3:CreatePolicyVersion", managed, false},
		{"iam:PutRolePolicy", linked, true},
		{"iam:UpdateAssumeRolePolicy", sso, true},
		{"iam:CreateRole", "arn:aws:iam::111122223333:role/aws-service-role/x", true},
		{"iam:CreateServiceLinkedRole", linked, false},
		{"iam:DeleteServiceLinkedRole", linked, false},
		{"iam:UpdateRoleDescription", linked, false},
		{"iam:PassRole", linked, false},
		{"iam:GetRole", sso, false},
		{"iam:PutRolePolicy", "arn:aws:iam::111122223333:role/aws-service-roles", false},
		{"iam:PutRolePolicy", "arn:aws:iam::111122223333:role/app", false},
		{"iam:PutRolePolicy", "*", false},
	} {
		if got := authz.Reserved(tt.action, tt.resource); got != tt.want {
			t.Errorf("%s on %s: %v, want %v", tt.action, tt.resource, got, tt.want)
		}
	}
	var reserved []string
	for a := range iamref.ActionCount() {
		name := iamref.ActionAt(a).String()
		if authz.Reserved(name, managed) || authz.Reserved(name, linked) {
			reserved = append(reserved, name)
		}
	}
	if len(reserved) != 16 || slices.ContainsFunc(reserved, func(s string) bool { return !strings.HasPrefix(s, "iam:") }) {
		t.Errorf("%d known actions: %q", len(reserved), reserved)
	}
	u := authz.NewUniverse([]string{"arn:aws:iam::111122223333:role/app", linked, sso})
	if m := u.Reserved("iam:PutRolePolicy"); m == nil || m.Has(0) || !m.Has(1) || !m.Has(2) {
		t.Errorf("of three roles %v", m)
	}
	if m := u.Reserved("iam:GetRole"); m != nil {
		t.Errorf("to read roles %v", m)
	}
}
