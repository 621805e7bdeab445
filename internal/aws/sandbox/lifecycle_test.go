package sandbox_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

// TestTags sets, lists and drops tags on each kind of entity that bears them.
func TestTags(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{}, company())
	c, _ := clients(s, home)
	const saml, oidc = "arn:aws:iam::111122223333:saml-provider/corp", "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
	add := []types.Tag{{Key: new("Owner"), Value: new("x")}, {Key: new("zone"), Value: new("")}}
	again, drop := []types.Tag{{Key: new("OWNER"), Value: new("y")}}, []string{"ZONE", "none"}
	for name, kind := range map[string]struct {
		tag, retag, untag func(context.Context) error
		list              func(context.Context) ([]types.Tag, error)
	}{
		"service-linked role": {
			do(c.TagRole, &iam.TagRoleInput{RoleName: new("AWSServiceRoleForSupport"), Tags: add}),
			do(c.TagRole, &iam.TagRoleInput{RoleName: new("AWSServiceRoleForSupport"), Tags: again}),
			do(c.UntagRole, &iam.UntagRoleInput{RoleName: new("AWSServiceRoleForSupport"), TagKeys: drop}),
			tagsOf(c.ListRoleTags, &iam.ListRoleTagsInput{RoleName: new("AWSServiceRoleForSupport")}, func(o *iam.ListRoleTagsOutput) []types.Tag { return o.Tags }),
		},
		"user": {
			do(c.TagUser, &iam.TagUserInput{UserName: new("bob"), Tags: add}), do(c.TagUser, &iam.TagUserInput{UserName: new("bob"), Tags: again}),
			do(c.UntagUser, &iam.UntagUserInput{UserName: new("bob"), TagKeys: drop}),
			tagsOf(c.ListUserTags, &iam.ListUserTagsInput{UserName: new("bob")}, func(o *iam.ListUserTagsOutput) []types.Tag { return o.Tags }),
		},
		"policy": {
			do(c.TagPolicy, &iam.TagPolicyInput{PolicyArn: new(auditARN), Tags: add}), do(c.TagPolicy, &iam.TagPolicyInput{PolicyArn: new(auditARN), Tags: again}),
			do(c.UntagPolicy, &iam.UntagPolicyInput{PolicyArn: new(auditARN), TagKeys: drop}),
			tagsOf(c.ListPolicyTags, &iam.ListPolicyTagsInput{PolicyArn: new(auditARN)}, func(o *iam.ListPolicyTagsOutput) []types.Tag { return o.Tags }),
		},
		"device": {
			do(c.TagMFADevice, &iam.TagMFADeviceInput{SerialNumber: new(adaMFA), Tags: add}), do(c.TagMFADevice, &iam.TagMFADeviceInput{SerialNumber: new(adaMFA), Tags: again}),
			do(c.UntagMFADevice, &iam.UntagMFADeviceInput{SerialNumber: new(adaMFA), TagKeys: drop}),
			tagsOf(c.ListMFADeviceTags, &iam.ListMFADeviceTagsInput{SerialNumber: new(adaMFA)}, func(o *iam.ListMFADeviceTagsOutput) []types.Tag { return o.Tags }),
		},
		"instance profile": {
			do(c.TagInstanceProfile, &iam.TagInstanceProfileInput{InstanceProfileName: new("app"), Tags: add}),
			do(c.TagInstanceProfile, &iam.TagInstanceProfileInput{InstanceProfileName: new("app"), Tags: again}),
			do(c.UntagInstanceProfile, &iam.UntagInstanceProfileInput{InstanceProfileName: new("app"), TagKeys: drop}),
			tagsOf(c.ListInstanceProfileTags, &iam.ListInstanceProfileTagsInput{InstanceProfileName: new("app")}, func(o *iam.ListInstanceProfileTagsOutput) []types.Tag { return o.Tags }),
		},
		"server certificate": {
			do(c.TagServerCertificate, &iam.TagServerCertificateInput{ServerCertificateName: new("www"), Tags: add}),
			do(c.TagServerCertificate, &iam.TagServerCertificateInput{ServerCertificateName: new("www"), Tags: again}),
			do(c.UntagServerCertificate, &iam.UntagServerCertificateInput{ServerCertificateName: new("www"), TagKeys: drop}),
			tagsOf(c.ListServerCertificateTags, &iam.ListServerCertificateTagsInput{ServerCertificateName: new("www")}, func(o *iam.ListServerCertificateTagsOutput) []types.Tag { return o.Tags }),
		},
		"SAML provider": {
			do(c.TagSAMLProvider, &iam.TagSAMLProviderInput{SAMLProviderArn: new(saml), Tags: add}), do(c.TagSAMLProvider, &iam.TagSAMLProviderInput{SAMLProviderArn: new(saml), Tags: again}),
			do(c.UntagSAMLProvider, &iam.UntagSAMLProviderInput{SAMLProviderArn: new(saml), TagKeys: drop}),
			tagsOf(c.ListSAMLProviderTags, &iam.ListSAMLProviderTagsInput{SAMLProviderArn: new(saml)}, func(o *iam.ListSAMLProviderTagsOutput) []types.Tag { return o.Tags }),
		},
		"OIDC provider": {
			do(c.TagOpenIDConnectProvider, &iam.TagOpenIDConnectProviderInput{OpenIDConnectProviderArn: new(oidc), Tags: add}),
			do(c.TagOpenIDConnectProvider, &iam.TagOpenIDConnectProviderInput{OpenIDConnectProviderArn: new(oidc), Tags: again}),
			do(c.UntagOpenIDConnectProvider, &iam.UntagOpenIDConnectProviderInput{OpenIDConnectProviderArn: new(oidc), TagKeys: drop}),
			tagsOf(c.ListOpenIDConnectProviderTags, &iam.ListOpenIDConnectProviderTagsInput{OpenIDConnectProviderArn: new(oidc)}, func(o *iam.ListOpenIDConnectProviderTagsOutput) []types.Tag { return o.Tags }),
		},
	} {
		for _, step := range []struct {
			call func(context.Context) error
			want []types.Tag
		}{
			{kind.tag, add}, {kind.retag, []types.Tag{again[0], add[1]}}, {kind.untag, again},
		} {
			if err := step.call(t.Context()); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got, err := kind.list(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			same(t, name, step.want, got)
		}
	}
}

func tagsOf[I, O any](op func(context.Context, *I, ...func(*iam.Options)) (*O, error), in *I, tags func(*O) []types.Tag) func(context.Context) ([]types.Tag, error) {
	return func(ctx context.Context) ([]types.Tag, error) {
		out, err := op(ctx, in)
		if err != nil {
			return nil, err
		}
		return tags(out), nil
	}
}

func TestServiceCredentials(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{}, company())
	c, _ := clients(s, home)
	ctx := t.Context()
	const git = "codecommit.amazonaws.com"
	one, err := c.CreateServiceSpecificCredential(ctx, &iam.CreateServiceSpecificCredentialInput{UserName: new("bob"), ServiceName: new(git)})
	if err != nil {
		t.Fatal(err)
	}
	two, err := c.CreateServiceSpecificCredential(ctx, &iam.CreateServiceSpecificCredentialInput{UserName: new("bob"), ServiceName: new(git), CredentialAgeDays: new(int32(30))})
	if err != nil {
		t.Fatal(err)
	}
	id := one.ServiceSpecificCredential.ServiceSpecificCredentialId
	if *one.ServiceSpecificCredential.ServiceUserName == *two.ServiceSpecificCredential.ServiceUserName || !two.ServiceSpecificCredential.ExpirationDate.Equal(day(-30)) {
		t.Errorf("got %s twice, or %v", *one.ServiceSpecificCredential.ServiceUserName, two.ServiceSpecificCredential.ExpirationDate)
	}
	for name, test := range map[string]struct{ got, want string }{
		"third":       {code(do(c.CreateServiceSpecificCredential, &iam.CreateServiceSpecificCredentialInput{UserName: new("bob"), ServiceName: new(git)})(ctx)), "LimitExceeded 409"},
		"no service":  {code(do(c.CreateServiceSpecificCredential, &iam.CreateServiceSpecificCredentialInput{UserName: new("bob"), ServiceName: new("git")})(ctx)), "InvalidInput 400"},
		"of another":  {code(do(c.DeleteServiceSpecificCredential, &iam.DeleteServiceSpecificCredentialInput{UserName: new("ada"), ServiceSpecificCredentialId: id})(ctx)), "NoSuchEntity 404"},
		"off":         {code(do(c.UpdateServiceSpecificCredential, &iam.UpdateServiceSpecificCredentialInput{UserName: new("bob"), ServiceSpecificCredentialId: id, Status: types.StatusTypeInactive})(ctx)), ""},
		"holder goes": {code(do(c.DeleteUser, &iam.DeleteUserInput{UserName: new("bob")})(ctx)), "DeleteConflict 409"},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %q, want %q", name, test.got, test.want)
		}
	}
	reset, err := c.ResetServiceSpecificCredential(ctx, &iam.ResetServiceSpecificCredentialInput{UserName: new("bob"), ServiceSpecificCredentialId: id})
	if err != nil || *reset.ServiceSpecificCredential.ServicePassword == *one.ServiceSpecificCredential.ServicePassword {
		t.Errorf("got %v, want a new password", err)
	}
	if err := do(c.DeleteServiceSpecificCredential, &iam.DeleteServiceSpecificCredentialInput{UserName: new("bob"), ServiceSpecificCredentialId: id})(ctx); err != nil {
		t.Fatal(err)
	}
	left, err := c.ListServiceSpecificCredentials(ctx, &iam.ListServiceSpecificCredentialsInput{AllUsers: new(true), ServiceName: new(git)})
	if err != nil || len(left.ServiceSpecificCredentials) != 1 || *left.ServiceSpecificCredentials[0].UserName != "bob" {
		t.Errorf("got %v %v, want the second one", left, err)
	}
}

// TestLastAccessed asks which services a user may use and did use; the fixture's keys tell of the uses.
func TestLastAccessed(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{Settings: sandbox.Settings{ReportSteps: 1}}, company())
	c, _ := clients(s, home)
	ctx := t.Context()
	job, err := c.GenerateServiceLastAccessedDetails(ctx, &iam.GenerateServiceLastAccessedDetailsInput{Arn: new("arn:aws:iam::111122223333:user/eng/Ada")})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []types.JobStatusType{types.JobStatusTypeInProgress, types.JobStatusTypeCompleted} {
		got, err := c.GetServiceLastAccessedDetails(ctx, &iam.GetServiceLastAccessedDetailsInput{JobId: job.JobId})
		if err != nil || got.JobStatus != want {
			t.Fatalf("got %v %v, want %s", got, err, want)
		}
		if want != types.JobStatusTypeCompleted {
			continue
		}
		services := each(got.ServicesLastAccessed, func(s types.ServiceLastAccessed) string { return *s.ServiceNamespace })
		same(t, "services", []string{"ec2", "s3"}, services)
		used := got.ServicesLastAccessed[1]
		same(t, "use of S3", []any{day(1), "arn:aws:iam::111122223333:user/eng/Ada", int32(1)}, []any{*used.LastAuthenticated, *used.LastAuthenticatedEntity, *used.TotalAuthenticatedEntities})
		if got.ServicesLastAccessed[0].LastAuthenticated != nil {
			t.Error("EC2 was never used")
		}
	}
	policy, err := c.GenerateServiceLastAccessedDetails(ctx, &iam.GenerateServiceLastAccessedDetailsInput{Arn: new(auditARN)})
	if err != nil {
		t.Fatal(err)
	}
	in := &iam.GetServiceLastAccessedDetailsWithEntitiesInput{JobId: policy.JobId, ServiceNamespace: new("s3")}
	if _, err := c.GetServiceLastAccessedDetailsWithEntities(ctx, in); err != nil {
		t.Fatal(err)
	}
	entities, err := c.GetServiceLastAccessedDetailsWithEntities(ctx, in)
	if err != nil || len(entities.EntityDetailsList) != 1 || *entities.EntityDetailsList[0].EntityInfo.Name != "Ada" {
		t.Errorf("got %v %v, want Ada", entities, err)
	}
	for _, arn := range []string{"arn:aws:iam::111122223333:user/nobody", "arn:aws:s3:::bucket", "x"} {
		if got := code(do(c.GenerateServiceLastAccessedDetails, &iam.GenerateServiceLastAccessedDetailsInput{Arn: new(arn + strings.Repeat(" ", 20))})(ctx)); got != "NoSuchEntity 404" {
			t.Errorf("%s: got %q", arn, got)
		}
	}
}

// TestDeleteUser_order deletes a user who has everything: the right order works, and each wrong one is a conflict.
func TestDeleteUser_order(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{}, company())
	c, _ := clients(s, home)
	ctx := t.Context()
	remove := do(c.DeleteUser, &iam.DeleteUserInput{UserName: new("ada")})
	keys, err := c.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: new("ada")})
	if err != nil {
		t.Fatal(err)
	}
	steps := []func(context.Context) error{
		do(c.DeactivateMFADevice, &iam.DeactivateMFADeviceInput{UserName: new("ada"), SerialNumber: new(adaMFA)}),
		do(c.DeleteLoginProfile, &iam.DeleteLoginProfileInput{UserName: new("ada")}),
		do(c.DetachUserPolicy, &iam.DetachUserPolicyInput{UserName: new("ada"), PolicyArn: new(auditARN)}),
		do(c.DeleteUserPolicy, &iam.DeleteUserPolicyInput{UserName: new("ada"), PolicyName: new("own")}),
		do(c.RemoveUserFromGroup, &iam.RemoveUserFromGroupInput{UserName: new("ada"), GroupName: new("admins")}),
		do(c.RemoveUserFromGroup, &iam.RemoveUserFromGroupInput{UserName: new("ada"), GroupName: new("readers")}),
	}
	for _, k := range keys.AccessKeyMetadata {
		steps = append(steps, do(c.DeleteAccessKey, &iam.DeleteAccessKeyInput{UserName: new("ada"), AccessKeyId: k.AccessKeyId}))
	}
	for i, step := range steps {
		if got := code(remove(ctx)); got != "DeleteConflict 409" {
			t.Fatalf("before step %d: got %q", i, got)
		}
		if err := step(ctx); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	if err := remove(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestServer_partition: an account of another partition has ARNs and policies of AWS's of its own.
func TestServer_partition(t *testing.T) {
	t.Parallel()
	fixture := &account.Snapshot{Account: home, Partition: "aws-us-gov", TakenAt: noon, Users: []account.User{
		{Name: "ada", Attached: []string{"arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess"}},
	}}
	s := server(t, sandbox.Options{}, fixture)
	c, _ := clients(s, home)
	ctx := t.Context()
	if got := code(do(c.AttachUserPolicy, &iam.AttachUserPolicyInput{UserName: new("ada"), PolicyArn: new(adminARN)})(ctx)); got != "NoSuchEntity 404" {
		t.Errorf("a policy of another partition: got %q", got)
	}
	if err := do(c.CreateGroup, &iam.CreateGroupInput{GroupName: new("g")})(ctx); err != nil {
		t.Fatal(err)
	}
	all, _, err := details(ctx, c, 100)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "ARNs", []string{"arn:aws-us-gov:iam::111122223333:user/ada", "arn:aws-us-gov:iam::111122223333:group/g", "arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess"},
		[]string{*all.UserDetailList[0].Arn, *all.GroupDetailList[0].Arn, *all.Policies[0].Arn})
	if environment := strings.Join(s.Env(home), " "); !strings.Contains(environment, "AWS_REGION=us-gov-west-1") {
		t.Errorf("got %s", environment)
	}
}

// TestServer_host: a web page that was made to lead to this machine is not answered.
func TestServer_host(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{}, company())
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL(), strings.NewReader("Action=ListUsers&Version=2010-05-08"))
	if err != nil {
		t.Fatal(err)
	}
	key, _ := s.Key(home)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+key+"/20260601/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0")
	for host, want := range map[string]int{"evil.example": http.StatusForbidden, "localhost:80": http.StatusOK, "127.0.0.1": http.StatusOK, "[::1]:80": http.StatusOK} {
		r := r.Clone(t.Context())
		r.Host = host
		r.Body, _ = r.GetBody()
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: got %d, want %d", host, resp.StatusCode, want)
		}
	}
}
