package gsl_test

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/gsl"
)

// BenchmarkCompare is one comparison on one entity.
func BenchmarkCompare(b *testing.B) {
	for _, c := range []struct{ name, expr string }{
		{"bool", "passwordEnabled = true"},
		{"string", "name = 'Alice'"},
		{"number", "createDate > 0"},
		{"nested", "firstAccessKey.isActive = true"},
		{"in", "name in ('Bob', 'Carol', 'Alice')"},
		{"like", "name like '%lic%'"},
		{"regexMatch", "name regexMatch /^<root_account>$/i"},
		{"before", "createDate before(-90, 'days')"},
		{"months", "createDate before(-3, 'months')"},
	} {
		b.Run(c.name, func(b *testing.B) { benchmark(b, "IamUser should have "+c.expr, alice()) })
	}
}

// BenchmarkJudge is one rule on one entity.
func BenchmarkJudge(b *testing.B) {
	statements := object(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":"*"},
		{"Effect":"Allow","Action":"ec2:*","Resource":"*"},
		{"Effect":"Deny","Action":"iam:*","Resource":"*"},
		{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}]}`)
	trust := object(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"},
		{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"sts:AssumeRole",
		 "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}`)
	for _, c := range []struct {
		name, rule string
		self       any
	}{
		{"mfa", "IamUser where passwordEnabled=true should have mfaActive=true", alice()},
		{"key age", "IamUser where firstAccessKey.isActive=true should not have firstAccessKey.lastRotated before(-90, 'days')", alice()},
		{"keys", "IamUser should not have keys contain [isActive = true and lastRotated olderThan(90, 'days')]", alice()},
		{"name", "IamUser should not have name like '%admin%'", alice()},
		{"inline", "IamUser should not have inlinePolicies", alice()},
		{"function", "IamUser should have attachedGroups hasAny('ops')", alice()},
		{"IAM.86", iam86, &policy{attachments: 1, document: statements}},
		{"IAM.99", iam99, &role{account: "111122223333", trust: trust}},
	} {
		b.Run(c.name, func(b *testing.B) { benchmark(b, c.rule, c.self) })
	}
}

func benchmark(b *testing.B, rule string, self any) {
	b.Helper()
	p := compile(b, rule, gsl.Options{})
	env := &gsl.Env{Now: now.Unix()}
	b.ReportAllocs()
	for b.Loop() {
		p.Judge(env, self)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "judgements/s")
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		compile(b, iam99, gsl.Options{})
	}
}

// Scalars are judged without allocation.
func TestJudge_allocations(t *testing.T) {
	for _, rule := range []string{
		"IamUser where passwordEnabled=true should have mfaActive=true or hidden = 'x'",
		"IamUser should have name like '%x%' and name in ('a', 'b') or name regexMatch /x/",
		"IamUser should have firstAccessKey.lastRotated before(-3, 'months') and keys contain [isActive and lastRotated > ~createDate]",
		"IamUser should have attachedGroups hasAny('ops') and attachedGroups contain ['d%', 'x']",
		"IamUser should have data.many with [Effect = 'Allow'] contain [Action contain ['s3:Put']]",
	} {
		p := compile(t, rule, gsl.Options{})
		env, self := &gsl.Env{Now: now.Unix()}, alice()
		if n := testing.AllocsPerRun(100, func() { p.Judge(env, self) }); n > 0 {
			t.Errorf("%s: %v allocations", rule, n)
		}
	}
}
