package sandbox_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

// do adapts an operation: what it answers does not matter here.
func do[I, O, S any](op func(context.Context, *I, ...func(*S)) (*O, error), in *I) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := op(ctx, in)
		return err
	}
}

func TestOperations_faults(t *testing.T) {
	t.Parallel()
	const nobody, noPolicy = "nobody", "arn:aws:iam::111122223333:policy/none"
	long := strings.Repeat("x", 65)
	big := func(n int) *string {
		return new(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"` + strings.Repeat("r", n) + `"}]}`)
	}
	trust := func(principal string) *string {
		return new(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sts:AssumeRole"}]}`)
	}
	cases := []struct {
		name, want string
		call       func(c *iam.Client) func(context.Context) error
	}{
		{"user that exists in other letters", "EntityAlreadyExists 409", func(c *iam.Client) func(context.Context) error {
			return do(c.CreateUser, &iam.CreateUserInput{UserName: new("ADA")})
		}},
		{"group that exists", "EntityAlreadyExists 409", func(c *iam.Client) func(context.Context) error {
			return do(c.CreateGroup, &iam.CreateGroupInput{GroupName: new("Admins")})
		}},
		{"role that exists", "EntityAlreadyExists 409", func(c *iam.Client) func(context.Context) error {
			return do(c.CreateRole, &iam.CreateRoleInput{RoleName: new("APP"), AssumeRolePolicyDocument: new(trustEC2)})
		}},
		{"policy that exists under another path", "EntityAlreadyExists 409", func(c *iam.Client) func(context.Context) error {
			return do(c.CreatePolicy, &iam.CreatePolicyInput{PolicyName: new("Audit"), PolicyDocument: new(readS3)})
		}},
		{"login that exists", "EntityAlreadyExists 409", func(c *iam.Client) func(context.Context) error {
			return do(c.CreateLoginProfile, &iam.CreateLoginProfileInput{UserName: new("ada"), Password: new("Long-enough-password-1")})
		}},
		{"MFA device in use enabled again", "EntityAlreadyExists 409", func(c *iam.Client) func(context.Context) error {
			return do(c.EnableMFADevice, &iam.EnableMFADeviceInput{UserName: new("bob"), SerialNumber: new(adaMFA), AuthenticationCode1: new("123456"), AuthenticationCode2: new("654321")})
		}},
		{"user who is not", "NoSuchEntity 404", func(c *iam.Client) func(context.Context) error {
			return do(c.GetUser, &iam.GetUserInput{UserName: new(nobody)})
		}},
		{"detach of what is not attached", "NoSuchEntity 404", func(c *iam.Client) func(context.Context) error {
			return do(c.DetachUserPolicy, &iam.DetachUserPolicyInput{UserName: new("bob"), PolicyArn: new(auditARN)})
		}},
		{"attach of a policy that is not", "NoSuchEntity 404", func(c *iam.Client) func(context.Context) error {
			return do(c.AttachRolePolicy, &iam.AttachRolePolicyInput{RoleName: new("app"), PolicyArn: new(noPolicy)})
		}},
		{"attach of a policy of AWS's that is not", "NoSuchEntity 404", func(c *iam.Client) func(context.Context) error {
			return do(c.AttachRolePolicy, &iam.AttachRolePolicyInput{RoleName: new("app"), PolicyArn: new("arn:aws:iam::aws:policy/NoSuchPolicyOfAWS")})
		}},
		{"entities of a policy that is not", "NoSuchEntity 404", func(c *iam.Client) func(context.Context) error {
			return do(c.ListEntitiesForPolicy, &iam.ListEntitiesForPolicyInput{PolicyArn: new(noPolicy)})
		}},
		{"inline policy that is not", "NoSuchEntity 404", func(c *iam.Client) func(context.Context) error {
			return do(c.DeleteGroupPolicy, &iam.DeleteGroupPolicyInput{GroupName: new("readers"), PolicyName: new("none")})
		}},
		{"boundary that is not", "NoSuchEntity 404", func(c *iam.Client) func(context.Context) error {
			return do(c.DeleteUserPermissionsBoundary, &iam.DeleteUserPermissionsBoundaryInput{UserName: new("bob")})
		}},
		{"member who is not in the group", "NoSuchEntity 404", func(c *iam.Client) func(context.Context) error {
			return do(c.RemoveUserFromGroup, &iam.RemoveUserFromGroupInput{UserName: new("bob"), GroupName: new("admins")})
		}},
		{"key of another user", "NoSuchEntity 404", func(c *iam.Client) func(context.Context) error {
			return func(ctx context.Context) error {
				keys, err := c.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: new("ada")})
				if err != nil {
					return err
				}
				_, err = c.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: new("bob"), AccessKeyId: keys.AccessKeyMetadata[0].AccessKeyId})
				return err
			}
		}},
		{"device of nobody", "NoSuchEntity 404", func(c *iam.Client) func(context.Context) error {
			return do(c.EnableMFADevice, &iam.EnableMFADeviceInput{UserName: new("bob"), SerialNumber: new(adaMFA + "x"), AuthenticationCode1: new("123456"), AuthenticationCode2: new("654321")})
		}},
		{"deletion of the default version", "DeleteConflict 409", func(c *iam.Client) func(context.Context) error {
			return do(c.DeletePolicyVersion, &iam.DeletePolicyVersionInput{PolicyArn: new(auditARN), VersionId: new("v3")})
		}},
		{"deletion of an attached policy", "DeleteConflict 409", func(c *iam.Client) func(context.Context) error {
			return do(c.DeletePolicy, &iam.DeletePolicyInput{PolicyArn: new(auditARN)})
		}},
		{"deletion of a boundary", "DeleteConflict 409", func(c *iam.Client) func(context.Context) error {
			return do(c.DeletePolicy, &iam.DeletePolicyInput{PolicyArn: new(limitARN)})
		}},
		{"deletion of a group with members", "DeleteConflict 409", func(c *iam.Client) func(context.Context) error {
			return do(c.DeleteGroup, &iam.DeleteGroupInput{GroupName: new("admins")})
		}},
		{"deletion of a role in a profile", "DeleteConflict 409", func(c *iam.Client) func(context.Context) error {
			return do(c.DeleteRole, &iam.DeleteRoleInput{RoleName: new("App")})
		}},
		{"deletion of a role with an inline policy", "DeleteConflict 409", func(c *iam.Client) func(context.Context) error {
			return do(c.DeleteRole, &iam.DeleteRoleInput{RoleName: new("visitor")})
		}},
		{"deletion of a profile with a role", "DeleteConflict 409", func(c *iam.Client) func(context.Context) error {
			return do(c.DeleteInstanceProfile, &iam.DeleteInstanceProfileInput{InstanceProfileName: new("app")})
		}},
		{"deletion of a device in use", "DeleteConflict 409", func(c *iam.Client) func(context.Context) error {
			return do(c.DeleteVirtualMFADevice, &iam.DeleteVirtualMFADeviceInput{SerialNumber: new(adaMFA)})
		}},
		{"third access key", "LimitExceeded 409", func(c *iam.Client) func(context.Context) error {
			return do(c.CreateAccessKey, &iam.CreateAccessKeyInput{UserName: new("ada")})
		}},
		{"long managed policy", "LimitExceeded 409", func(c *iam.Client) func(context.Context) error {
			return do(c.CreatePolicy, &iam.CreatePolicyInput{PolicyName: new("big"), PolicyDocument: big(6144)})
		}},
		{"long inline policies of a user", "LimitExceeded 409", func(c *iam.Client) func(context.Context) error {
			return do(c.PutUserPolicy, &iam.PutUserPolicyInput{UserName: new("ada"), PolicyName: new("big"), PolicyDocument: big(1900)})
		}},
		{"long trust policy", "LimitExceeded 409", func(c *iam.Client) func(context.Context) error {
			return do(c.UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{
				RoleName: new("app"), PolicyDocument: new(strings.Replace(trustEC2, "sts:AssumeRole", "sts:"+strings.Repeat("A", 2048), 1)),
			})
		}},
		{"second role in a profile", "LimitExceeded 409", func(c *iam.Client) func(context.Context) error {
			return do(c.AddRoleToInstanceProfile, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: new("App"), RoleName: new("visitor")})
		}},
		{"document that is not JSON", "MalformedPolicyDocument 400", func(c *iam.Client) func(context.Context) error {
			return do(c.PutRolePolicy, &iam.PutRolePolicyInput{RoleName: new("app"), PolicyName: new("p"), PolicyDocument: new("{")})
		}},
		{"document with duplicate elements", "MalformedPolicyDocument 400", func(c *iam.Client) func(context.Context) error {
			return do(c.CreatePolicyVersion, &iam.CreatePolicyVersionInput{
				PolicyArn: new(auditARN), PolicyDocument: new(strings.Replace(readS3, `"Effect":"Allow"`, `"Effect":"Allow","Effect":"Deny"`, 1)),
			})
		}},
		{"identity policy with a principal", "MalformedPolicyDocument 400", func(c *iam.Client) func(context.Context) error {
			return do(c.PutGroupPolicy, &iam.PutGroupPolicyInput{GroupName: new("empty"), PolicyName: new("p"), PolicyDocument: new(trustEC2)})
		}},
		{"trust policy without a principal", "MalformedPolicyDocument 400", func(c *iam.Client) func(context.Context) error {
			return do(c.CreateRole, &iam.CreateRoleInput{RoleName: new("r"), AssumeRolePolicyDocument: new(readS3)})
		}},
		{"trust in a user who is not", "MalformedPolicyDocument 400", func(c *iam.Client) func(context.Context) error {
			return do(c.UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{RoleName: new("app"), PolicyDocument: trust("arn:aws:iam::111122223333:user/nobody")})
		}},
		{"trust in a user at another path", "MalformedPolicyDocument 400", func(c *iam.Client) func(context.Context) error {
			return do(c.UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{RoleName: new("app"), PolicyDocument: trust("arn:aws:iam::111122223333:user/Ada")})
		}},
		{"trust in a role of the other account that is not", "MalformedPolicyDocument 400", func(c *iam.Client) func(context.Context) error {
			return do(c.CreateRole, &iam.CreateRoleInput{RoleName: new("r"), AssumeRolePolicyDocument: trust("arn:aws:iam::444455556666:role/none")})
		}},
		{"trust in a word", "MalformedPolicyDocument 400", func(c *iam.Client) func(context.Context) error {
			return do(c.CreateRole, &iam.CreateRoleInput{RoleName: new("r"), AssumeRolePolicyDocument: trust("everybody")})
		}},
		{"trust in a user of this account", "", func(c *iam.Client) func(context.Context) error {
			return do(c.CreateRole, &iam.CreateRoleInput{RoleName: new("r"), AssumeRolePolicyDocument: trust("arn:aws:iam::111122223333:user/eng/Ada")})
		}},
		{"trust in a role of the other account", "", func(c *iam.Client) func(context.Context) error {
			return do(c.CreateRole, &iam.CreateRoleInput{RoleName: new("r"), AssumeRolePolicyDocument: trust("arn:aws:iam::444455556666:role/x/audit")})
		}},
		{"trust in a bare account id", "", func(c *iam.Client) func(context.Context) error {
			return do(c.CreateRole, &iam.CreateRoleInput{RoleName: new("r"), AssumeRolePolicyDocument: trust("999988887777")})
		}},
		{"trust in a role of an account outside the sandbox", "", func(c *iam.Client) func(context.Context) error {
			return do(c.CreateRole, &iam.CreateRoleInput{RoleName: new("r"), AssumeRolePolicyDocument: trust("arn:aws:iam::999988887777:role/x")})
		}},
		{"service-linked role", "UnmodifiableEntity 400", func(c *iam.Client) func(context.Context) error {
			return do(c.AttachRolePolicy, &iam.AttachRolePolicyInput{RoleName: new("AWSServiceRoleForSupport"), PolicyArn: new(auditARN)})
		}},
		{"deletion of a service-linked role", "UnmodifiableEntity 400", func(c *iam.Client) func(context.Context) error {
			return do(c.DeleteRole, &iam.DeleteRoleInput{RoleName: new("AWSServiceRoleForSupport")})
		}},
		{"new version of a policy of AWS's", "AccessDenied 403", func(c *iam.Client) func(context.Context) error {
			return do(c.CreatePolicyVersion, &iam.CreatePolicyVersionInput{PolicyArn: new(adminARN), PolicyDocument: new(readS3)})
		}},
		{"weak password", "PasswordPolicyViolation 400", func(c *iam.Client) func(context.Context) error {
			return do(c.UpdateLoginProfile, &iam.UpdateLoginProfileInput{UserName: new("ada"), Password: new("LongButWithoutSymbol")})
		}},
		{"MFA codes that are the same", "InvalidAuthenticationCode 403", func(c *iam.Client) func(context.Context) error {
			return do(c.EnableMFADevice, &iam.EnableMFADeviceInput{UserName: new("bob"), SerialNumber: new("arn:aws:iam::111122223333:mfa/spare"), AuthenticationCode1: new("123456"), AuthenticationCode2: new("123456")})
		}},
		{"long name", "ValidationError 400", func(c *iam.Client) func(context.Context) error {
			return do(c.CreateUser, &iam.CreateUserInput{UserName: &long})
		}},
		{"name with a space", "ValidationError 400", func(c *iam.Client) func(context.Context) error {
			return do(c.CreateRole, &iam.CreateRoleInput{RoleName: new("a b"), AssumeRolePolicyDocument: new(trustEC2)})
		}},
		{"path without a slash", "ValidationError 400", func(c *iam.Client) func(context.Context) error {
			return do(c.CreateGroup, &iam.CreateGroupInput{GroupName: new("g"), Path: new("eng")})
		}},
		{"page of none", "ValidationError 400", func(c *iam.Client) func(context.Context) error {
			return do(c.ListUsers, &iam.ListUsersInput{MaxItems: new(int32(0))})
		}},
		{"page of 1,001", "ValidationError 400", func(c *iam.Client) func(context.Context) error {
			return do(c.GetAccountAuthorizationDetails, &iam.GetAccountAuthorizationDetailsInput{MaxItems: new(int32(1001))})
		}},
		{"marker of nobody", "ValidationError 400", func(c *iam.Client) func(context.Context) error {
			return do(c.ListUsers, &iam.ListUsersInput{Marker: new("1")})
		}},
		{"filter of nothing", "ValidationError 400", func(c *iam.Client) func(context.Context) error {
			return do(c.GetAccountAuthorizationDetails, &iam.GetAccountAuthorizationDetailsInput{Filter: []types.EntityType{"Users"}})
		}},
		{"short passwords", "ValidationError 400", func(c *iam.Client) func(context.Context) error {
			return do(c.UpdateAccountPasswordPolicy, &iam.UpdateAccountPasswordPolicyInput{MinimumPasswordLength: new(int32(3))})
		}},
		{"tag of AWS's", "ValidationError 400", func(c *iam.Client) func(context.Context) error {
			return do(c.TagUser, &iam.TagUserInput{UserName: new("ada"), Tags: []types.Tag{{Key: new("aws:x"), Value: new("")}}})
		}},
		{"tag given twice", "InvalidInput 400", func(c *iam.Client) func(context.Context) error {
			return do(c.TagRole, &iam.TagRoleInput{RoleName: new("app"), Tags: []types.Tag{{Key: new("a"), Value: new("1")}, {Key: new("A"), Value: new("2")}}})
		}},
		{"own keys of a role session", "ValidationError 400", func(c *iam.Client) func(context.Context) error {
			return do(c.ListAccessKeys, &iam.ListAccessKeysInput{})
		}},
		{"operation that is missing", "InvalidAction 400", func(c *iam.Client) func(context.Context) error {
			return do(c.CreateServiceLinkedRole, &iam.CreateServiceLinkedRoleInput{AWSServiceName: new("ec2.amazonaws.com")})
		}},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := server(t, sandbox.Options{}, company(), tenant())
			client, _ := clients(s, home)
			before := encode(t, s.Snapshot(home))
			if got := code(test.call(client)(t.Context())); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if after := encode(t, s.Snapshot(home)); test.want != "" && after != before {
				t.Errorf("a refused call changed the account:\n%s", after)
			}
		})
	}
}
