package review

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/policy"
)

func TestLint_version(t *testing.T) {
	t.Parallel()
	const statement = `"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}`
	checkDocument(t, MissingVersion, policy.Identity, `§{`+statement, "document has no Version")
	checkDocument(t, MissingVersion, policy.Identity, `{"Version":"2008-10-17",`+statement, "")
	checkDocument(t, OldVersion, policy.Identity, `{"Version":§"2008-10-17",`+statement, "document is in the language of 2008")
	checkDocument(t, OldVersion, policy.Identity, `{"Version":"2012-10-17",`+statement, "")

	const with = `"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::b/${*}",§"arn:aws:s3:::b/${aws:username}/*"],"Condition":{"StringLike":{"s3:prefix":§"${aws:userid}"}}}}`
	const said = "policy variable \"${aws:username}\" in a document of 2008\npolicy variable \"${aws:userid}\" in a document of 2008"
	checkDocument(t, VariableInOldVersion, policy.Identity, `{"Version":"2008-10-17",`+with, said)
	checkDocument(t, VariableInOldVersion, policy.Identity, `{`+with, said)
	checkDocument(t, VariableInOldVersion, policy.Identity, `{"Version":"2012-10-17",`+with, "")
}

func TestLint_variables(t *testing.T) {
	t.Parallel()
	checkSmells(t, UnknownVariable, policy.Identity, []smellCase{
		{"typed wrong", `{"Action":"s3:*","Resource":§"arn:aws:s3:::b/${aws:usrname}"}`, `policy variable "${aws:usrname}" is not known`},
		{"the second", `{"Action":"s3:*","Resource":§"arn:aws:s3:::${aws:PrincipalTag/team}/${aws:usrname, 'x'}"}`, `policy variable "${aws:usrname, 'x'}" is not known`},
		{"many values", `{"Action":"s3:*","Resource":§"arn:aws:s3:::b/${aws:TagKeys}"}`, `policy variable "${aws:TagKeys}" may have many values, so AWS does not replace it`},
		{"in a condition", `{"Action":"s3:*","Condition":{"StringLike":{"s3:prefix":["x",§"${username}"]}}}`, `policy variable "${username}" is not known`},
		{"known", `{"Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}/${saml:sub}/${graph.facebook.com:id}/${aws:PrincipalTag/x}/${*}/${?}/${$}"}`, ""},
		{"not closed", `{"Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:usrname"}`, ""},
	})
	checkSmells(t, MisplacedVariable, policy.Identity, []smellCase{
		{"action", `{"Action":§"s3:${aws:username}"}`, `policy variable "${aws:username}" stands where AWS does not replace it`},
		{"account", `{"Action":"sqs:*","Resource":§"arn:aws:sqs:*:${aws:PrincipalAccount}:q"}`, `policy variable "${aws:PrincipalAccount}" stands where AWS does not replace it`},
		{"both", `{"Action":"sqs:*","Resource":§"arn:aws:sqs:*:${aws:PrincipalAccount}:${aws:username}"}`, `policy variable "${aws:PrincipalAccount}" stands where AWS does not replace it`},
		{"last part", `{"Action":"sqs:*","Resource":"arn:aws:sqs:*:*:${aws:username}:x"}`, ""},
	})
	checkSmells(t, MisplacedVariable, policy.Trust, []smellCase{
		{"principal", `{"Action":"sts:AssumeRole","Principal":{"AWS":§"arn:aws:iam::123456789012:user/${aws:username}"}}`, `policy variable "${aws:username}" stands where AWS does not replace it`},
	})
}

func TestLint_size(t *testing.T) {
	t.Parallel()
	sized := func(n int) string {
		head, tail := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/`, `*"}}`
		return head + strings.Repeat("x", n-len(head)-len(tail)) + tail
	}
	tests := []struct {
		kind policy.DocumentKind
		text string
		want string
	}{
		{policy.Identity, sized(2048), ""},
		{policy.Identity, strings.Repeat(" ", 4000) + sized(2048), ""},
		{policy.Identity, "§" + sized(2049), "all inline policies of a user together (2048), a session policy (2048)"},
		{policy.Identity, "§" + sized(6145), "all inline policies of a user together (2048), a session policy (2048), all inline policies of a group together (5120), a managed policy (6144)"},
		{policy.Resource, "§" + sized(20481), "a bucket policy (20480)"},
		{policy.Trust, "§" + sized(4097), "a trust policy, unless the quota is raised (2048), a trust policy with the quota raised (4096)"},
		{policy.ServiceControl, sized(5120), ""},
		{policy.ServiceControl, "§" + sized(5121), "a service control policy (5120)"},
	}
	for _, tt := range tests {
		want := ""
		if tt.want != "" {
			want = fmt.Sprintf("document has %d characters, too many for %s", len(tt.text)-len("§"), tt.want)
		}
		checkDocument(t, OverSize, tt.kind, tt.text, want)
	}
	checkDocument(t, TooLarge, policy.Identity, "§"+sized(maxText+1), "document is longer than 128 KiB")
}
