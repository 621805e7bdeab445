package facts

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// principalCall is a principal of AWS that assumes the role.
func principalCall(p authz.Principal) call {
	kind := "AssumedRole"
	if p.Kind == authz.User {
		kind = "User"
	}
	return call{principal: p, action: "sts:AssumeRole", keys: []key{
		{name: "aws:PrincipalAccount", value: p.Account},
		{name: "aws:PrincipalArn", value: p.ARN},
		{name: "aws:PrincipalType", value: kind},
		{name: "aws:PrincipalIsAWSService", value: "false"},
	}}
}

// roleOf is some role of an account.
func (t *trust) roleOf(account string) authz.Principal {
	return authz.Principal{
		Kind: authz.Role, Account: account, Name: foreignName, ARN: "arn:" + t.run.Partition() + ":iam::" + account + ":role/" + foreignName,
	}
}

// strangers are principals of other accounts: those that the statement names, and where it names everybody, one
// of an account that nobody has in mind, and those that its conditions have in mind.
func (t *trust) strangers(st *policy.Statement) []call {
	var out []call
	everybody := st.NotPrinc
	for i := range st.Principal {
		p := &st.Principal[i]
		if st.NotPrinc {
			break
		}
		switch {
		case isEveryone(p):
			everybody = true
		case !isStranger(p, t.own):
		case arn.IsAccountID(p.Text):
			out = append(out, principalCall(t.roleOf(p.Text)))
		default:
			out = t.named(out, p.Text)
		}
	}
	if everybody {
		out = append(out, t.everybody()...)
	}
	return out
}

// named adds the principal of an ARN of another account.
func (t *trust) named(to []call, text string) []call {
	p, err := authz.ParsePrincipal(text)
	switch {
	case err != nil || p.Account == t.own:
		return to
	case p.Kind == authz.Root: // the whole account
		p = t.roleOf(p.Account)
	}
	return append(to, principalCall(p))
}

// everybody are principals that stand for all there are: one of an account that nobody has in mind, and those
// that the conditions have in mind.
func (t *trust) everybody() []call {
	out := []call{t.anybody(t.foreign(), "")}
	for _, v := range t.values("aws:PrincipalAccount") {
		out = t.ofAccount(out, v)
	}
	for _, v := range t.values("aws:PrincipalArn") {
		out = t.ofARN(out, v)
	}
	return out
}

// anybody is a role of an account that stands for all there are.
func (t *trust) anybody(account, text string) call {
	p := t.roleOf(account)
	if text != "" {
		if named, err := authz.ParsePrincipal(text); err == nil {
			p = named
		}
	}
	c := principalCall(p)
	c.anybody = true
	return c
}

// ofAccount adds a principal of the account that a condition names, or of one that fits its pattern.
func (t *trust) ofAccount(to []call, pattern string) []call {
	if arn.IsAccountID(pattern) && pattern != t.own {
		return append(to, principalCall(t.roleOf(pattern)))
	}
	if like, ok := arn.AccountLike(pattern); ok && like != t.own {
		to = append(to, t.anybody(like, ""))
	}
	return to
}

// ofARN adds the principal that a condition names, or those that fit its pattern.
func (t *trust) ofARN(to []call, pattern string) []call {
	if a, err := arn.Parse(pattern); err == nil && !strings.ContainsAny(a.Account, "*?") {
		if a.Partition == "*" {
			a.Partition = t.run.Partition()
		}
		a.Resource = strings.NewReplacer("*", foreignName, "?", "q").Replace(a.Resource)
		return t.named(to, a.String())
	}
	for _, text := range authz.StrayPrincipals(pattern, t.run.Partition(), t.foreign()) {
		if a, err := arn.Parse(text); err == nil && a.Account != t.own {
			to = append(to, t.anybody(a.Account, text))
		}
	}
	return to
}

// anyone are principals of an account that nobody has in mind: of another organization, and of none; and a service or a
// provider, where all of those are named.
func (t *trust) anyone(st *policy.Statement) []call {
	out := t.anyOf(st)
	if !st.NotPrinc && !slices.ContainsFunc(st.Principal, func(p policy.Principal) bool { return isEveryone(&p) }) {
		return out
	}
	for _, c := range t.everybody() {
		if !c.anybody {
			continue
		}
		home := c.with(key{name: "aws:ResourceOrgID", value: "o-ambitowner"})
		if t.namesCallers() {
			home = home.with(key{name: "aws:userid", value: "AROA" + strings.Repeat("0", 17) + ":" + foreignName})
		}
		out = append(out, home.ofOrganizations()...)
	}
	return out
}

// anyOf are a service and a provider that nobody has in mind, where a star names them all. Services say for whom they act.
func (t *trust) anyOf(st *policy.Statement) []call {
	var out []call
	for i := range st.Principal {
		p := &st.Principal[i]
		switch {
		case p.Text != "*" || st.NotPrinc:
		case p.Type == "Service":
			host := foreignName + ".amazonaws.com"
			out = append(out, call{
				principal: authz.Principal{Kind: authz.Service, ARN: host}, action: "sts:AssumeRole", keys: []key{
					{name: "aws:PrincipalIsAWSService", value: "true"},
					{name: "aws:PrincipalServiceName", value: host},
					{name: "aws:SourceAccount", value: t.foreign()},
					{name: "aws:SourceArn", value: "arn:" + t.run.Partition() + ":" + foreignName + ":us-east-1:" + t.foreign() + ":" + foreignName},
					{name: "aws:SourceOrgID", value: foreignOrganization},
					{name: "aws:SourceOrgPaths", value: foreignPath},
				},
			})
		case p.Type == "Federated":
			for _, action := range [...]string{"sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"} {
				out = append(out, call{principal: authz.Principal{Kind: authz.Federated, ARN: foreignName}, action: action})
			}
		}
	}
	return out
}

// namesCallers reports whether conditions on aws:userid say, by unique id, who may call.
func (t *trust) namesCallers() bool {
	ids := t.values("aws:userid")
	return len(ids) > 0 && !slices.ContainsFunc(ids, func(id string) bool {
		unique, _, _ := strings.Cut(id, ":")
		return !isUniqueID(unique) || strings.ContainsAny(unique, "*?")
	})
}

// unguarded are strangers without MFA and without the external id that was agreed on.
func (t *trust) unguarded(st *policy.Statement) []call {
	var out []call
	age := key{name: "aws:MultiFactorAuthAge", absent: true}
	for _, c := range t.strangers(st) {
		for _, mfa := range [...]key{{name: "aws:MultiFactorAuthPresent", absent: true}, {name: "aws:MultiFactorAuthPresent", value: "false"}} {
			for _, id := range [...]key{{name: "sts:ExternalId", absent: true}, {name: "sts:ExternalId", value: foreignName}} {
				out = append(out, c.with(mfa, age, id))
			}
		}
	}
	return out
}

// services are the AWS services that the statement names.
func (t *trust) services(st *policy.Statement) []call {
	var out []call
	for i := range st.Principal {
		if p := &st.Principal[i]; p.Type == "Service" && !st.NotPrinc {
			out = append(out, call{
				principal: authz.Principal{Kind: authz.Service, ARN: p.Text}, action: "sts:AssumeRole",
				keys: []key{{name: "aws:PrincipalIsAWSService", value: "true"}, {name: "aws:PrincipalServiceName", value: p.Text}},
			})
		}
	}
	return out
}

// strayServices are services that act for somebody else, of those that say for whom. Source: IAM User Guide, "The
// confused deputy problem".
func (t *trust) strayServices(st *policy.Statement) []call {
	var out []call
	for _, c := range t.services(st) {
		host := c.principal.ARN
		if host != "*" && !iamref.SourceKeysOf(host).Trust {
			continue
		}
		service, _, _ := strings.Cut(host, ".")
		if host == "*" {
			service = foreignName
		}
		for _, account := range t.strangeAccounts() {
			for _, s := range t.strangeSources(service, account) {
				out = append(out, c.with(
					key{name: "aws:SourceArn", value: s}, key{name: "aws:SourceAccount", value: account},
					key{name: "aws:SourceOrgID", value: foreignOrganization},
					key{name: "aws:SourceOrgPaths", value: foreignPath}))
			}
		}
	}
	return out
}

// strangeAccounts are accounts for which a service may act: one that nobody has in mind, and those that fit a pattern of
// aws:SourceAccount.
func (t *trust) strangeAccounts() []string {
	out := []string{t.foreign()}
	for _, pattern := range t.values("aws:SourceAccount") {
		like, ok := arn.AccountLike(pattern)
		if ok && strings.ContainsAny(pattern, "*?") && like != t.own && !slices.Contains(out, like) {
			out = append(out, like)
		}
	}
	return out
}

// strangeSources are ARNs of an account's for which a service may act: one that nobody has in mind, and those that
// conditions have in mind, as far as they leave the account open.
func (t *trust) strangeSources(service, account string) []string {
	stranger := "arn:" + t.run.Partition() + ":" + service + ":us-east-1:" + account + ":"
	out := []string{stranger + foreignName}
	for _, pattern := range t.values("aws:SourceArn") {
		a, err := arn.Parse(pattern)
		switch {
		case err != nil:
			if text, ok := arn.Fitting(pattern, stranger, foreignName); ok {
				out = append(out, text)
			}
		case strings.ContainsAny(a.Account, "*?"):
			like, ok := arn.AccountLike(a.Account)
			if a.Account = account; ok && !arn.Match(pattern, a.String()) {
				a.Account = like
			}
			if a.Partition == "*" {
				a.Partition = t.run.Partition()
			}
			if a.Service == "*" {
				a.Service = service
			}
			fill := strings.NewReplacer("*", foreignName, "?", "q")
			a.Region, a.Resource = fill.Replace(a.Region), fill.Replace(a.Resource)
			out = append(out, a.String())
		}
	}
	return out
}

// federated are the identity providers that the statement names.
func (t *trust) federated(st *policy.Statement) []call {
	var out []call
	for i := range st.Principal {
		p := &st.Principal[i]
		if p.Type != "Federated" || st.NotPrinc {
			continue
		}
		c := call{principal: authz.Principal{Kind: authz.Federated, ARN: p.Text}, action: "sts:AssumeRoleWithWebIdentity"}
		if strings.Contains(p.Text, ":saml-provider/") {
			c.action = "sts:AssumeRoleWithSAML"
		}
		if p.Text == "*" {
			c.principal.ARN = foreignName
		}
		out = append(out, c)
	}
	return out
}

// withoutSubject are identities of an OpenID Connect provider whose subject, and whose other claims that say whose they are, nobody
// has in mind.
func (t *trust) withoutSubject(st *policy.Statement) []call {
	var out []call
	for _, c := range t.federated(st) {
		_, issuer, found := strings.Cut(c.principal.ARN, ":oidc-provider/")
		if !found {
			continue
		}
		for _, token := range authz.StrayTokens(issuer, t.values) {
			keys := make([]key, len(token))
			for i, claim := range token {
				keys[i] = key{name: claim.Key, value: claim.Value, absent: claim.Absent}
			}
			out = append(out, c.with(keys...))
		}
	}
	return out
}

// withoutAudience are identities with a token that was made for somebody else.
func (t *trust) withoutAudience(st *policy.Statement) []call {
	var out []call
	for _, c := range t.federated(st) {
		if c.action != "sts:AssumeRoleWithWebIdentity" {
			continue
		}
		issuer := c.principal.ARN
		if _, after, found := strings.Cut(issuer, ":oidc-provider/"); found {
			issuer = after
		}
		claim := ":aud"
		if issuer == "graph.facebook.com" || issuer == "www.amazon.com" {
			claim = ":app_id"
		}
		out = append(out, c.with(key{name: issuer + claim, value: foreignName}))
	}
	return out
}

// withoutSAMLAudience are identities with an assertion that was made for somebody else.
func (t *trust) withoutSAMLAudience(st *policy.Statement) []call {
	var out []call
	for _, c := range t.federated(st) {
		for _, path := range [...]string{"", "/saml"} { // as AWS's own audience ends
			if c.action == "sts:AssumeRoleWithSAML" {
				out = append(out, c.with(key{name: "SAML:aud", value: "https://" + foreignName + ".example" + path}))
			}
		}
	}
	return out
}
