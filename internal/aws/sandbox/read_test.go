package sandbox_test

import (
	"context"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

// details reads the whole account in pages of one size.
func details(ctx context.Context, c *iam.Client, size int32, filter ...types.EntityType) (*iam.GetAccountAuthorizationDetailsOutput, int, error) {
	all, pages := &iam.GetAccountAuthorizationDetailsOutput{}, 0
	p := iam.NewGetAccountAuthorizationDetailsPaginator(c, &iam.GetAccountAuthorizationDetailsInput{MaxItems: &size, Filter: filter})
	for p.HasMorePages() {
		out, err := p.NextPage(ctx)
		if err != nil {
			return nil, 0, err
		}
		n := len(out.UserDetailList) + len(out.GroupDetailList) + len(out.RoleDetailList) + len(out.Policies)
		if n > int(size) || n == 0 && pages > 0 {
			return nil, 0, fmt.Errorf("page %d of %d has %d items", pages, size, n)
		}
		all.UserDetailList = append(all.UserDetailList, out.UserDetailList...)
		all.GroupDetailList = append(all.GroupDetailList, out.GroupDetailList...)
		all.RoleDetailList = append(all.RoleDetailList, out.RoleDetailList...)
		all.Policies = append(all.Policies, out.Policies...)
		pages++
	}
	return all, pages, nil
}

// snapshotOf makes a snapshot of what the details say, to hold it against the fixture.
func snapshotOf(tb testing.TB, id account.ID, d *iam.GetAccountAuthorizationDetailsOutput) *account.Snapshot {
	tb.Helper()
	document := func(s *string) account.Document {
		if strings.ContainsAny(*s, "{} \"") {
			tb.Errorf("document is not percent-encoded: %s", *s)
		}
		plain, err := url.PathUnescape(*s)
		if err != nil {
			tb.Error(err)
		}
		return account.Document(plain)
	}
	inline := func(in []types.PolicyDetail) (out []account.InlinePolicy) {
		for _, p := range in {
			out = append(out, account.InlinePolicy{Name: *p.PolicyName, Document: document(p.PolicyDocument)})
		}
		return out
	}
	attached := func(in []types.AttachedPolicy) (out []string) {
		for _, p := range in {
			out = append(out, *p.PolicyArn)
		}
		return out
	}
	tags := func(in []types.Tag) (out []account.Tag) {
		for _, t := range in {
			out = append(out, account.Tag{Key: *t.Key, Value: *t.Value})
		}
		return out
	}
	boundary := func(b *types.AttachedPermissionsBoundary) string {
		if b == nil {
			return ""
		}
		return *b.PermissionsBoundaryArn
	}
	s := &account.Snapshot{Account: id}
	for _, u := range d.UserDetailList {
		s.Users = append(s.Users, account.User{
			Name: *u.UserName, ID: *u.UserId, ARN: *u.Arn, Path: *u.Path, Created: *u.CreateDate, Groups: u.GroupList,
			Attached: attached(u.AttachedManagedPolicies), Inline: inline(u.UserPolicyList), Boundary: boundary(u.PermissionsBoundary), Tags: tags(u.Tags),
		})
	}
	for _, g := range d.GroupDetailList {
		s.Groups = append(s.Groups, account.Group{
			Name: *g.GroupName, ID: *g.GroupId, ARN: *g.Arn, Path: *g.Path, Created: *g.CreateDate,
			Attached: attached(g.AttachedManagedPolicies), Inline: inline(g.GroupPolicyList),
		})
	}
	for _, r := range d.RoleDetailList {
		role := account.Role{
			Name: *r.RoleName, ID: *r.RoleId, ARN: *r.Arn, Path: *r.Path, Created: *r.CreateDate, Trust: document(r.AssumeRolePolicyDocument),
			Attached: attached(r.AttachedManagedPolicies), Inline: inline(r.RolePolicyList), Boundary: boundary(r.PermissionsBoundary), Tags: tags(r.Tags),
		}
		if r.RoleLastUsed.LastUsedDate != nil {
			role.LastUsed, role.LastUsedRegion = *r.RoleLastUsed.LastUsedDate, *r.RoleLastUsed.Region
		}
		s.Roles = append(s.Roles, role)
	}
	for _, p := range d.Policies {
		out := account.Policy{Name: *p.PolicyName, ID: *p.PolicyId, ARN: *p.Arn, Path: *p.Path, Version: *p.DefaultVersionId}
		if p.CreateDate != nil {
			out.Created, out.Updated = *p.CreateDate, *p.UpdateDate
		}
		for _, v := range p.PolicyVersionList {
			version := account.Version{ID: *v.VersionId, Document: document(v.Document)}
			if v.CreateDate != nil {
				version.Created = *v.CreateDate
			}
			if v.IsDefaultVersion {
				out.Document = version.Document
			}
			out.Versions = append(out.Versions, version)
		}
		s.Policies = append(s.Policies, out)
	}
	s.Normalize()
	return s
}

// TestDetails_wholeAccount reads the account page by page and holds it against what the server has.
func TestDetails_wholeAccount(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{}, company(), tenant())
	client, _ := clients(s, home)
	want := s.Snapshot(home)
	for i := range want.Roles {
		want.Roles[i].Description, want.Roles[i].MaxSession = "", 0 // the details do not carry them
	}
	const entities = 4 + 3 + 3 + 3
	for _, size := range []int32{1, 2, 3, 4, 5, entities - 1, entities, entities + 1, 1000} {
		all, pages, err := details(t.Context(), client, size, types.EntityTypeUser, types.EntityTypeGroup, types.EntityTypeRole, types.EntityTypeLocalManagedPolicy)
		if err != nil {
			t.Fatal(err)
		}
		if wantPages := (entities + int(size) - 1) / int(size); pages != wantPages {
			t.Errorf("pages of %d: got %d, want %d", size, pages, wantPages)
		}
		got := snapshotOf(t, home, all)
		for name, pair := range map[string][2]any{
			"users": {want.Users, got.Users}, "groups": {want.Groups, got.Groups}, "roles": {want.Roles, got.Roles}, "policies": {want.Policies, got.Policies},
		} {
			if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
				t.Errorf("%s in pages of %d (-server +read):\n%s", name, size, diff)
			}
		}
	}
}

func TestDetails_shortPages(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{Settings: sandbox.Settings{PageSize: 2}}, company())
	client, _ := clients(s, home)
	all, pages, err := details(t.Context(), client, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(all.UserDetailList) + len(all.GroupDetailList) + len(all.RoleDetailList) + len(all.Policies); got != 14 || pages != 7 {
		t.Errorf("got %d entities in %d pages, want 14 in 7", got, pages)
	}
	if name := *all.Policies[3].PolicyName; name != "AdministratorAccess" {
		t.Errorf("the policy of AWS's in use is missing: got %s", name)
	}
}

// TestDetails_agree holds the one big read against the many small ones.
func TestDetails_agree(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{Settings: sandbox.Settings{PageSize: 1}}, company())
	client, _ := clients(s, home)
	all, _, err := details(t.Context(), client, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range all.UserDetailList {
		attached := collect(t, iam.NewListAttachedUserPoliciesPaginator(client, &iam.ListAttachedUserPoliciesInput{UserName: u.UserName}),
			func(o *iam.ListAttachedUserPoliciesOutput) []types.AttachedPolicy { return o.AttachedPolicies })
		names := collect(t, iam.NewListUserPoliciesPaginator(client, &iam.ListUserPoliciesInput{UserName: u.UserName}),
			func(o *iam.ListUserPoliciesOutput) []string { return o.PolicyNames })
		groups := collect(t, iam.NewListGroupsForUserPaginator(client, &iam.ListGroupsForUserInput{UserName: u.UserName}),
			func(o *iam.ListGroupsForUserOutput) []types.Group { return o.Groups })
		got, err := client.GetUser(t.Context(), &iam.GetUserInput{UserName: u.UserName})
		if err != nil {
			t.Fatal(err)
		}
		same(t, *u.UserName+" attached", u.AttachedManagedPolicies, attached)
		same(t, *u.UserName+" boundary", u.PermissionsBoundary, got.User.PermissionsBoundary)
		same(t, *u.UserName+" tags", u.Tags, got.User.Tags)
		same(t, *u.UserName+" groups", u.GroupList, each(groups, func(g types.Group) string { return *g.GroupName }))
		same(t, *u.UserName+" inline", each(u.UserPolicyList, func(p types.PolicyDetail) string { return *p.PolicyName }), names)
		for _, p := range u.UserPolicyList {
			one, err := client.GetUserPolicy(t.Context(), &iam.GetUserPolicyInput{UserName: u.UserName, PolicyName: p.PolicyName})
			if err != nil {
				t.Fatal(err)
			}
			same(t, *p.PolicyName, p.PolicyDocument, one.PolicyDocument)
		}
	}
	for _, r := range all.RoleDetailList {
		one, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: r.RoleName})
		if err != nil {
			t.Fatal(err)
		}
		same(t, *r.RoleName, []any{r.AssumeRolePolicyDocument, r.RoleLastUsed, r.PermissionsBoundary}, []any{one.Role.AssumeRolePolicyDocument, one.Role.RoleLastUsed, one.Role.PermissionsBoundary})
		profiles := collect(t, iam.NewListInstanceProfilesForRolePaginator(client, &iam.ListInstanceProfilesForRoleInput{RoleName: r.RoleName}),
			func(o *iam.ListInstanceProfilesForRoleOutput) []types.InstanceProfile { return o.InstanceProfiles })
		same(t, *r.RoleName+" profiles", r.InstanceProfileList, profiles)
	}
	for _, p := range all.Policies {
		holders := 0
		entities := iam.NewListEntitiesForPolicyPaginator(client, &iam.ListEntitiesForPolicyInput{PolicyArn: p.Arn, PolicyUsageFilter: types.PolicyUsageTypePermissionsPolicy})
		for entities.HasMorePages() {
			out, err := entities.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			holders += len(out.PolicyUsers) + len(out.PolicyGroups) + len(out.PolicyRoles)
		}
		same(t, *p.Arn+" holders", int(*p.AttachmentCount), holders)
		one, err := client.GetPolicyVersion(t.Context(), &iam.GetPolicyVersionInput{PolicyArn: p.Arn, VersionId: p.DefaultVersionId})
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(p.PolicyVersionList, func(v types.PolicyVersion) bool { return v.IsDefaultVersion })
		same(t, *p.Arn, p.PolicyVersionList[at].Document, one.PolicyVersion.Document)
	}
}

// pager is any paginator of the SDK.
type pager[O any] interface {
	HasMorePages() bool
	NextPage(ctx context.Context, options ...func(*iam.Options)) (O, error)
}

func collect[O, V any](tb testing.TB, p pager[O], items func(O) []V) (all []V) {
	tb.Helper()
	for p.HasMorePages() {
		out, err := p.NextPage(context.Background())
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, items(out)...)
	}
	return all
}

func each[T, U any](list []T, f func(T) U) (out []U) {
	for _, v := range list {
		out = append(out, f(v))
	}
	return out
}

// same compares what two calls say; an empty list is as good as none.
func same(tb testing.TB, what string, want, got any) {
	tb.Helper()
	if v, w := reflect.ValueOf(want), reflect.ValueOf(got); v.Kind() == reflect.Slice && v.Len() == 0 && w.Len() == 0 {
		return
	}
	if diff := cmp.Diff(want, got, ignoreSDK...); diff != "" {
		tb.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestListPolicies_filters(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{}, company())
	client, _ := clients(s, home)
	for name, test := range map[string]struct {
		in   iam.ListPoliciesInput
		want []string
	}{
		"local":      {iam.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal}, []string{"limit", "spare", "audit"}},
		"attached":   {iam.ListPoliciesInput{OnlyAttached: true}, []string{"audit", "AdministratorAccess"}},
		"boundaries": {iam.ListPoliciesInput{PolicyUsageFilter: types.PolicyUsageTypePermissionsBoundary}, []string{"limit"}},
		"path":       {iam.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal, PathPrefix: new("/team/")}, []string{"audit"}},
		"of AWS, in use": {
			iam.ListPoliciesInput{Scope: types.PolicyScopeTypeAws, OnlyAttached: true}, []string{"AdministratorAccess"},
		},
	} {
		got := collect(t, iam.NewListPoliciesPaginator(client, &test.in), func(o *iam.ListPoliciesOutput) []types.Policy { return o.Policies })
		same(t, name, test.want, each(got, func(p types.Policy) string { return *p.PolicyName }))
	}
	all := collect(t, iam.NewListPoliciesPaginator(client, &iam.ListPoliciesInput{Scope: types.PolicyScopeTypeAws, MaxItems: new(int32(1000))}),
		func(o *iam.ListPoliciesOutput) []types.Policy { return o.Policies })
	if len(all) < 1000 {
		t.Errorf("got %d policies of AWS's, want more than 1000", len(all))
	}
}

// TestReads_fixture spot-checks what the details do not carry.
func TestReads_fixture(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{}, company())
	c, _ := clients(s, home)
	ctx := t.Context()
	get := func(v any, err error) any {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	user := get(c.GetUser(ctx, &iam.GetUserInput{UserName: new("ada")})).(*iam.GetUserOutput).User
	same(t, "spelling of the name", "Ada", *user.UserName)
	same(t, "password last used", day(2), *user.PasswordLastUsed)

	keys := get(c.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: new("Ada")})).(*iam.ListAccessKeysOutput).AccessKeyMetadata
	slices.SortFunc(keys, func(a, b types.AccessKeyMetadata) int { return b.CreateDate.Compare(*a.CreateDate) })
	same(t, "key dates", []time.Time{day(200), day(500)}, each(keys, func(k types.AccessKeyMetadata) time.Time { return *k.CreateDate }))
	same(t, "key status", []types.StatusType{"Active", "Inactive"}, each(keys, func(k types.AccessKeyMetadata) types.StatusType { return k.Status }))
	used := get(c.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: keys[0].AccessKeyId})).(*iam.GetAccessKeyLastUsedOutput)
	same(t, "key use", []any{"Ada", day(1), "s3", "us-east-1"}, []any{*used.UserName, *used.AccessKeyLastUsed.LastUsedDate, *used.AccessKeyLastUsed.ServiceName, *used.AccessKeyLastUsed.Region})
	unused := get(c.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: keys[1].AccessKeyId})).(*iam.GetAccessKeyLastUsedOutput)
	same(t, "unused key", []any{"N/A", "N/A", true}, []any{*unused.AccessKeyLastUsed.ServiceName, *unused.AccessKeyLastUsed.Region, unused.AccessKeyLastUsed.LastUsedDate == nil})

	ada := get(c.ListMFADevices(ctx, &iam.ListMFADevicesInput{UserName: new("Ada")})).(*iam.ListMFADevicesOutput).MFADevices
	bob := get(c.ListMFADevices(ctx, &iam.ListMFADevicesInput{UserName: new("bob")})).(*iam.ListMFADevicesOutput).MFADevices
	same(t, "virtual device", adaMFA, *ada[0].SerialNumber)
	if len(bob) != 1 || strings.HasPrefix(*bob[0].SerialNumber, "arn:") {
		t.Errorf("bob's row says MFA and no virtual device is his: got %+v, want a hardware device", bob)
	}
	virtual := get(c.ListVirtualMFADevices(ctx, &iam.ListVirtualMFADevicesInput{AssignmentStatus: types.AssignmentStatusTypeAssigned})).(*iam.ListVirtualMFADevicesOutput).VirtualMFADevices
	same(t, "holder", "Ada", *virtual[0].User.UserName)

	summary := get(c.GetAccountSummary(ctx, &iam.GetAccountSummaryInput{})).(*iam.GetAccountSummaryOutput).SummaryMap
	for name, want := range map[string]int32{
		"Users": 4, "Groups": 3, "Roles": 3, "Policies": 3, "MFADevices": 2, "MFADevicesInUse": 1, "AccountMFAEnabled": 1,
		"AccountAccessKeysPresent": 0, "AccountPasswordPresent": 1, "Providers": 2, "UsersQuota": 5000,
	} {
		if summary[name] != want {
			t.Errorf("summary %s: got %d, want %d", name, summary[name], want)
		}
	}
	policy := get(c.GetAccountPasswordPolicy(ctx, &iam.GetAccountPasswordPolicyInput{})).(*iam.GetAccountPasswordPolicyOutput).PasswordPolicy
	same(t, "password policy", []any{int32(14), int32(90), int32(24), true, true, false},
		[]any{*policy.MinimumPasswordLength, *policy.MaxPasswordAge, *policy.PasswordReusePrevention, policy.ExpirePasswords, policy.RequireSymbols, policy.RequireNumbers})
	oidc := get(c.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: new(company().OIDCProviders[0].ARN)})).(*iam.GetOpenIDConnectProviderOutput)
	same(t, "audiences", []string{"sts.amazonaws.com"}, oidc.ClientIDList)
	aliases := get(c.ListAccountAliases(ctx, &iam.ListAccountAliasesInput{})).(*iam.ListAccountAliasesOutput)
	same(t, "aliases", []string{"our-company"}, aliases.AccountAliases)
	cert := get(c.ListServerCertificates(ctx, &iam.ListServerCertificatesInput{})).(*iam.ListServerCertificatesOutput).ServerCertificateMetadataList
	same(t, "certificate", []any{"www", day(-20)}, []any{*cert[0].ServerCertificateName, *cert[0].Expiration})
	signing := get(c.ListSigningCertificates(ctx, &iam.ListSigningCertificatesInput{UserName: new("bob")})).(*iam.ListSigningCertificatesOutput)
	same(t, "signing certificate", []any{day(700), types.StatusTypeActive}, []any{*signing.Certificates[0].UploadDate, signing.Certificates[0].Status})
	version := get(c.ListPolicyVersions(ctx, &iam.ListPolicyVersionsInput{PolicyArn: new(auditARN)})).(*iam.ListPolicyVersionsOutput).Versions
	same(t, "versions", []string{"v3", "v1"}, each(version, func(v types.PolicyVersion) string { return *v.VersionId }))
}

// TestSnapshot_stable loads a server's snapshot into another server: both must say the same.
func TestSnapshot_stable(t *testing.T) {
	t.Parallel()
	first := server(t, sandbox.Options{}, company()).Snapshot(home)
	second := server(t, sandbox.Options{}, first).Snapshot(home)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
	fixture := company()
	server(t, sandbox.Options{}, fixture)
	if diff := cmp.Diff(company(), fixture); diff != "" {
		t.Errorf("loading changed the fixture:\n%s", diff)
	}
}
