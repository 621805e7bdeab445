package authz

import "strings"

// Of what IAM holds in an account, AWS itself keeps some: its managed policies, and the roles that its services and IAM
// Identity Center make. Source: IAM User Guide, "Managed policies and inline policies", "Create a service-linked role";
// IAM Identity Center User Guide, "AWS managed roles"; the API's error UnmodifiableEntity.
var (
	reservedOfPolicy = map[string]bool{
		"createpolicy": true, "createpolicyversion": true, "deletepolicyversion": true, "setdefaultpolicyversion": true,
		"deletepolicy": true, "tagpolicy": true, "untagpolicy": true,
	}
	reservedOfRole = map[string]bool{
		"createrole": true, "deleterole": true, "attachrolepolicy": true, "detachrolepolicy": true, "putrolepolicy": true,
		"deleterolepolicy": true, "updateassumerolepolicy": true, "putrolepermissionsboundary": true,
		"deleterolepermissionsboundary": true,
	}
)

// Reserved reports whether AWS refuses an action to everybody on a resource of its own, whatever policies say: changes of its
// managed policies, and of roles below /aws-service-role/ and /aws-reserved/. No policy holds this, so that Decide, which
// answers for policies, does not either.
func Reserved(action, resource string) bool {
	if len(action) < 4 || !strings.EqualFold(action[:4], "iam:") {
		return false
	}
	_, rest, ok := strings.Cut(resource, ":iam::")
	if !ok {
		return false
	}
	account, name, _ := strings.Cut(rest, ":")
	switch {
	case account == "aws" && strings.HasPrefix(name, "policy/"):
		return reservedOfPolicy[strings.ToLower(action[4:])]
	case strings.HasPrefix(name, "role/aws-service-role/"), strings.HasPrefix(name, "role/aws-reserved/"):
		return reservedOfRole[strings.ToLower(action[4:])]
	}
	return false
}

// Reserved is where AWS refuses an action to everybody; nil: nowhere.
func (u *Universe) Reserved(action string) Mask {
	var m Mask
	for at, resource := range u.Resources() {
		if Reserved(action, resource) {
			if m == nil {
				m = u.None()
			}
			m.Set(at)
		}
	}
	return m
}
