package assess_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/rule"
)

func TestAllowsMoreThan(t *testing.T) {
	t.Parallel()
	pass := func(resource, condition string) string {
		return `{"Effect":"Allow","Action":"iam:PassRole","Resource":` + resource + `,"Condition":{` + condition + `}}`
	}
	const all, to = `"*"`, `"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}`
	var many []string
	for i := range 400 {
		many = append(many, pass(fmt.Sprintf(`"arn:aws:iam::111122223333:role/*%d*"`, i), fmt.Sprintf(`"StringLike":{"aws:PrincipalTag/t%d":"*a*"}`, i)))
	}
	tests := []struct {
		name, older, newer string
		want               finding.Verdict
	}{
		{"same", pass(all, to), pass(all, to), finding.Pass},
		{"condition added", pass(all, ""), pass(all, to), finding.Fail},
		{"condition dropped", pass(all, to), pass(all, ""), finding.Pass},
		{"resource narrowed", pass(all, ""), pass(`"arn:aws:iam::111122223333:role/app"`, ""), finding.Fail},
		{"roles of the account alone", pass(all, ""), pass(`"arn:aws:iam::111122223333:role/*"`, ""), finding.Pass},
		{"another account's principals", pass(all, `"StringEquals":{"aws:PrincipalAccount":"999988887777"}`), pass(`"arn:aws:iam::111122223333:role/app"`, ""), finding.Pass},
		{"another action", `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, pass(all, to), finding.Pass},
		{"Deny added", pass(all, ""), pass(all, "") + `,{"Effect":"Deny","NotAction":"s3:*","Resource":"arn:aws:iam::*:role/admin"}`, finding.Fail},
		{"too large", strings.Join(many, ","), strings.Join(many[1:], ","), finding.Unknown},
	}
	c := compiled(t, rule.Rule{Message: "{name}"}, "IamPolicy should not have versions contain [isDefault=false and document allowsMoreThan(~document, 'iam:PassRole')]")
	for _, tt := range tests {
		document := func(statements string) account.Document {
			return account.Document(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)
		}
		s := &account.Snapshot{Account: "111122223333", Partition: "aws", TakenAt: taken, Policies: []account.Policy{{
			ARN: "arn:aws:iam::111122223333:policy/p", Version: "v2", Document: document(tt.newer),
			Versions: []account.Version{{ID: "v1", Document: document(tt.older)}, {ID: "v2", Document: document(tt.newer)}},
		}}}
		s.Normalize()
		f := failing(t, assess.Run(facts.New(s), assess.Options{Rules: []*rule.Compiled{c}}), "p")
		if f.Verdict != tt.want {
			t.Errorf("%s: %s (%s), want %s", tt.name, f.Verdict, f.Told().Why, tt.want)
		}
		if f.Verdict == finding.Fail && (len(f.Told().Evidence) == 0 || f.Told().Witness == nil || f.Told().Witness.Action != "iam:PassRole") {
			t.Errorf("%s: evidence %+v, witness %+v", tt.name, f.Told().Evidence, f.Told().Witness)
		}
	}
}
