package authz_test

import (
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
)

// TestMisread: what AWS could carry in a key is taken, and nothing else; a key that nobody knows takes everything.
func TestMisread(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"aws:SourceIp=203.0.113.7":                            "",
		"aws:SourceIp=2001:db8::7":                            "",
		"aws:sourceip=::ffff:203.0.113.7":                     "",
		"aws:SourceIp=10.0.0.0/8":                             "not from a range",
		"aws:SourceIp=10.0.0":                                 "want an IP address",
		"aws:SourceIp=300.0.0.1":                              "want an IP address",
		"aws:SourceIp=":                                       "want an IP address",
		"aws:VpcSourceIp=here":                                "want an IP address",
		"aws:MultiFactorAuthAge=3600":                         "",
		"aws:MultiFactorAuthAge=1.5":                          "",
		"s3:max-keys=-1":                                      "",
		"aws:MultiFactorAuthAge=1h":                           "want a number such as 3600",
		"aws:MultiFactorAuthAge=NaN":                          "want a number",
		"aws:CurrentTime=2026-11-20T09:00:00Z":                "",
		"aws:CurrentTime=2026-11-20T09:00:00.5+01:00":         "",
		"aws:CurrentTime=2026-11-20":                          "",
		"aws:EpochTime=1700000000":                            "",
		"aws:CurrentTime=20.11.2026":                          "want a date such as",
		"aws:TokenIssueTime=yesterday":                        "want a date such as",
		"aws:MultiFactorAuthPresent=true":                     "",
		"aws:SecureTransport=FALSE":                           "",
		"aws:MultiFactorAuthPresent=yes":                      "want true or false",
		"aws:SourceArn=arn:aws:sns:eu-west-1:1:topic":         `account "1" in it: want its twelve digits`,
		"aws:SourceArn=arn:aws:sns:eu-west-1:111122223333:to": "",
		"aws:SourceArn=arn:aws:s3:::bucket":                   "",
		"aws:PrincipalArn=arn:aws:iam::aws:policy/x":          "",
		"iam:PolicyARN=arn:aws:iam::*:policy/x":               "",
		"aws:username=1":                                      "",
		"aws:RequestTag/ip=none":                              "",
		"nobody:knows=it":                                     "",
	} {
		name, value, _ := strings.Cut(spec, "=")
		key, _ := iamref.Key(name)
		if got := authz.Misread(key, value); !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%s: got %q, want %q", spec, got, want)
		}
	}
}
