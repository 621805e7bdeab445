package account

import "reflect"

// TableNames lists the members that the table of a type writes.
func TableNames(t reflect.Type) []string {
	return map[reflect.Type][]string{
		reflect.TypeFor[Snapshot]():         snapshotTable.Names(),
		reflect.TypeFor[Tag]():              tagTable.Names(),
		reflect.TypeFor[InlinePolicy]():     inlineTable.Names(),
		reflect.TypeFor[User]():             userTable.Names(),
		reflect.TypeFor[Group]():            groupTable.Names(),
		reflect.TypeFor[Role]():             roleTable.Names(),
		reflect.TypeFor[Policy]():           policyTable.Names(),
		reflect.TypeFor[Version]():          versionTable.Names(),
		reflect.TypeFor[Usage]():            usageTable.Names(),
		reflect.TypeFor[InstanceProfile]():  profileTable.Names(),
		reflect.TypeFor[Controls]():         controlsTable.Names(),
		reflect.TypeFor[ControlLevel]():     levelTable.Names(),
		reflect.TypeFor[Gap]():              gapTable.Names(),
		reflect.TypeFor[CredentialReport](): reportTable.Names(),
		reflect.TypeFor[Credential]():       credentialTable.Names(),
		reflect.TypeFor[KeyRow]():           keyTable.Names(),
		reflect.TypeFor[Cert]():             certTable.Names(),
		reflect.TypeFor[Confirmation]():     confirmationTable.Names(),
		reflect.TypeFor[LiveKey]():          liveKeyTable.Names(),
		reflect.TypeFor[PasswordPolicy]():   passwordTable.Names(),
		reflect.TypeFor[VirtualMFA]():       virtualMFATable.Names(),
		reflect.TypeFor[ServerCert]():       serverCertTable.Names(),
		reflect.TypeFor[SAMLProvider]():     samlTable.Names(),
		reflect.TypeFor[OIDCProvider]():     oidcTable.Names(),
	}[t]
}
