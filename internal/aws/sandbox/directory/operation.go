package directory

import (
	"maps"
	"slices"
)

// Operation is one operation of the IAM API.
type Operation struct {
	Name   string
	Writes bool       // it needs, and may change, the newest state
	Input  func() any // a new, empty *iam.XInput
	run    func(*Call, any) (any, error)
}

// Find looks an operation up by its name, letter case counting.
func Find(name string) (*Operation, bool) {
	op, ok := operations[name]
	return op, ok
}

// Names are the names of all operations, sorted.
func Names() []string { return slices.Sorted(maps.Keys(operations)) }

// handler is an operation in the SDK's own types.
type handler[I, O any] func(*Call, *I) (*O, error)

func read[I, O any](h handler[I, O]) *Operation { return operation(h, false) }

func write[I, O any](h handler[I, O]) *Operation { return operation(h, true) }

func operation[I, O any](h handler[I, O], writes bool) *Operation {
	return &Operation{
		Writes: writes,
		Input:  func() any { return new(I) },
		run: func(c *Call, in any) (any, error) {
			out, err := h(c, in.(*I))
			if err != nil {
				return nil, err // without out: handlers may return a half-filled one with their error
			}
			return out, nil
		},
	}
}

// operations is every operation that the sandbox has.
var operations = named(map[string]*Operation{
	"ListAccessKeys":       read(listAccessKeys),
	"GetAccessKeyLastUsed": read(getAccessKeyLastUsed),
	"CreateAccessKey":      write(createAccessKey),
	"UpdateAccessKey":      write(updateAccessKey),
	"DeleteAccessKey":      write(deleteAccessKey),

	"AttachUserPolicy":          write(attachUserPolicy),
	"AttachGroupPolicy":         write(attachGroupPolicy),
	"AttachRolePolicy":          write(attachRolePolicy),
	"DetachUserPolicy":          write(detachUserPolicy),
	"DetachGroupPolicy":         write(detachGroupPolicy),
	"DetachRolePolicy":          write(detachRolePolicy),
	"ListAttachedUserPolicies":  read(listAttachedUserPolicies),
	"ListAttachedGroupPolicies": read(listAttachedGroupPolicies),
	"ListAttachedRolePolicies":  read(listAttachedRolePolicies),

	"PutUserPermissionsBoundary":    write(putUserPermissionsBoundary),
	"DeleteUserPermissionsBoundary": write(deleteUserPermissionsBoundary),
	"PutRolePermissionsBoundary":    write(putRolePermissionsBoundary),
	"DeleteRolePermissionsBoundary": write(deleteRolePermissionsBoundary),

	"GetAccountAuthorizationDetails": read(getAccountAuthorizationDetails),

	"ListGroups":          read(listGroups),
	"GetGroup":            read(getGroup),
	"CreateGroup":         write(createGroup),
	"UpdateGroup":         write(updateGroup),
	"DeleteGroup":         write(deleteGroup),
	"AddUserToGroup":      write(addUserToGroup),
	"RemoveUserFromGroup": write(removeUserFromGroup),

	"PutUserPolicy":     write(putUserPolicy),
	"PutGroupPolicy":    write(putGroupPolicy),
	"PutRolePolicy":     write(putRolePolicy),
	"DeleteUserPolicy":  write(deleteUserPolicy),
	"DeleteGroupPolicy": write(deleteGroupPolicy),
	"DeleteRolePolicy":  write(deleteRolePolicy),
	"GetUserPolicy":     read(getUserPolicy),
	"GetGroupPolicy":    read(getGroupPolicy),
	"GetRolePolicy":     read(getRolePolicy),
	"ListUserPolicies":  read(listUserPolicies),
	"ListGroupPolicies": read(listGroupPolicies),
	"ListRolePolicies":  read(listRolePolicies),

	"GenerateServiceLastAccessedDetails":        write(generateServiceLastAccessedDetails),
	"GetServiceLastAccessedDetails":             write(getServiceLastAccessedDetails),
	"GetServiceLastAccessedDetailsWithEntities": write(getServiceLastAccessedDetailsWithEntities),

	"GetLoginProfile":    read(getLoginProfile),
	"CreateLoginProfile": write(createLoginProfile),
	"UpdateLoginProfile": write(updateLoginProfile),
	"DeleteLoginProfile": write(deleteLoginProfile),

	"ListMFADevices":         read(listMFADevices),
	"GetMFADevice":           read(getMFADevice),
	"ListVirtualMFADevices":  read(listVirtualMFADevices),
	"CreateVirtualMFADevice": write(createVirtualMFADevice),
	"DeleteVirtualMFADevice": write(deleteVirtualMFADevice),
	"EnableMFADevice":        write(enableMFADevice),
	"DeactivateMFADevice":    write(deactivateMFADevice),
	"ResyncMFADevice":        write(resyncMFADevice),

	"ListPolicies":          read(listPolicies),
	"GetPolicy":             read(getPolicy),
	"GetPolicyVersion":      read(getPolicyVersion),
	"ListPolicyVersions":    read(listPolicyVersions),
	"ListEntitiesForPolicy": read(listEntitiesForPolicy),
	"CreatePolicy":          write(createPolicy),
	"DeletePolicy":          write(deletePolicy),

	"ListInstanceProfiles":          read(listInstanceProfiles),
	"ListInstanceProfilesForRole":   read(listInstanceProfilesForRole),
	"GetInstanceProfile":            read(getInstanceProfile),
	"CreateInstanceProfile":         write(createInstanceProfile),
	"DeleteInstanceProfile":         write(deleteInstanceProfile),
	"AddRoleToInstanceProfile":      write(addRoleToInstanceProfile),
	"RemoveRoleFromInstanceProfile": write(removeRoleFromInstanceProfile),

	"ListSAMLProviders":                       read(listSAMLProviders),
	"GetSAMLProvider":                         read(getSAMLProvider),
	"CreateSAMLProvider":                      write(createSAMLProvider),
	"UpdateSAMLProvider":                      write(updateSAMLProvider),
	"DeleteSAMLProvider":                      write(deleteSAMLProvider),
	"ListOpenIDConnectProviders":              read(listOpenIDConnectProviders),
	"GetOpenIDConnectProvider":                read(getOpenIDConnectProvider),
	"CreateOpenIDConnectProvider":             write(createOpenIDConnectProvider),
	"AddClientIDToOpenIDConnectProvider":      write(addClientIDToOpenIDConnectProvider),
	"RemoveClientIDFromOpenIDConnectProvider": write(removeClientIDFromOpenIDConnectProvider),
	"UpdateOpenIDConnectProviderThumbprint":   write(updateOpenIDConnectProviderThumbprint),
	"DeleteOpenIDConnectProvider":             write(deleteOpenIDConnectProvider),

	"GenerateCredentialReport": write(generateCredentialReport),
	"GetCredentialReport":      write(getCredentialReport),

	"ListRoles":              read(listRoles),
	"GetRole":                read(getRole),
	"CreateRole":             write(createRole),
	"UpdateRole":             write(updateRole),
	"UpdateRoleDescription":  write(updateRoleDescription),
	"UpdateAssumeRolePolicy": write(updateAssumeRolePolicy),
	"DeleteRole":             write(deleteRole),

	"ListServerCertificates":  read(listServerCertificates),
	"GetServerCertificate":    read(getServerCertificate),
	"UploadServerCertificate": write(uploadServerCertificate),
	"UpdateServerCertificate": write(updateServerCertificate),
	"DeleteServerCertificate": write(deleteServerCertificate),

	"ListServiceSpecificCredentials":  read(listServiceSpecificCredentials),
	"CreateServiceSpecificCredential": write(createServiceSpecificCredential),
	"UpdateServiceSpecificCredential": write(updateServiceSpecificCredential),
	"ResetServiceSpecificCredential":  write(resetServiceSpecificCredential),
	"DeleteServiceSpecificCredential": write(deleteServiceSpecificCredential),

	"ListAccountAliases":          read(listAccountAliases),
	"CreateAccountAlias":          write(createAccountAlias),
	"DeleteAccountAlias":          write(deleteAccountAlias),
	"UpdateAccountPasswordPolicy": write(updateAccountPasswordPolicy),
	"DeleteAccountPasswordPolicy": write(deleteAccountPasswordPolicy),

	"SimulateCustomPolicy":             read(simulateCustomPolicy),
	"SimulatePrincipalPolicy":          read(simulatePrincipalPolicy),
	"GetContextKeysForCustomPolicy":    read(getContextKeysForCustomPolicy),
	"GetContextKeysForPrincipalPolicy": read(getContextKeysForPrincipalPolicy),

	"ListSigningCertificates":  read(listSigningCertificates),
	"UploadSigningCertificate": write(uploadSigningCertificate),
	"UpdateSigningCertificate": write(updateSigningCertificate),
	"DeleteSigningCertificate": write(deleteSigningCertificate),

	"ListSSHPublicKeys":  read(listSSHPublicKeys),
	"GetSSHPublicKey":    read(getSSHPublicKey),
	"UploadSSHPublicKey": write(uploadSSHPublicKey),
	"UpdateSSHPublicKey": write(updateSSHPublicKey),
	"DeleteSSHPublicKey": write(deleteSSHPublicKey),

	"GetAccountSummary":        read(getAccountSummary),
	"GetAccountPasswordPolicy": read(getAccountPasswordPolicy),

	"TagUser":                       write(tagUser),
	"UntagUser":                     write(untagUser),
	"ListUserTags":                  read(listUserTags),
	"TagRole":                       write(tagRole),
	"UntagRole":                     write(untagRole),
	"ListRoleTags":                  read(listRoleTags),
	"TagPolicy":                     write(tagPolicy),
	"UntagPolicy":                   write(untagPolicy),
	"ListPolicyTags":                read(listPolicyTags),
	"TagMFADevice":                  write(tagMFADevice),
	"UntagMFADevice":                write(untagMFADevice),
	"ListMFADeviceTags":             read(listMFADeviceTags),
	"TagInstanceProfile":            write(tagInstanceProfile),
	"UntagInstanceProfile":          write(untagInstanceProfile),
	"ListInstanceProfileTags":       read(listInstanceProfileTags),
	"TagServerCertificate":          write(tagServerCertificate),
	"UntagServerCertificate":        write(untagServerCertificate),
	"ListServerCertificateTags":     read(listServerCertificateTags),
	"TagSAMLProvider":               write(tagSAMLProvider),
	"UntagSAMLProvider":             write(untagSAMLProvider),
	"ListSAMLProviderTags":          read(listSAMLProviderTags),
	"TagOpenIDConnectProvider":      write(tagOpenIDConnectProvider),
	"UntagOpenIDConnectProvider":    write(untagOpenIDConnectProvider),
	"ListOpenIDConnectProviderTags": read(listOpenIDConnectProviderTags),

	"ListUsers":         read(listUsers),
	"GetUser":           read(getUser),
	"ListGroupsForUser": read(listGroupsForUser),
	"CreateUser":        write(createUser),
	"UpdateUser":        write(updateUser),
	"DeleteUser":        write(deleteUser),

	"CreatePolicyVersion":     write(createPolicyVersion),
	"SetDefaultPolicyVersion": write(setDefaultPolicyVersion),
	"DeletePolicyVersion":     write(deletePolicyVersion),
})

func named(ops map[string]*Operation) map[string]*Operation {
	for name, op := range ops {
		op.Name = name
	}
	return ops
}
