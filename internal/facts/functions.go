package facts

import (
	"errors"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/gsl"
)

// functions are GSL's functions on policies.
func functions() []*gsl.Function { return append(questionFunctions(), otherFunctions()...) }

// questionFunctions are those that ask what is allowed.
func questionFunctions() []*gsl.Function {
	return []*gsl.Function{
		questionFunction(askSome, "allows",
			"Whether one of the actions may be allowed on some resource. On a document, policy or statement: by that document, to whoever "+
				"holds it. On a user, group or role: by all that it holds, together and within its permissions boundary. Conditions on keys "+
				"that nobody knows may hold (the mode may). A pattern asks for any action that it fits.",
			"IamUser should not have allows('iam:CreateAccessKey', 'iam:*LoginProfile')"),
		questionFunction(askAll, "allowsAll",
			"As allows, but every one of the actions, and every action that AWS lists for a pattern, each on some resource.",
			"IamRole should not have allowsAll('iam:PassRole', 'lambda:CreateFunction')"),
		{
			Name: "allowsOn", Min: 2, Max: -1,
			Doc: "As allows, on a resource whose ARN is the last argument. Wildcards of the ARN stand for all that they fit: '*' is any " +
				"resource that the action can name. What is the caller's own, by variables of its name or tags, is not all.",
			Example: "IamPolicy should not have document allowsOn('iam:PassRole', '*')",
			Check:   prepareOn,
			Cost:    1,
			Call:    func(c *gsl.Call) gsl.Value { return askAbout(c, "allowsOn", prepareOn) },
		},
		questionFunction(askWhole, "grants",
			"As allows, but of a pattern one statement must name all that it fits (in the mode may): grants('iam:*') wants iam:* or more.",
			"IamPolicy where attachmentCount > 0 should not have document grants('iam:DeactivateMFADevice')"),
		questionFunction(askOther, "grantsBeyondSelf",
			"As grants, but on something else than the caller's own user and MFA device (an ARN that ends in /${aws:username}).",
			"IamUser should not have grantsBeyondSelf('iam:DeactivateMFADevice')"),
		questionFunction(askSelf, "allowsOnSelf",
			"As allows, but on the caller's own user, and nothing else. A role has none.",
			"IamPolicy should not have document allowsOnSelf('iam:PutUserPolicy', 'iam:AttachUserPolicy')"),
		{
			Name: "allowsGiven", Min: 3, Max: -1,
			Doc: "As allows, by requests that carry a condition key with a value: the first two arguments. With the value '' they lack the key. " +
				"So it tells whether the conditions of Allows and Denies together let such requests pass.",
			Example: "IamPolicy should not have document allowsGiven('aws:SecureTransport', 'false', 'iam:CreateAccessKey')",
			Check:   prepareGiven,
			Cost:    1,
			Call:    func(c *gsl.Call) gsl.Value { return askAbout(c, "allowsGiven", prepareGiven) },
		},
		withoutMFAFunction(),
		passesRolesFunction(),
		{
			Name: "admin",
			Doc: "Whether everything may be allowed: every action of every service, and one that gives more permissions, in the mode may: " +
				"an administrator under conditions is one, and one who lacks a few actions that it could grant itself. By a document, or by all that a user, group or role holds within its boundary.",
			Example: "IamRole where isServiceLinked=false should not have admin()",
			Cost:    1,
			Call:    newAdminQuestion(false).ask,
		},
		{
			Name: "grantsAdmin",
			Doc: "As admin, but without a condition that has to be met: the Allows hold for every request, also one signed with long-term " +
				"access keys and without MFA. A condition that fails open (BoolIfExists of MFA) does not count as one.",
			Example: "IamPolicy where attachmentCount > 0 should not have document grantsAdmin()",
			Cost:    1,
			Call:    newAdminQuestion(true).ask,
		},
	}
}

// otherFunctions are those that ask who may assume a role, and those that look at the text.
func otherFunctions() []*gsl.Function {
	return []*gsl.Function{
		{
			Name: "admits", Min: 1, Max: -1,
			Doc: "Whether a trust policy, or one statement of it, lets somebody of one of the kinds assume the role, whatever the keys that " +
				"nobody knows (the mode may): 'other-account' is a principal of another account or anyone, 'other-account-unguarded' one " +
				"without MFA and without the external id that was agreed on, 'anyone' every principal of AWS. 'service' is an AWS service, " +
				"'service-without-source' one that may act for any customer though it says for whom. 'federated' is a SAML or web identity; " +
				"'oidc-without-subject', 'oidc-without-audience' and 'saml-without-audience' are identities that no condition holds to a subject " +
				"or audience. 'user' is a person: a user that it names, or one of an account, 'user-without-mfa' such a one without MFA. 'any-user' and " +
				"'any-role' are principals without tags that nobody has in mind, of an account that it names as a whole. 'any-certificate' comes by " +
				"Roles Anywhere. 'deleted-principal': it names the id of a user or role that is deleted.",
			Example:  "IamRole should not have assumeRolePolicy admits('anyone')",
			Check:    checkAdmits,
			Call:     admits,
			Cost:     1,
			OfEntity: true,
		},
		{
			Name: "admitsBeyond", Min: 1, Max: -1,
			Doc: "Whether a trust policy, or one statement of it, lets a principal of an account assume the role that is neither the role's own nor one " +
				"of those that are listed (the mode may). It belongs to no organization, or to one that the conditions do not name.",
			Example:  "IamRole should not have assumeRolePolicy admitsBeyond('111122223333', '444455556666')",
			Check:    func(args []gsl.Value) (any, error) { _, _, err := literals(args); return nil, err },
			Call:     admitsBeyond,
			Cost:     1,
			OfEntity: true,
		},
		coversFunction(),
		coversServiceFunction(),
		{
			Name: "requires", Min: 1, Max: 2,
			Doc: "Whether a statement's Condition demands a key, and that value where one is given. …IfExists, ForAllValues, Null, negated " +
				"operators and the value * demand nothing.",
			Example: "IamRole should have assumeRolePolicy.Statement contain [ requires('aws:MultiFactorAuthPresent','true') ]",
			Check:   checkRequires,
			Call:    requires,
		},
		{
			Name: "matches", Min: 1, Max: -1,
			Doc: "Whether a text, or one of a list, fits one of the patterns, in which * is any run and ? one character. Patterns that begin with " +
				"arn: count letter case, others do not, as IAM compares ARNs and names.",
			Example: "IamPolicy where arn matches('arn:*:iam::aws:policy/*FullAccess') should not have attachmentCount > 0",
			Check:   func(args []gsl.Value) (any, error) { _, _, err := literals(args); return nil, err },
			Call:    matches,
		},
	}
}

// literals are the texts of literal arguments, lists laid flat; known is false where one is not literal.
func literals(args []gsl.Value) (out []string, known bool, err error) {
	known = true
	for _, a := range args {
		switch a.Kind() {
		case gsl.Null:
			known = false
		case gsl.String:
			out = append(out, a.Text())
		case gsl.List:
			for i := range length(a.Sequence()) {
				item := a.Sequence().At(i)
				if item.Kind() != gsl.String {
					return nil, false, errors.New("argument: want a list of strings")
				}
				out = append(out, item.Text())
			}
		case gsl.Unknown, gsl.Bool, gsl.Number, gsl.Object:
			return nil, false, errors.New("argument: want a string or a list of strings")
		}
	}
	return out, known, nil
}

func length(s gsl.Sequence) int {
	if s == nil {
		return 0
	}
	return s.Len()
}

// questionFunction declares a function that takes actions.
func questionFunction(kind kindOfQuestion, name, doc, example string) *gsl.Function {
	prepare := func(args []gsl.Value) (any, error) {
		names, known, err := literals(args)
		if err != nil || !known {
			return nil, err
		}
		return newQuestion(kind, names)
	}
	return &gsl.Function{
		Name: name, Min: 1, Max: -1, Doc: doc, Example: example, Check: prepare, Cost: 1,
		Call: func(c *gsl.Call) gsl.Value { return askAbout(c, name, prepare) },
	}
}

func prepareOn(args []gsl.Value) (any, error) {
	names, known, err := literals(args)
	switch {
	case err != nil || !known:
		return nil, err
	case len(names) < 2:
		return nil, errors.New("want actions and one resource")
	}
	last := len(names) - 1
	return onQuestion(names[:last], names[last])
}

func prepareGiven(args []gsl.Value) (any, error) {
	names, known, err := literals(args)
	switch {
	case err != nil || !known:
		return nil, err
	case len(names) < 3 || names[0] == "":
		return nil, errors.New("want a condition key, a value and actions")
	}
	return givenQuestion(names)
}

// askAbout asks the question that Check prepared, or one of arguments that are known only now: those of a function with the
// same arguments are one question, so that its answers are remembered.
func askAbout(c *gsl.Call, name string, prepare func([]gsl.Value) (any, error)) gsl.Value {
	if q, ok := c.Prepared.(*question); ok {
		return q.ask(c)
	}
	for _, a := range c.Args {
		if a.Kind() == gsl.Unknown {
			return a
		}
	}
	texts, known, err := literals(c.Args)
	r := RunOf(c)
	if err != nil || !known || r == nil {
		return gsl.BoolOf(false)
	}
	type key struct{ function, arguments string }
	q, _ := r.Once(key{name, strings.Join(texts, "\x00")}, func() any {
		prepared, err := prepare(c.Args)
		if err != nil {
			return nil
		}
		return prepared
	}).(*question)
	if q == nil {
		return gsl.BoolOf(false)
	}
	return q.ask(c)
}

func checkRequires(args []gsl.Value) (any, error) {
	for _, a := range args {
		if a.Kind() != gsl.String && a.Kind() != gsl.Null {
			return nil, errors.New("requires: want a condition key and a value, both in quotes")
		}
	}
	return nil, nil
}

// matches compares a text, or each of a list, with patterns.
func matches(c *gsl.Call) gsl.Value {
	unknown := gsl.Value{}
	for _, a := range c.Args {
		switch {
		case a.Kind() == gsl.Unknown:
			unknown = a
		case a.Kind() == gsl.String && fitsAny(c.Self, a.Text()):
			return gsl.BoolOf(true)
		case a.Kind() == gsl.List:
			for i := range length(a.Sequence()) {
				if fitsAny(c.Self, a.Sequence().At(i).Text()) {
					return gsl.BoolOf(true)
				}
			}
		}
	}
	if c.Self.Kind() == gsl.Unknown {
		return c.Self
	}
	if unknown.Kind() == gsl.Unknown {
		return unknown
	}
	return gsl.BoolOf(false)
}

// fitsAny reports whether a string, or an element of a list of strings, fits the pattern.
func fitsAny(v gsl.Value, pattern string) bool {
	switch v.Kind() {
	case gsl.String:
		if strings.HasPrefix(pattern, "arn:") {
			return arn.Match(pattern, v.Text())
		}
		return arn.MatchFold(pattern, v.Text())
	case gsl.List:
		for i := range length(v.Sequence()) {
			if item := v.Sequence().At(i); item.Kind() == gsl.String && fitsAny(item, pattern) {
				return true
			}
		}
	}
	return false
}
