package iamref

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestManagedPolicy(t *testing.T) {
	t.Parallel()
	tests := []struct {
		arn, name string
		exact     bool
	}{
		{"arn:aws:iam::aws:policy/AdministratorAccess", "AdministratorAccess", true},
		{"arn:aws-cn:iam::aws:policy/AdministratorAccess", "AdministratorAccess", false},
		{"arn:aws-us-gov:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", "AWSLambdaBasicExecutionRole", false},
		{"arn:aws:iam::aws:policy/job-function/ViewOnlyAccess", "ViewOnlyAccess", true},
		{"arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy", "S3UnlockBucketPolicy", true},
		{"arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy", "AWSSupportServiceRolePolicy", true},
	}
	for _, tt := range tests {
		got, ok := ManagedPolicy(tt.arn)
		if !ok || got.Name != tt.name || got.ARN != tt.arn || got.Exact != tt.exact {
			t.Errorf("%s: got %.200v, %t", tt.arn, got, ok)
		}
		if !strings.HasPrefix(got.Version, "v") || !json.Valid([]byte(got.Document)) {
			t.Errorf("%s: version %q of document %.100q", tt.arn, got.Version, got.Document)
		}
	}
}

func TestManagedPolicy_none(t *testing.T) {
	t.Parallel()
	for _, arn := range []string{
		"", "AdministratorAccess",
		"arn:aws:iam::aws:policy/", "arn:aws:iam::aws:policy/administratoraccess", "arn:aws:iam::aws:policy/job-function/AdministratorAccess",
		"arn:aws:iam::123456789012:policy/AdministratorAccess", "arn:gcp:iam::aws:policy/AdministratorAccess",
		":iam::aws:policy/AdministratorAccess", "aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/ViewOnlyAccess",
	} {
		if got, ok := ManagedPolicy(arn); ok {
			t.Errorf("%q: found %s", arn, got.ARN)
		}
	}
}

func TestManagedPolicy_content(t *testing.T) {
	t.Parallel()
	got, _ := ManagedPolicy("arn:aws:iam::aws:policy/AdministratorAccess")
	want := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	if got.Document != want || got.Version != "v1" {
		t.Errorf("AdministratorAccess %s is %s", got.Version, got.Document)
	}
}

func TestManagedPolicies(t *testing.T) {
	t.Parallel()
	count, last := 0, ""
	for m := range ManagedPolicies() {
		count++
		if m.ARN <= last {
			t.Errorf("%s follows %s", m.ARN, last)
		}
		if again, ok := ManagedPolicy(m.ARN); !ok || again != m {
			t.Errorf("%s is not found by its ARN", m.ARN)
		}
		last = m.ARN
	}
	if count < 1500 {
		t.Errorf("found %d policies, want at least 1500", count)
	}
	for range ManagedPolicies() {
		break // an early end must do no harm
	}
	t.Logf("%d AWS managed policies in %d bytes", count, len(packed))
}

func BenchmarkUnpack(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		unpack()
	}
}

func BenchmarkManagedPolicy(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		ManagedPolicy("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
	}
}
