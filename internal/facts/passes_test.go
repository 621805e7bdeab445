package facts

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/source"
)

func TestPassesRoles(t *testing.T) {
	t.Parallel()
	const ask = "passesRoles('lambda.amazonaws.com', 'lambda:CreateFunction', 'ecs-tasks.amazonaws.com', 'ecs:RunTask', 'batch:SubmitJob')"
	pass := func(resource, condition string) string {
		return `{"Effect":"Allow","Action":"iam:PassRole","Resource":"` + resource + `","Condition":{` + condition + `}}`
	}
	to := func(service string) string { return `"StringEquals":{"iam:PassedToService":"` + service + `"}` }
	start := func(action string) string { return `{"Effect":"Allow","Action":"` + action + `","Resource":"*"}` }
	tests := []struct {
		name, document string
		want           bool
	}{
		{"to any service", policyDocument(pass("*", ""), start("lambda:CreateFunction")), true},
		{"to that service", policyDocument(pass("*", to("ecs-tasks.amazonaws.com")), start("batch:*")), true},
		{"to another service", policyDocument(pass("*", to("ecs-tasks.amazonaws.com")), start("lambda:*")), false},
		{"one role", policyDocument(pass("arn:aws:iam::111122223333:role/app", ""), start("lambda:*")), false},
		{"nothing to start", policyDocument(pass("*", ""), start("s3:*")), false},
		{"no role", policyDocument(start("lambda:*")), false},
		{"denied to that service", policyDocument(pass("*", ""), start("lambda:*"),
			`{"Effect":"Deny","Action":"iam:PassRole","Resource":"*","Condition":{`+to("lambda.amazonaws.com")+`}}`), false},
	}
	for _, tt := range tests {
		for _, expression := range []string{"document " + ask, ask} {
			got, evidence := onPolicy(t, tt.document, expression)
			if got != gsl.TruthOf(tt.want) || (len(evidence) > 0) != tt.want {
				t.Errorf("%s: %s is %v with %q, want %v", tt.name, expression, got, evidence, tt.want)
			}
		}
	}
}

func TestPassesRoles_refuses(t *testing.T) {
	t.Parallel()
	for _, arguments := range []string{
		"'lambda:CreateFunction', 'lambda.amazonaws.com'", "'lambda.amazonaws.com', 'ec2.amazonaws.com', 'ec2:RunInstances'",
		"'lambda.amazonaws.com', 'lambda:'",
	} {
		text := "IamPolicy should have passesRoles(" + arguments + ")"
		if program, _ := gsl.Compile(Schema(), source.File{Text: text}, gsl.Options{}); program != nil {
			t.Errorf("%s compiles", text)
		}
	}
}
