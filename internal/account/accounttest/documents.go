package accounttest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ambit-iam/ambit/internal/account"
)

// Documents that rules look for.
const (
	fullAdmin  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	mfaAdmin   = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:DeactivateMFADevice","Resource":"*"}}`
	selfMFA    = `{"Version":"2012-10-17","Statement":[{"Sid":"OwnDevice","Effect":"Allow","Action":["iam:EnableMFADevice","iam:ResyncMFADevice","iam:ListMFADevices"],"Resource":"arn:aws:iam::*:user/${aws:username}"}]}`
	twiceNamed = `{"Version":"2012-10-17","Statement":[],"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	brokenText = `{"Version":"2012-10-17","Statement":[`
)

var actions = []string{
	"s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:DeleteObject", "s3:Get*", "ec2:Describe*", "ec2:StartInstances",
	"ec2:StopInstances", "ec2:RunInstances", "ec2:CreateTags", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query",
	"dynamodb:BatchGetItem", "lambda:InvokeFunction", "lambda:UpdateFunctionCode", "lambda:List*", "logs:CreateLogGroup",
	"logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage", "sqs:ReceiveMessage", "sns:Publish", "kms:Decrypt",
	"kms:GenerateDataKey", "secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParametersByPath", "iam:PassRole",
	"iam:GetRole", "iam:ListRoles", "sts:AssumeRole", "cloudwatch:PutMetricData", "cloudformation:Describe*",
	"ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecs:UpdateService", "rds:DescribeDBInstances", "glue:GetTable",
	"athena:StartQueryExecution", "states:StartExecution", "events:PutEvents", "kinesis:PutRecord", "eks:DescribeCluster",
}

var conditions = []string{
	`{"StringEquals":{"aws:PrincipalOrgID":"o-abcdef1234"}}`,
	`{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`,
	`{"StringLike":{"s3:prefix":["home/${aws:username}/*","shared/*"]},"Bool":{"aws:SecureTransport":true}}`,
	`{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","198.51.100.0/24"]}}`,
	`{"StringEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]},"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}`,
}

// document is a policy of a few statements, compact or, one in three, as a person would lay it out.
func (g *generator) document(most int) account.Document {
	var statements []string
	for i := range g.rand.IntN(most) + 1 {
		statements = append(statements, g.statement(i))
	}
	text := `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
	if g.one(3) {
		return laidOut(text)
	}
	return account.NewDocument(text)
}

func laidOut(text string) account.Document {
	v := jsontext.Value(text)
	if err := v.Indent(jsontext.WithIndent("  ")); err != nil {
		panic("accounttest: a document of our own is not JSON: " + err.Error())
	}
	return account.NewDocument(string(v))
}

func (g *generator) statement(i int) string {
	effect, action := "Allow", "Action"
	if g.one(12) {
		effect = "Deny"
	}
	if g.one(40) {
		action = "NotAction"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `{"Sid":"Statement%d","Effect":%q,%q:%s,"Resource":%s`, i, effect, action,
		oneOrList(append(some(g, 7, actions), pick(g, actions))), oneOrList(g.resources()))
	if g.one(3) {
		b.WriteString(`,"Condition":` + pick(g, conditions))
	}
	b.WriteString("}")
	return b.String()
}

func (g *generator) resources() []string {
	if g.one(4) {
		return []string{"*"}
	}
	bucket := fmt.Sprintf("%s-bucket-%03d", pick(g, teams), g.rand.IntN(300))
	return append(some(g, 3, []string{
		"arn:aws:s3:::" + bucket,
		"arn:aws:s3:::" + bucket + "/*",
		fmt.Sprintf("arn:aws:dynamodb:eu-west-1:%s:table/%s-%02d", Account, pick(g, teams), g.rand.IntN(40)),
		fmt.Sprintf("arn:aws:lambda:eu-west-1:%s:function:%s-*", Account, pick(g, teams)),
		fmt.Sprintf("arn:aws:sqs:*:%s:%s-queue", Account, pick(g, teams)),
	}), fmt.Sprintf("arn:aws:logs:*:%s:log-group:/app/%s/*", Account, pick(g, teams)))
}

// oneOrList is a JSON string, or a list of several.
func oneOrList(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = strconv.Quote(v)
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	return "[" + strings.Join(quoted, ",") + "]"
}

func trust(statement string) account.Document {
	return account.NewDocument(`{"Version":"2012-10-17","Statement":[` + statement + `]}`)
}

// trust is a statement of a trust policy: mostly services, some of them roles of this account, strangers with and without a
// condition, SAML and OIDC providers.
func (g *generator) trust() string {
	switch g.rand.IntN(20) {
	case 0, 1:
		return fmt.Sprintf(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"sts:AssumeRole"}`, Account)
	case 2:
		return openTrust
	case 3, 4:
		return guardedTrust
	case 5:
		return fmt.Sprintf(`{"Effect":"Allow","Principal":{"AWS":[%q,"arn:aws:iam::%s:role/ci"]},`+
			`"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`, Stranger, Stranger)
	case 6:
		return fmt.Sprintf(`{"Effect":"Allow","Principal":{"Federated":%q},"Action":"sts:AssumeRoleWithSAML",`+
			`"Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}}`, samlARN)
	case 7:
		return fmt.Sprintf(`{"Effect":"Allow","Principal":{"Federated":%q},"Action":"sts:AssumeRoleWithWebIdentity",`+
			`"Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:example/%s-*:*"}}}`, oidcARN, pick(g, teams))
	default:
		return fmt.Sprintf(`{"Effect":"Allow","Principal":{"Service":%q},"Action":"sts:AssumeRole"}`,
			pick(g, []string{"ec2.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com"}))
	}
}

const (
	openTrust    = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + string(Stranger) + `:root"},"Action":"sts:AssumeRole"}`
	guardedTrust = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + string(Stranger) + `:root"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"a-secret-between-us"}}}`
	samlARN      = "arn:aws:iam::" + string(Account) + ":saml-provider/corporate"
	oidcARN      = "arn:aws:iam::" + string(Account) + ":oidc-provider/token.actions.githubusercontent.com"
)
