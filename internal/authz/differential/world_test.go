package differential

import "math/rand/v2"

type document = map[string]any

// world is one random request with every policy that speaks on it.
type world struct {
	principal, action, resource, owner string
	context                            map[string]any
	identity, boundary                 []document
	session, resourcePolicy            document
	scps, rcps                         [][]document
}

type generator struct{ *rand.Rand }

func pick[T any](g generator, from ...T) T { return from[g.IntN(len(from))] }

// some picks one, or a list of up to three.
func some[T any](g generator, from ...T) any {
	if g.IntN(2) == 0 {
		return pick(g, from...)
	}
	var out []T
	for range 1 + g.IntN(3) {
		out = append(out, pick(g, from...))
	}
	return out
}

const (
	home = "111111111111"
	away = "222222222222"
)

var callers = []string{
	"arn:aws:iam::111111111111:user/alice", "arn:aws:iam::111111111111:user/eng/bob",
	"arn:aws:sts::111111111111:assumed-role/app/s1", "arn:aws:sts::111111111111:assumed-role/ops/s2",
}

func (g generator) world() world {
	w := world{
		principal: pick(g, callers...), owner: pick(g, home, home, home, away), context: map[string]any{},
	}
	w.action, w.resource = g.target(w.owner)
	g.fill(w.context)
	for range g.IntN(3) {
		w.identity = append(w.identity, g.policy(""))
	}
	if g.IntN(3) == 0 {
		w.boundary = []document{g.policy("")}
	}
	if g.IntN(4) == 0 && len(w.principal) > 12 && w.principal[:12] == "arn:aws:sts:" {
		w.session = g.policy("")
	}
	// A role and a key always have a policy of their own.
	if g.IntN(2) == 0 || w.action == "sts:AssumeRole" || w.action == "kms:Decrypt" {
		w.resourcePolicy = g.policy("Principal")
	}
	if g.IntN(3) == 0 {
		w.scps = g.levels("")
	}
	if g.IntN(4) == 0 {
		w.rcps = g.levels("star")
	}
	return w
}

func (g generator) target(owner string) (action, resource string) {
	switch g.IntN(10) {
	case 0:
		return "sqs:SendMessage", "arn:aws:sqs:us-east-1:" + owner + ":orders"
	case 1:
		return "kms:Decrypt", "arn:aws:kms:us-east-1:" + owner + ":key/1"
	case 2:
		return "sts:AssumeRole", "arn:aws:iam::" + owner + ":role/target"
	case 3:
		return "s3:ListAllMyBuckets", "*"
	case 4:
		return "dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:" + owner + ":table/books"
	}
	return pick(g, "s3:GetObject", "s3:PutObject", "s3:getobject"), pick(g, "arn:aws:s3:::b/k", "arn:aws:s3:::b/alice", "arn:aws:s3:::bad/x/y")
}

func (g generator) levels(kind string) [][]document {
	var out [][]document
	for range 1 + g.IntN(2) {
		level := []document{{"Version": "2012-10-17", "Statement": []document{{"Effect": "Allow", "Action": "*", "Resource": "*"}}}}
		if kind == "star" {
			level = nil
		}
		if g.IntN(2) == 0 {
			level = append(level, g.policy(kind))
		}
		out = append(out, level)
	}
	return out
}

func (g generator) policy(kind string) document {
	var statements []document
	for range 1 + g.IntN(3) {
		statements = append(statements, g.statement(kind))
	}
	if len(statements) == 1 && g.IntN(3) == 0 {
		return document{"Version": "2012-10-17", "Statement": statements[0]}
	}
	return document{"Version": "2012-10-17", "Statement": statements}
}

func (g generator) statement(kind string) document {
	s := document{"Effect": pick(g, "Allow", "Allow", "Allow", "Deny")}
	s[pick(g, "Action", "Action", "Action", "NotAction")] = some(g, "*", "s3:*", "s3:Get*", "s3:GetObject", "S3:PutObject", "s3:?etObject",
		"sqs:*", "kms:*", "kms:Decrypt", "sts:AssumeRole", "sts:*", "dynamodb:GetItem", "s3:List*", "iam:*")
	s[pick(g, "Resource", "Resource", "Resource", "NotResource")] = some(g, "*", "*", "arn:aws:s3:::*", "arn:aws:s3:::b/*", "arn:aws:s3:::b*", "arn:aws:s3:::b/${aws:username}",
		"arn:aws:s3:::b/k", "arn:aws:s3:::b/?", "arn:aws:sqs:*:111111111111:orders", "arn:aws:kms:*:*:key/*", "arn:aws:iam::*:role/*", "arn:aws:dynamodb:*:*:table/*")
	switch kind {
	case "star": // a resource control policy takes neither NotAction nor the bare star
		delete(s, "NotAction")
		s["Effect"], s["Principal"], s["Action"] = "Deny", "*", some(g, "s3:*", "s3:Get*", "sqs:*", "kms:*", "sts:*")
	case "Principal":
		s["Principal"] = g.principal()
	}
	if g.IntN(2) == 0 {
		s["Condition"] = g.conditions()
	}
	return s
}

func (g generator) principal() any {
	if g.IntN(6) == 0 {
		return "*"
	}
	return document{"AWS": some(g, append(callers, "*", home, away, "arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:role/app",
		"arn:aws:iam::111111111111:role/ops", "arn:aws:iam::222222222222:root")...)}
}

// key is a condition key with the operators and values that suit it.
type key struct {
	name      string
	operators []string
	values    []string
	given     []string
	many      bool
}

var keys = []key{
	{name: "aws:PrincipalTag/team", operators: stringOps, values: []string{"red", "Red", "r*", "b?ue", "${aws:username}", "*"}, given: []string{"red", "blue", "alice", "*"}},
	{name: "AWS:username", operators: stringOps, values: []string{"alice", "ALICE", "a*", "bob"}, given: []string{"alice", "bob"}},
	{name: "aws:SecureTransport", operators: []string{"Bool", "BoolIfExists"}, values: []string{"true", "false"}, given: []string{"true", "false"}},
	{name: "aws:MultiFactorAuthPresent", operators: []string{"Bool", "BoolIfExists", "Null"}, values: []string{"true", "false"}, given: []string{"true", "false"}},
	{name: "aws:SourceIp", operators: []string{"IpAddress", "NotIpAddress", "IpAddressIfExists", "NotIpAddressIfExists"}, values: []string{"203.0.113.0/24", "10.0.0.0/8", "203.0.113.9", "2001:db8::/32"}, given: []string{"203.0.113.9", "10.1.2.3", "2001:db8::1"}},
	{name: "s3:max-keys", operators: []string{"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals", "NumericLessThanIfExists"}, values: []string{"9", "10", "10.0", "100"}, given: []string{"9", "10", "11"}},
	{name: "aws:CurrentTime", operators: []string{"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "DateGreaterThanIfExists"}, values: []string{"2026-01-01T00:00:00Z", "2020-05-05T01:02:03Z", "2026-01-01T01:00:00+01:00"}, given: []string{"2026-01-01T00:00:00Z", "2019-01-01T00:00:00Z"}},
	{name: "aws:SourceArn", operators: []string{"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "ArnLikeIfExists", "StringLike"}, values: []string{"arn:aws:sns:*:1:t*", "arn:aws:sns:us-east-1:1:topic", "arn:aws:s3:::*", "arn:aws:logs:us-east-1:1:log-group:*", "arn:aws:sns:*:${aws:PrincipalAccount}:*"}, given: []string{"arn:aws:sns:us-east-1:111111111111:own", "arn:aws:sns:us-east-1:1:topic", "arn:aws:logs:us-east-1:1:log-group:/a:stream", "arn:aws:s3:::b"}},
	{name: "aws:TagKeys", operators: setOps, values: []string{"a", "b", "env*"}, given: []string{"a", "b", "environment", "z"}, many: true},
}

var (
	stringOps = []string{"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike", "StringEqualsIfExists", "StringNotEqualsIfExists", "StringLikeIfExists", "StringNotLikeIfExists", "Null"}
	setOps    = []string{"ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAllValues:StringLike", "ForAnyValue:StringLike", "ForAllValues:StringNotEquals", "ForAnyValue:StringNotEquals", "ForAllValues:StringNotLike", "ForAnyValue:StringNotLike", "Null"}
)

func (g generator) conditions() document {
	out := document{}
	for range 1 + g.IntN(2) {
		k := keys[g.IntN(len(keys))]
		op := pick(g, k.operators...)
		value := some(g, k.values...)
		if op == "Null" {
			value = pick(g, "true", "false")
		}
		block, _ := out[op].(document)
		if block == nil {
			block = document{}
		}
		block[k.name] = value
		out[op] = block
	}
	return out
}

// fill gives some keys of the request a value.
func (g generator) fill(context map[string]any) {
	for _, k := range keys {
		if g.IntN(2) == 0 {
			continue
		}
		if !k.many {
			context[k.name] = pick(g, k.given...)
			continue
		}
		values := []string{}
		for range g.IntN(3) {
			values = append(values, pick(g, k.given...))
		}
		context[k.name] = values
	}
}
