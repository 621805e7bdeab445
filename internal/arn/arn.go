// Package arn reads Amazon Resource Names and action names and matches the AWS wildcard.
//
// Contract: pure text in, values out; nothing here knows a service.
// Limits: a name is split, not judged: arn.Parse accepts resources that AWS would refuse.
// Floor: 1.
package arn

import (
	"fmt"
	"strings"
)

// ARN is a parsed Amazon Resource Name. Resource keeps its own colons.
type ARN struct {
	Partition, Service, Region, Account, Resource string
}

// Parse splits s into its six parts. The error names s.
func Parse(s string) (ARN, error) {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[1] == "" || parts[2] == "" {
		return ARN{}, fmt.Errorf("arn %q: want arn:partition:service:region:account:resource", s)
	}
	return ARN{parts[1], parts[2], parts[3], parts[4], parts[5]}, nil
}

// String joins the parts again; Parse(a.String()) gives a.
func (a ARN) String() string {
	return "arn:" + a.Partition + ":" + a.Service + ":" + a.Region + ":" + a.Account + ":" + a.Resource
}

// Name is the last path element of the resource: "bob" of "user/eng/bob".
func (a ARN) Name() string {
	return a.Resource[strings.LastIndexByte(a.Resource, '/')+1:]
}

// IsAccountID reports whether s is a twelve-digit AWS account id.
func IsAccountID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// MayBeAccount reports whether AWS may write an ARN with this in the place of the account: nothing, twelve digits, or a
// word or wildcard, as in arn:aws:iam::aws:policy/AdministratorAccess. Other digits are a slip.
func MayBeAccount(part string) bool {
	return IsAccountID(part) || !strings.ContainsAny(part, "0123456789") || strings.ContainsAny(part, "*?$")
}
