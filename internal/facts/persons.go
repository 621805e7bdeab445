package facts

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// userOf is some user of an account.
func (t *trust) userOf(account string) authz.Principal {
	return authz.Principal{
		Kind: authz.User, Account: account, Name: foreignName, ARN: "arn:" + t.run.Partition() + ":iam::" + account + ":user/" + foreignName,
	}
}

// accounts are those that the statement names as a whole: by id, by the ARN of their root, and by a star with conditions on
// the account. Where it names everybody, the account's own is one of them.
func (t *trust) accounts(st *policy.Statement) []string {
	var out []string
	add := func(account string) {
		if !slices.Contains(out, account) {
			out = append(out, account)
		}
	}
	everybody := st.NotPrinc
	for i := range st.Principal {
		p := &st.Principal[i]
		switch {
		case st.NotPrinc:
		case isEveryone(p):
			everybody = true
		case p.Type != "AWS":
		case arn.IsAccountID(p.Text):
			add(p.Text)
		default:
			if named, err := authz.ParsePrincipal(p.Text); err == nil && named.Kind == authz.Root {
				add(named.Account)
			}
		}
	}
	if everybody {
		add(t.own)
		add(t.foreign())
		for _, pattern := range t.values("aws:PrincipalAccount") {
			if like, ok := arn.AccountLike(pattern); ok {
				add(like)
			}
		}
	}
	return out
}

// people are users that may assume the role: those that the statement names, and one of each account that it names as a whole.
func (t *trust) people(st *policy.Statement) []call {
	var out []call
	for _, account := range t.accounts(st) {
		out = append(out, principalCall(t.userOf(account)))
	}
	for i := range st.Principal {
		p := &st.Principal[i]
		if st.NotPrinc || p.Type != "AWS" {
			continue
		}
		if named, err := authz.ParsePrincipal(p.Text); err == nil && (named.Kind == authz.User || named.Kind == authz.FederatedUser) {
			out = append(out, principalCall(named))
		}
	}
	for _, pattern := range t.values("aws:PrincipalArn") { // whom conditions have in mind
		for _, c := range slices.Clone(out) {
			text, ok := arn.Fitting(pattern, "arn:"+t.run.Partition()+":iam::"+c.principal.Account+":user/", foreignName)
			if named, err := authz.ParsePrincipal(text); ok && err == nil && named.Kind == authz.User && c.principal.Name == foreignName {
				out = append(out, principalCall(named))
			}
		}
	}
	return out
}

// peopleWithoutMFA are users whose requests say that there was no MFA, or say nothing of it.
func (t *trust) peopleWithoutMFA(st *policy.Statement) []call {
	var out []call
	age := key{name: "aws:MultiFactorAuthAge", absent: true}
	for _, c := range t.people(st) {
		out = append(out,
			c.with(age, key{name: "aws:MultiFactorAuthPresent", absent: true}),
			c.with(age, key{name: "aws:MultiFactorAuthPresent", value: "false"}))
	}
	return out
}

// anyUser is a user that nobody has in mind, without tags, of each account that the statement names as a whole.
func (t *trust) anyUser(st *policy.Statement) []call {
	var out []call
	for _, account := range t.accounts(st) {
		out = append(out, t.unnamed(principalCall(t.userOf(account)).with(
			key{name: "aws:username", value: foreignName}, key{name: "aws:userid", value: "AIDA" + strings.Repeat("0", 17)}))...)
	}
	return out
}

// anyRole is a role that nobody has in mind, without tags, of each account that the statement names as a whole.
func (t *trust) anyRole(st *policy.Statement) []call {
	var out []call
	for _, account := range t.accounts(st) {
		out = append(out, t.unnamed(principalCall(t.roleOf(account)).with(
			key{name: "aws:username", absent: true}, key{name: "aws:userid", value: "AROA" + strings.Repeat("0", 17) + ":" + foreignName}))...)
	}
	return out
}

// unnamed is the call of a principal without tags, and one that does not say whose it is: an operator that holds then
// (…IfExists) asks for nothing.
func (t *trust) unnamed(c call) []call {
	c = t.untagged(c)
	return []call{c, c.with(key{name: "aws:PrincipalArn", absent: true})}
}

const tagOfPrincipal = "aws:PrincipalTag/"

// untagged is the call of a principal without the tags that conditions name.
func (t *trust) untagged(c call) call {
	for _, k := range t.keys(tagOfPrincipal) {
		c = c.with(key{name: k, absent: true})
	}
	return c
}

// keys are the condition keys that begin with a prefix, in the Allow and in the Denies.
func (t *trust) keys(prefix string) []string {
	var out []string
	for i := range t.all {
		for _, c := range t.all[i].Conditions {
			if len(c.Key) > len(prefix) && strings.EqualFold(c.Key[:len(prefix)], prefix) && !slices.Contains(out, c.Key) {
				out = append(out, c.Key)
			}
		}
	}
	return out
}

// anyCertificate is a session of Roles Anywhere for a certificate that nobody has in mind: with its names as it likes,
// and without those that conditions name. Source: IAM Roles Anywhere User Guide, "Trust policy".
func (t *trust) anyCertificate(st *policy.Statement) []call {
	var out []call
	for _, c := range t.services(st) {
		host := c.principal.ARN
		if host != "*" && !strings.HasPrefix(strings.ToLower(host), "rolesanywhere.amazonaws.com") {
			continue
		}
		named := t.untagged(c)
		for _, k := range t.keys(tagOfPrincipal + "x509") {
			c = c.with(key{name: k, value: foreignName})
		}
		out = append(out, c, named)
	}
	return out
}
