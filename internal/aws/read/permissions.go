package read

import (
	"slices"
	"strings"
)

// free are the calls that AWS lets everybody make.
var free = []string{"sts:GetCallerIdentity"}

// actions are the permissions that Account and Confirm need. An operation of IAM is its own action.
var actions = []string{
	"iam:GenerateCredentialReport",
	"iam:GetAccountAuthorizationDetails",
	"iam:GetAccountPasswordPolicy",
	"iam:GetAccountSummary",
	"iam:GetCredentialReport",
	"iam:GetPolicyVersion",
	"iam:ListAccessKeys",
	"iam:ListAccountAliases",
	"iam:ListInstanceProfiles",
	"iam:ListMFADevices",
	"iam:ListOpenIDConnectProviders",
	"iam:ListPolicies",
	"iam:ListRoles",
	"iam:ListSAMLProviders",
	"iam:ListServerCertificates",
	"iam:ListVirtualMFADevices",
}

// operations is everything that this package may call.
func operations() []string { return slices.Concat(free, actions) }

// Permissions is the least IAM policy that the read and its confirmations need, as indented JSON. It is the
// same in every partition, since IAM lets most of these actions be granted on every resource only; the
// partition is taken for the day that one of them names a resource.
func Permissions(_ string) []byte {
	return []byte(`{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "AmbitRead",
      "Effect": "Allow",
      "Action": [
        "` + strings.Join(actions, "\",\n        \"") + `"
      ],
      "Resource": "*"
    }
  ]
}
`)
}
