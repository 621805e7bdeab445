package gsl_test

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/gsl"
)

// The two published texts, exactly as they were published.
const (
	iam86 = `IamPolicy where attachmentCount >0 should not have document.Statement contain [ Effect='Allow' and (Action='iam:DeactivateMFADevice' or Action='iam:EnableMFADevice' or Action='iam:ResyncMFADevicem' or Action='iam:DeleteVirtualMFADevice' or Action='iam:CreateVirtualMFADevice' or Action='iam:ListMFADevices' or Action='iam:ListVirtualMFADevices') ]`
	iam99 = `IamRole where assumeRolePolicy.Statement contain [ Effect = 'Allow' and Action = 'sts:AssumeRole' and Principal regexMatch /arn:aws:iam/ and not ~getValue('accountNumber') in (Principal.AWS split(':')) ] should have assumeRolePolicy.Statement contain [ Effect = 'Allow' and Action = 'sts:AssumeRole' and ( Condition.Bool.aws:MultiFactorAuthPresent= true or Condition.StringEquals.sts:ExternalId ) ]`
)

func TestJudge_IAM86(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		attachments int
		document    string
		relevant    gsl.Truth
		valid       gsl.Truth
	}{
		{"one action", 1, `{"Statement":[{"Effect":"Allow","Action":"iam:EnableMFADevice","Resource":"*"}]}`, yes, no},
		{"a single statement object", 1, `{"Statement":{"Effect":"Allow","Action":"iam:ListMFADevices","Resource":"*"}}`, yes, no},
		{"second statement", 2, `{"Statement":[{"Effect":"Deny","Action":"iam:EnableMFADevice"},{"Effect":"Allow","Action":"iam:DeactivateMFADevice"}]}`, yes, no},
		{"denied", 1, `{"Statement":[{"Effect":"Deny","Action":"iam:EnableMFADevice","Resource":"*"}]}`, yes, yes},
		{"other action", 1, `{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`, yes, yes},
		// What the text as published misses, and must miss.
		{"list of actions", 1, `{"Statement":[{"Effect":"Allow","Action":["iam:EnableMFADevice"],"Resource":"*"}]}`, yes, yes},
		{"wildcard", 1, `{"Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"}]}`, yes, yes},
		{"letter case", 1, `{"Statement":[{"Effect":"Allow","Action":"IAM:EnableMFADevice","Resource":"*"}]}`, yes, yes},
		{"the action that does not exist", 1, `{"Statement":[{"Effect":"Allow","Action":"iam:ResyncMFADevicem","Resource":"*"}]}`, yes, no},
		{"not attached", 0, `{"Statement":[{"Effect":"Allow","Action":"iam:EnableMFADevice","Resource":"*"}]}`, no, no},
	} {
		got := run(t, iam86, gsl.Env{UnknownAsNull: true}, &policy{attachments: c.attachments, document: object(c.document)})
		if got.Relevant != c.relevant || got.Valid != c.valid {
			t.Errorf("%s: got %+v", c.name, got)
		}
	}
	if got := run(t, iam86, gsl.Env{}, &policy{attachments: 1, hole: true}); got.Valid != maybe {
		t.Errorf("unread document: got %+v", got)
	}
	if got := run(t, iam86, gsl.Env{UnknownAsNull: true}, &policy{attachments: 1, hole: true}); got.Valid != yes {
		t.Errorf("unread document, as published: got %+v", got)
	}
}

func TestJudge_IAM99(t *testing.T) {
	t.Parallel()
	const (
		own      = `"Principal":{"AWS":"arn:aws:iam::111122223333:root"}`
		stranger = `"Principal":{"AWS":"arn:aws:iam::999999999999:root"}`
	)
	statement := func(principal, more string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",` + principal + more + `}]}`
	}
	for _, c := range []struct {
		name, document string
		relevant       gsl.Truth
		valid          gsl.Truth
	}{
		{"stranger", statement(stranger, ""), yes, no},
		{"own account", statement(own, ""), no, no},
		{"service", statement(`"Principal":{"Service":"ec2.amazonaws.com"}`, ""), no, no},
		{"stranger with MFA", statement(stranger, `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), yes, yes},
		{"stranger with MFA as bool", statement(stranger, `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":true}}`), yes, yes},
		{"stranger without MFA", statement(stranger, `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`), yes, no},
		{"stranger with external id", statement(stranger, `,"Condition":{"StringEquals":{"sts:ExternalId":"x"}}`), yes, yes},
		{"list with the own account", statement(`"Principal":{"AWS":["arn:aws:iam::999999999999:root","arn:aws:iam::111122223333:root"]}`, ""), no, no},
		{"list of strangers", statement(`"Principal":{"AWS":["arn:aws:iam::999999999999:root","arn:aws:iam::888888888888:root"]}`, ""), yes, no},
		// What the text as published misses, and must miss.
		{"bare account id", statement(`"Principal":{"AWS":"999999999999"}`, ""), no, no},
		{"anyone", statement(`"Principal":"*"`, ""), no, no},
		{"other partition", statement(`"Principal":{"AWS":"arn:aws-cn:iam::999999999999:root"}`, ""), no, no},
	} {
		got := run(t, iam99, gsl.Env{UnknownAsNull: true}, &role{account: "111122223333", trust: object(c.document)})
		if got.Relevant != c.relevant || got.Valid != c.valid {
			t.Errorf("%s: got %+v", c.name, got)
		}
	}
}

func TestJudge_forms(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]gsl.Judgement{
		"true":                                  {Relevant: yes, Valid: yes},
		"IamUser":                               {Relevant: yes, Valid: no}, // a query alerts on what it matches
		"IamUser where name = 'Alice'":          {Relevant: yes, Valid: no},
		"IamUser where name = 'Bob'":            {Relevant: no},
		"IamUser should fail":                   {Relevant: yes, Valid: no},
		"IamUser where mfaActive should fail":   {Relevant: no},
		"IamUser should have name":              {Relevant: yes, Valid: yes},
		"IamUser should not have name":          {Relevant: yes, Valid: no},
		"IamUser should have path exclude name": {Relevant: yes, Valid: no, Excluded: yes},
		"IamUser should have path exclude path": {Relevant: yes, Valid: no},
		"IamUser where hidden should have path": {Relevant: maybe, Valid: no},
		"IamUser where hidden should have name": {Relevant: maybe, Valid: yes},
		// not spans the whole condition, or and all
		"IamUser should not have (path and name) or (mfaActive and name)": {Relevant: yes, Valid: yes},
		"IamUser should not have path and name or name":                   {Relevant: yes, Valid: no},
	} {
		if got := run(t, rule, gsl.Env{}, alice()); got != want {
			t.Errorf("%s: got %+v, want %+v", rule, got, want)
		}
	}
}

func TestJudge_list(t *testing.T) {
	t.Parallel()
	bob := alice()
	bob.name, bob.mfa = "Bob", gsl.BoolOf(true)
	both := &gsl.PointerSeq[user]{alice(), bob}
	for _, c := range []struct {
		rule string
		self gsl.Sequence
		want gsl.Truth
	}{
		{"List<IamUser> should have items", both, yes},
		{"List<IamUser> should have items", &gsl.PointerSeq[user]{}, no},
		{"List<IamUser> should have items contain [name = 'Bob' and mfaActive]", both, yes},
		{"List<IamUser> should have items contain-all [mfaActive]", both, no},
		{"List<IamUser> should not have items groupBy [accountNumber] contain [values length() > 1]", both, no},
		{"List<IamUser> should not have items groupBy [name] contain [values length() > 1]", both, yes},
		{"List<IamUser> should have items groupBy [accountNumber] contain [key = '111122223333' and values contain [name = 'Bob']]", both, yes},
		{"List<IamUser> should have items length() = 2 and items contain [~items length() = 2]", both, yes},
	} {
		if got := run(t, c.rule, gsl.Env{}, c.self); got.Valid != c.want {
			t.Errorf("%s: got %v, want %v", c.rule, got.Valid, c.want)
		}
	}
}

// Events are Records: a planned type is judged by the names that the event has.
func TestJudge_planned(t *testing.T) {
	t.Parallel()
	event := object(`{"event":{"name":"CreateAccessKey"},"identity":{"type":"Root"}}`)
	const rule = "cloudtrail where event.name='CreateAccessKey' and identity.type='Root'"
	if got := run(t, rule, gsl.Env{}, event); got.Relevant != yes || got.Valid != no {
		t.Errorf("got %+v", got)
	}
}

func TestJudge_settings(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]gsl.Truth{
		"IamUser should have name in (setting('names'))":                         yes,
		"IamUser should not have attachedGroups contain [$ in setting('names')]": yes,
		"IamUser should have createDate before(setting('age'), 'days')":          yes,
		"IamUser should have setting('age') = -90":                               yes,
		"IamUser should have setting('hidden')":                                  no,
		"IamUser should have setting('names') contain ['Bob']":                   yes,
	} {
		p := compile(t, rule, settings)
		if got := p.Judge(&gsl.Env{Now: now.Unix()}, alice()); got.Valid != want {
			t.Errorf("%s: got %v, want %v", rule, got.Valid, want)
		}
	}
}

// A function may judge with the Env that it was called with.
func TestJudge_nested(t *testing.T) {
	t.Parallel()
	inner := compile(t, "IamUser should have keys contain [isActive] and echo(name) = 'Alice'", gsl.Options{})
	s := &gsl.Schema{Entities: schema.Entities, Functions: []*gsl.Function{{
		Name: "judged", Call: func(c *gsl.Call) gsl.Value { return inner.Judge(c.Env, c.Entity).Valid.Value() },
	}}}
	p, remarks := gsl.Compile(s, file("IamUser should have keys contain [isActive and judged() and ~name = 'Alice']"), gsl.Options{})
	if p == nil {
		t.Fatal(remarks)
	}
	if got := p.Judge(&gsl.Env{}, alice()); got.Valid != yes {
		t.Errorf("got %+v", got)
	}
}

// Months end where the calendar says.
func TestJudge_months(t *testing.T) {
	t.Parallel()
	at := func(expr string, created float64) gsl.Truth {
		u := alice()
		u.created = created
		return run(t, "IamUser should have "+expr, gsl.Env{Now: now.Unix()}, u).Valid
	}
	for _, c := range []struct {
		expr string
		days float64 // before now, which is 31 January 2026
		want gsl.Truth
	}{
		{"createDate before(-1, 'month')", 31, no}, // 31 December
		{"createDate before(-1, 'month')", 31.01, yes},
		{"createDate before(-2, 'months')", 62, no}, // 30 November: it has no 31st
		{"createDate before(-2, 'months')", 62.01, yes},
		{"createDate before(1, 'month')", -27.99, yes}, // 28 February
		{"createDate before(1, 'month')", -28, no},
		{"createDate before(-1, 'year')", 365, no},
		{"createDate before(-1, 'year')", 365.01, yes},
		{"createDate before(-99999999999999999999, 'years')", 1e6, no}, // no overflow
	} {
		if got := at(c.expr, daysAgo(c.days)); got != c.want {
			t.Errorf("%s, %v days ago: got %v, want %v", c.expr, c.days, got, c.want)
		}
	}
}
