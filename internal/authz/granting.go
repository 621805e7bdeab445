package authz

// Anything is an action of a service that does not exist yet: who may do it may do everything, but for what policies name.
const Anything = Probe + ":Anything"

// Granting are the actions that give permissions, whatever these are, each with what it is done on: who may do one of
// them on everything can grant itself what it lacks.
var Granting = [...]struct{ Action, On string }{
	{"iam:AttachUserPolicy", "user"},
	{"iam:PutUserPolicy", "user"},
	{"iam:AttachRolePolicy", "role"},
	{"iam:PutRolePolicy", "role"},
	{"iam:CreatePolicyVersion", "policy"},
}
