package diff

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
)

// TestDocuments_covers holds Documents against brute force. Two random documents, of every element and operator, are asked
// random requests of a small universe; authz decides each for both documents, and authz says which Change covers
// it. Every request that they decide differently is covered by a Change of that turn, or its action is Unproven.
func TestDocuments_covers(t *testing.T) {
	t.Parallel()
	var documents, unproven, found int
	rapid.Check(t, func(t *rapid.T) {
		u := universes[even(t, 3)%(len(universes)-1)]
		if even(t, 7) == 0 { // seldom, for it is slow
			u = universes[len(universes)-1]
		}
		a := u.document(t, "A")
		b := u.document(t, "B")
		if even(t, 2) == 0 { // one more statement, or one less
			b = u.longer(t, a)
		}
		d := confirm(t, a, b, u.kind)
		documents++
		if len(d.Unproven) > 0 {
			unproven++
		}
		if i, j := redundant(d); i >= 0 {
			t.Fatalf("%s\n%s\n%s\nis covered by\n%s", a.Text, b.Text, d.Changes[i], d.Changes[j])
		}
		found += u.hold(t, a, b, d)
	})
	if found == 0 {
		t.Error("brute force found no difference")
	}
	if documents > 50 && 4*unproven > documents { // variables that cross one another, which nobody writes
		t.Errorf("of %d comparisons %d leave something unproven", documents, unproven)
	}
	t.Logf("%d comparisons, %d with something unproven, %d differences found by brute force", documents, unproven, found)
}

// hold asks random requests, and holds a difference to cover those that the documents decide differently. It gives
// how many there are.
func (u *universe) hold(t *rapid.T, a, b *policy.Document, d Difference) (found int) {
	covers := coverage(t, d)
	inA, inB := judge(t, a, u.kind), judge(t, b, u.kind)
	for range 48 {
		w := u.request(t, a.Text+b.Text)
		turn := turnOf(inA(w), inB(w))
		if turn == 0 {
			continue
		}
		found++
		if !covers(turn, w) {
			var said []string
			for _, c := range d.Changes {
				said = append(said, c.String())
			}
			t.Fatalf("A %s\nB %s\n%s: %+v is not covered by\n%s\n%+v", a.Text, b.Text, turn, w, strings.Join(said, "\n"), d.Unproven)
		}
	}
	return found
}

// TestDocuments_budget: wherever the budget ends, what was not tried is Unproven.
func TestDocuments_budget(t *testing.T) {
	t.Parallel()
	var unproven, found int
	rapid.Check(t, func(t *rapid.T) {
		u := universes[even(t, 3)%(len(universes)-1)]
		a := u.document(t, "A")
		b := u.document(t, "B")
		steps := 1 << rapid.IntRange(0, 20).Draw(t, "logarithm of the steps")
		d, err := diff(a, b, u.kind, steps+rapid.IntRange(0, steps).Draw(t, "more steps"))
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Unproven) > 0 {
			unproven++
		}
		found += u.hold(t, a, b, d)
	})
	if unproven == 0 || found == 0 {
		t.Errorf("%d budgets ended early, %d differences found by brute force; want some of each", unproven, found)
	}
	t.Logf("%d budgets ended early, %d differences found by brute force", unproven, found)
}

// redundant finds a change that another one covers, told by what they say; -1: none.
func redundant(d Difference) (at, by int) {
	for i := range d.Changes {
		for j := range d.Changes {
			a, b := &d.Changes[i], &d.Changes[j]
			within := func(x, y []string) bool {
				return !slices.ContainsFunc(x, func(s string) bool { return !slices.Contains(y, s) })
			}
			actions := !slices.ContainsFunc(a.Actions, func(n string) bool {
				return !slices.ContainsFunc(b.Actions, func(w string) bool { return element.CoversAction(strings.ToLower(w), strings.ToLower(n)) })
			}) && (len(b.NotActions) == 0 || slices.Equal(a.NotActions, b.NotActions))
			resources := (len(b.Resources) == 0 || within(a.Resources, b.Resources) || slices.Contains(b.Resources, "*")) && len(b.Except) == 0
			principals := len(b.Principals) == 0 || within(a.Principals, b.Principals) || slices.Contains(b.Principals, "*")
			clauses := func(c *Change) (out []string) {
				for _, clause := range c.Conditions {
					out = append(out, clause.String())
				}
				return out
			}
			// A document of 2008 and one of 2012 mean different things by one text with a variable.
			alike := a.modern == b.modern || !strings.Contains(strings.Join(a.Resources, " "), "${")
			if i != j && alike && a.Turn == b.Turn && actions && resources && principals && within(clauses(b), clauses(a)) {
				return i, j
			}
		}
	}
	return -1, -1
}

// coverage asks authz whether a request is among those that a change names.
func coverage(t *rapid.T, d Difference) func(Turn, Witness) bool {
	var all []func(Turn, Witness) bool
	for i := range d.Changes {
		all = append(all, coveredBy(t, &d.Changes[i]))
	}
	return func(turn Turn, w Witness) bool {
		for _, u := range d.Unproven {
			if reachesAction(&Change{Actions: u.Actions, NotActions: u.NotActions}, w.Action) {
				return true
			}
		}
		return slices.ContainsFunc(all, func(covers func(Turn, Witness) bool) bool { return covers(turn, w) })
	}
}

func coveredBy(t *rapid.T, c *Change) func(Turn, Witness) bool {
	version := "2008-10-17"
	if c.modern {
		version = element.Modern
	}
	values := func(texts []string) (out []policy.Value) {
		for _, text := range texts {
			out = append(out, policy.Value{Text: text})
		}
		return out
	}
	decides := func(version string, s policy.Statement) func(*authz.Request) bool {
		s.Effect = policy.Allow
		if s.Action == nil {
			s.Action = values([]string{"*"})
		}
		if s.Resource == nil {
			s.Resource = values([]string{"*"})
		}
		p, err := authz.Compile("p", &policy.Document{Version: version, Statements: []policy.Statement{s}})
		if err != nil {
			t.Fatal(err)
		}
		stack := authz.Stack{Identity: []*authz.Policy{p}}
		return func(r *authz.Request) bool {
			q := *r
			q.Principal, q.ResourceAccount, q.Action = someone, "", "s3:GetObject"
			return stack.Decide(&q) == authz.Allowed
		}
	}
	on := decides(version, policy.Statement{Resource: values(c.Resources)})
	except := decides(version, policy.Statement{Resource: values(append([]string{"arn:none"}, c.Except...))})
	var clauses []func(*authz.Request) bool
	for _, clause := range c.Conditions {
		version := "2008-10-17"
		if clause.Modern {
			version = element.Modern
		}
		holds := decides(version, policy.Statement{Conditions: clause.Statement.Conditions})
		clauses = append(clauses, func(r *authz.Request) bool { return holds(r) == clause.Hold })
	}
	return func(turn Turn, w Witness) bool {
		r := w.Request()
		if turn != c.Turn || !reachesAction(c, w.Action) || !on(r) || except(r) || !namesCaller(t, c.Principals, r) {
			return false
		}
		return !slices.ContainsFunc(clauses, func(holds func(*authz.Request) bool) bool { return !holds(r) })
	}
}

// namesCaller asks authz whether one of some principals names the caller: whether a Deny for it strikes.
func namesCaller(t *rapid.T, principals []string, r *authz.Request) bool {
	if len(principals) == 0 || slices.Contains(principals, "*") {
		return true
	}
	for _, text := range principals {
		kind := "AWS"
		switch {
		case strings.HasSuffix(text, ".amazonaws.com"):
			kind = "Service"
		case strings.Contains(text, "-provider/"):
			kind = "Federated"
		}
		p := compiled(t, document(fmt.Sprintf(`{"Effect":"Deny","Action":"*","Resource":"*","Principal":{%q:%q}}`, kind, text)))
		if (&authz.Stack{Resource: p}).Decide(r) == authz.ExplicitlyDenied {
			return true
		}
	}
	return false
}

// universe is what random documents and requests of one kind are made of.
type universe struct {
	kind      policy.DocumentKind
	actions   []string // patterns
	rarely    int      // NotAction stands once in so many powers of two
	asked     []string
	resources []string // patterns
	callers   []string
	named     []string // Principal elements
}

var universes = []universe{
	{kind: policy.Identity, actions: []string{"s3:GetObject", "s3:PutObject", "s3:GetObjec*"}, rarely: 9, asked: []string{"s3:GetObject", "s3:PutObject"}, resources: []string{"*", "arn:aws:s3:::b/*", "arn:aws:s3:::*", "", ""}},
	{kind: policy.Identity, actions: narrowActions, rarely: 9, asked: identityAsked, resources: identityResources},
	{kind: policy.Resource, actions: []string{"s3:GetObject", "s3:PutObject", "s3:ListBucket"}, rarely: 9, asked: []string{"s3:GetObject", "s3:PutObject", "s3:ListBucket"}, resources: []string{"*", "arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3:::b/x", ""}, callers: allCallers, named: allNamed},
	{kind: policy.Trust, actions: []string{"sts:AssumeRole", "sts:AssumeRole*", "sts:*", "sts:TagSession"}, rarely: 3, asked: []string{"sts:AssumeRole", "sts:TagSession"}, callers: allCallers, named: allNamed},
	{kind: policy.ServiceControl, actions: narrowActions, rarely: 9, asked: identityAsked, resources: identityResources},
	{kind: policy.ResourceControl, actions: []string{"s3:GetObject", "sqs:SendMessage"}, rarely: 9, asked: []string{"s3:GetObject", "s3:ListBucket", "sqs:SendMessage"}, resources: identityResources, named: []string{`"*"`}},
	{kind: policy.Identity, actions: identityActions, rarely: 3, asked: identityAsked, resources: identityResources},
}

var (
	identityActions   = []string{"s3:GetObject", "s3:Get*", "s3:ListBucket", "s3:*", "*", "iam:CreateAccessKey", "iam:*Key", "s3:ListAllMyBuckets", "sqs:SendMessage", "ec2:StartInstances", "ec2:*Instances"}
	narrowActions     = []string{"s3:GetObject", "s3:ListBucket", "iam:CreateAccessKey", "iam:*AccessKey", "s3:ListAllMyBuckets", "sqs:SendMessage", "ec2:StartInstances", "ec2:*rtInstances"}
	identityAsked     = []string{"s3:GetObject", "s3:ListBucket", "s3:ListAllMyBuckets", "iam:CreateAccessKey", "sqs:SendMessage", "ec2:StartInstances", "ec2:DescribeInstances"}
	identityResources = []string{"*", "arn:aws:s3:::b/*", "arn:aws:s3:::b", "arn:aws:s3:::*", "arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::*:user/b*", "arn:aws:sqs:*:*:*", "arn:aws:ec2:*:*:instance/*", "arn:aws:sqs:*:1?:a", ""}
	allCallers        = []string{
		"", "arn:aws:iam::222222222222:user/a", "arn:aws:iam::222222222222:user/ab", "arn:aws:iam::222222222222:role/a", "arn:aws:sts::222222222222:assumed-role/a/b",
		"arn:aws:sts::222222222222:assumed-role/a/c", "arn:aws:iam::333333333333:root", "arn:aws:iam::444444444444:user/a", "arn:aws:iam::222222222224:role/ab", "ec2.amazonaws.com", "lambda.amazonaws.com",
		"arn:aws:iam::222222222222:saml-provider/a", "arn:aws:iam::333333333333:saml-provider/b", "arn:aws:sts::222222222222:federated-user/a", "arn:aws:sts::444444444444:federated-user/a",
	}
	allNamed = []string{
		`"*"`, `{"AWS":"*"}`, `{"AWS":"222222222222"}`, `{"AWS":["arn:aws:iam::222222222222:role/a","333333333333"]}`, `{"AWS":"arn:aws:iam::222222222222:user/a"}`, `{"AWS":["arn:aws:iam::222222222222:user/a","222222222222"]}`,
		`{"AWS":["arn:aws:sts::222222222222:assumed-role/a/b","arn:aws:iam::222222222222:role/a","222222222222"]}`, `{"Service":"ec2.amazonaws.com"}`, `{"AWS":"arn:aws:sts::222222222222:assumed-role/a/b"}`,
		`{"Federated":"arn:aws:iam::222222222222:saml-provider/a"}`, `{"AWS":"arn:aws:iam::222222222222:root"}`, `{"AWS":"arn:aws:sts::222222222222:federated-user/a"}`,
	}
)

// The condition keys of the universes, by the operators that fit them.
var (
	textOperators = []string{"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"}
	textKeys      = []string{"aws:username", "aws:PrincipalTag/t", "aws:TagKeys", "s3:prefix"}
	typedKeys     = []struct {
		key       string
		operators []string
		operands  []string
		values    []string
	}{
		{"aws:MultiFactorAuthAge", []string{"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"}, []string{"1", "2", "2.5", "x"}, []string{"0", "1", "1.5", "2", "2.2", "2.5", "9", "y"}},
		{"aws:CurrentTime", []string{"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"}, []string{"2026-01-01", "2026-01-01T00:00:01Z", "1800000000"}, []string{"2025-06-01", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "1800000000", "2040-01-01"}},
		{"aws:SecureTransport", []string{"Bool"}, []string{"true", "false", "maybe"}, []string{"true", "false", "TRUE"}},
		{"aws:SourceIp", []string{"IpAddress", "NotIpAddress"}, []string{"10.0.0.0/8", "10.1.0.0/16", "10.0.0.0/9", "10.128.0.0/9", "2001:db8::/32", "0.0.0.0/1"}, []string{"10.1.2.3", "10.200.2.3", "192.0.2.9", "9.9.9.9", "2001:db8::5", "::1"}},
		{"custom:bytes", []string{"BinaryEquals"}, []string{"YQ==", "Yg=="}, []string{"YQ==", "Yg==", "Yw=="}},
		{"aws:SourceArn", []string{"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"}, []string{"arn:aws:sns:*:1:t*", "arn:aws:sns:*:1:*", "arn:aws:s?s:x:?:${aws:username}", "*", "bad"}, []string{"arn:aws:sns:x:1:ta", "arn:aws:sqs:x:1:a", "arn:aws:sns:x:2:ta", "arn:aws:sns:x:1:t:u"}},
		{"aws:PrincipalArn", []string{"ArnEquals", "ArnLike", "ArnNotLike", "StringLike", "StringNotEquals"}, []string{"arn:aws:iam::*:role/a*", "arn:aws:iam::222222222222:*", "arn:aws:iam::2*:user/?", "arn:aws:iam::222222222222:user/a", "arn:aws:iam::222222222222:user/ab"}, []string{"arn:aws:iam::222222222222:user/a", "arn:aws:iam::222222222222:role/ab"}},
		{"aws:PrincipalAccount", []string{"StringEquals", "StringNotLike", "StringLike"}, []string{"222222222222", "333333333333", "444444444444", "22*", "*4", "${aws:PrincipalTag/t}"}, []string{"222222222222", "222222222224"}},
	}
)

// even draws a number of so many bits, each as often as any other; rapid's own ranges favour small ones.
func even(t *rapid.T, bits int) int {
	n := 0
	for range bits {
		n *= 2
		if rapid.Bool().Draw(t, "bit") {
			n++
		}
	}
	return n
}

// word draws a short text; wild ones hold wildcards and variables.
func word(t *rapid.T, wild bool) string {
	letters := []string{"a", "b", "A", "/", "ab", ""}
	if wild {
		letters = append(letters, "*", "*", "?", "${aws:username}", "${aws:PrincipalTag/t, 'b'}", "${*}", "${aws:PrincipalTag/t}")
	}
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(letters), 0, 3).Draw(t, "word"), "")
}

func (u *universe) document(t *rapid.T, label string) *policy.Document {
	var out []string
	for range rapid.IntRange(1, 3).Draw(t, label) {
		out = append(out, u.statement(t))
	}
	version := element.Modern
	if even(t, 4) == 0 {
		version = "2008-10-17"
	}
	return policy.Parse(`{"Version":"` + version + `","Statement":[` + strings.Join(out, ",") + `]}`)
}

// longer is a document with one more statement.
func (u *universe) longer(t *rapid.T, doc *policy.Document) *policy.Document {
	return policy.Parse(strings.TrimSuffix(doc.Text, "]}") + "," + u.statement(t) + "]}")
}

func (u *universe) statement(t *rapid.T) string {
	elements := []string{`"Effect":"` + rapid.SampledFrom([]string{"Allow", "Allow", "Deny"}).Draw(t, "effect") + `"`}
	list := func(name string, rarely int, of []string) {
		if even(t, rarely) == 0 {
			name = "Not" + name
		}
		values := rapid.SliceOfNDistinct(rapid.SampledFrom(of), 1, 2, rapid.ID[string]).Draw(t, name)
		for i := range values {
			if values[i] == "" {
				values[i] = "arn:aws:s3:::" + rapid.SampledFrom([]string{"b/", "", "*/"}).Draw(t, "bucket") + word(t, true)
			}
		}
		elements = append(elements, fmt.Sprintf(`"%s":["%s"]`, name, strings.Join(values, `","`)))
	}
	list("Action", u.rarely, u.actions)
	if u.resources != nil {
		list("Resource", 3, u.resources)
	}
	if u.named != nil {
		name := rapid.SampledFrom([]string{"Principal", "Principal", "Principal", "NotPrincipal"}).Draw(t, "element")
		elements = append(elements, fmt.Sprintf(`%q:%s`, name, rapid.SampledFrom(u.named).Draw(t, "principal")))
	}
	conditions := map[string]string{} // by operator, which stands once
	for range rapid.IntRange(0, 2).Draw(t, "conditions") {
		operator, text := u.condition(t)
		conditions[operator] = text
	}
	var block []string
	for _, text := range conditions {
		block = append(block, text)
	}
	slices.Sort(block)
	return "{" + strings.Join(elements, ",") + `,"Condition":{` + strings.Join(block, ",") + "}}"
}

// condition draws a condition of any operator, and which operator that is.
func (u *universe) condition(t *rapid.T) (operator, text string) {
	var key string
	var operands []string
	if rapid.Bool().Draw(t, "typed") {
		k := rapid.SampledFrom(typedKeys).Draw(t, "key")
		key, operator = k.key, rapid.SampledFrom(k.operators).Draw(t, "operator")
		operands = rapid.SliceOfNDistinct(rapid.SampledFrom(k.operands), 1, 2, rapid.ID[string]).Draw(t, "operands")
	} else {
		key, operator = rapid.SampledFrom(textKeys).Draw(t, "key"), rapid.SampledFrom(textOperators).Draw(t, "operator")
		for range rapid.IntRange(1, 2).Draw(t, "operands") {
			operands = append(operands, word(t, true))
		}
	}
	switch rapid.IntRange(0, 9).Draw(t, "form") {
	case 0:
		operator, operands = "Null", []string{rapid.SampledFrom([]string{"true", "false"}).Draw(t, "null")}
	case 1, 2:
		operator += "IfExists"
	case 3:
		operator = "ForAllValues:" + operator
	case 4:
		operator = "ForAnyValue:" + operator
	case 5:
		operator = "ForAllValues:" + operator + "IfExists"
	}
	return operator, fmt.Sprintf(`%q:{%q:["%s"]}`, operator, key, strings.Join(operands, `","`))
}

// request draws a request; keys that the text does not name are left out.
func (u *universe) request(t *rapid.T, text string) Witness {
	w := Witness{Principal: someone.ARN, Action: rapid.SampledFrom(u.asked).Draw(t, "asked")}
	w.Resource = resourceFor(t, w.Action)
	pinned := map[string][]string{}
	if u.callers != nil {
		w.Principal, w.ResourceAccount = rapid.SampledFrom(u.callers).Draw(t, "caller"), "999999999999"
		pinned = follows(t, w.Principal)
	}
	set := func(key string, many bool, values []string) {
		if fixed, ok := pinned[key]; ok {
			values, many = fixed, false
		}
		if len(values) > 0 || many {
			w.Context = append(w.Context, Setting{key, values, many})
		}
	}
	for _, key := range textKeys {
		if !strings.Contains(text, key) {
			continue
		}
		var values []string
		for range rapid.IntRange(0, 2).Draw(t, key) {
			values = append(values, word(t, false))
		}
		if key != "aws:TagKeys" {
			values = values[:min(len(values), 1)]
		}
		set(key, key == "aws:TagKeys" && rapid.IntRange(0, 3).Draw(t, "tagged") > 0, values)
	}
	for _, k := range typedKeys {
		if _, isPinned := pinned[k.key]; !isPinned && !strings.Contains(text, k.key) {
			continue
		}
		if i := rapid.IntRange(-1, len(k.values)-1).Draw(t, k.key); i >= 0 {
			set(k.key, false, k.values[i:i+1])
		} else {
			set(k.key, false, nil)
		}
	}
	return w
}

// resourceFor draws a resource of a type that the action names.
func resourceFor(t *rapid.T, action string) string {
	name := func(slash bool) string {
		text := word(t, false)
		if !slash {
			text = strings.ReplaceAll(text, "/", "")
		}
		if text == "" {
			return "x"
		}
		return text
	}
	switch action {
	case "s3:GetObject", "s3:PutObject":
		return "arn:aws:s3:::" + name(false) + "/" + name(true)
	case "s3:ListBucket":
		return "arn:aws:s3:::" + name(false)
	case "iam:CreateAccessKey":
		return "arn:aws:iam::123456789012:user/" + name(true)
	case "sqs:SendMessage":
		return "arn:aws:sqs:x:" + rapid.SampledFrom([]string{"1", "12", "123456789012"}).Draw(t, "account") + ":" + name(false)
	case "ec2:StartInstances":
		return rapid.SampledFrom([]string{"arn:aws:ec2:x:1:instance/a", "arn:aws:ec2:x:1:license-configuration/a"}).Draw(t, "instance")
	case "sts:AssumeRole", "sts:TagSession":
		return "arn:aws:iam::999999999999:role/example"
	}
	return "*"
}

// follows are the keys that follow from who asks; nil: absent. Source: IAM User Guide, "AWS global condition
// context keys".
func follows(t *rapid.T, caller string) map[string][]string {
	p, err := authz.ParsePrincipal(caller)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{"aws:PrincipalArn": nil, "aws:PrincipalAccount": nil}
	switch p.Kind {
	case authz.User, authz.Role, authz.Root, authz.FederatedUser:
		out["aws:PrincipalArn"], out["aws:PrincipalAccount"] = []string{caller}, []string{p.Account}
	case authz.RoleSession:
		out["aws:PrincipalArn"], out["aws:PrincipalAccount"] = []string{"arn:aws:iam::" + p.Account + ":role/" + p.Name}, []string{p.Account}
	case authz.Anonymous, authz.Service, authz.Federated:
	}
	return out
}
