package sandbox_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

// step is a write and what takes it back. Both are made from the account as it is before the write.
type step struct {
	name     string
	do, undo func(context.Context) error
}

// both puts steps into one: done in order, undone in reverse.
func both(steps ...step) step {
	out := step{do: func(ctx context.Context) error {
		return first(ctx, steps, func(s step) func(context.Context) error { return s.do })
	}}
	for _, s := range steps {
		out.name += s.name + "; "
	}
	backwards := slices.Clone(steps)
	slices.Reverse(backwards)
	out.undo = func(ctx context.Context) error {
		return first(ctx, backwards, func(s step) func(context.Context) error { return s.undo })
	}
	return out
}

func first(ctx context.Context, steps []step, pick func(step) func(context.Context) error) error {
	for _, s := range steps {
		if err := pick(s)(ctx); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// writer draws valid writes for the account as it is.
type writer struct {
	t *rapid.T
	c *iam.Client
	s *account.Snapshot
	n int // names made so far
}

func pick[V any](w *writer, what string, from []V) V { return rapid.SampledFrom(from).Draw(w.t, what) }

func (w *writer) fresh() *string {
	w.n++
	return new(fmt.Sprintf("made-%d", w.n))
}

// draw picks one of the kinds of write that are possible now.
func (w *writer) draw() (step, bool) {
	kinds := []func() (step, bool){
		w.attachUser, w.attachGroup, w.attachRole, w.detachRole, w.inlineUser, w.inlineRole, w.createUser, w.createGroup, w.createRole,
		w.createPolicy, w.version, w.member, w.leave, w.trust, w.key, w.keyStatus, w.login, w.mfa, w.boundary, w.roleBoundary,
		w.tags, w.untag, w.passwordPolicy, w.alias, w.profile, w.oidc, w.role,
	}
	return kinds[rapid.IntRange(0, len(kinds)-1).Draw(w.t, "kind")]()
}

var attachable = []string{auditARN, limitARN, adminARN, "arn:aws:iam::aws:policy/ReadOnlyAccess"}

func (w *writer) attachUser() (step, bool) {
	u, p := pick(w, "user", w.s.Users), pick(w, "policy", attachable)
	return step{
		"attach " + p + " to user " + u.Name,
		do(w.c.AttachUserPolicy, &iam.AttachUserPolicyInput{UserName: &u.Name, PolicyArn: &p}),
		do(w.c.DetachUserPolicy, &iam.DetachUserPolicyInput{UserName: &u.Name, PolicyArn: &p}),
	}, !slices.Contains(u.Attached, p)
}

func (w *writer) attachGroup() (step, bool) {
	g, p := pick(w, "group", w.s.Groups), pick(w, "policy", attachable)
	return step{
		"attach " + p + " to group " + g.Name,
		do(w.c.AttachGroupPolicy, &iam.AttachGroupPolicyInput{GroupName: &g.Name, PolicyArn: &p}),
		do(w.c.DetachGroupPolicy, &iam.DetachGroupPolicyInput{GroupName: &g.Name, PolicyArn: &p}),
	}, !slices.Contains(g.Attached, p)
}

// ownRole is a role that may be changed.
func (w *writer) ownRole() account.Role {
	return pick(w, "role", slices.DeleteFunc(slices.Clone(w.s.Roles), func(r account.Role) bool { return len(r.Path) > 5 && r.Path[:5] == "/aws-" }))
}

func (w *writer) attachRole() (step, bool) {
	r, p := w.ownRole(), pick(w, "policy", attachable)
	return step{
		"attach " + p + " to role " + r.Name,
		do(w.c.AttachRolePolicy, &iam.AttachRolePolicyInput{RoleName: &r.Name, PolicyArn: &p}),
		do(w.c.DetachRolePolicy, &iam.DetachRolePolicyInput{RoleName: &r.Name, PolicyArn: &p}),
	}, !slices.Contains(r.Attached, p)
}

func (w *writer) detachRole() (step, bool) {
	r := w.ownRole()
	if len(r.Attached) == 0 {
		return step{}, false
	}
	p := pick(w, "policy", r.Attached)
	return step{
		"detach " + p + " from role " + r.Name,
		do(w.c.DetachRolePolicy, &iam.DetachRolePolicyInput{RoleName: &r.Name, PolicyArn: &p}),
		do(w.c.AttachRolePolicy, &iam.AttachRolePolicyInput{RoleName: &r.Name, PolicyArn: &p}),
	}, true
}

// inlineUser adds, replaces or deletes an inline policy.
func (w *writer) inlineUser() (step, bool) {
	u := pick(w, "user", w.s.Users)
	put := func(name string, d account.Document) func(context.Context) error {
		return do(w.c.PutUserPolicy, &iam.PutUserPolicyInput{UserName: &u.Name, PolicyName: &name, PolicyDocument: new(string(d))})
	}
	if len(u.Inline) == 0 {
		return step{"put inline on " + u.Name, put("inline", denyAll), do(w.c.DeleteUserPolicy, &iam.DeleteUserPolicyInput{UserName: &u.Name, PolicyName: new("inline")})}, true
	}
	p := u.Inline[0]
	if rapid.Bool().Draw(w.t, "replace") {
		return step{"replace " + p.Name + " of " + u.Name, put(p.Name, denyAll), put(p.Name, p.Document)}, p.Document != denyAll
	}
	return step{"delete " + p.Name + " of " + u.Name, do(w.c.DeleteUserPolicy, &iam.DeleteUserPolicyInput{UserName: &u.Name, PolicyName: &p.Name}), put(p.Name, p.Document)}, true
}

func (w *writer) inlineRole() (step, bool) {
	r, name := w.ownRole(), w.fresh()
	return step{
		"put " + *name + " on role " + r.Name,
		do(w.c.PutRolePolicy, &iam.PutRolePolicyInput{RoleName: &r.Name, PolicyName: name, PolicyDocument: new(readS3)}),
		do(w.c.DeleteRolePolicy, &iam.DeleteRolePolicyInput{RoleName: &r.Name, PolicyName: name}),
	}, true
}

func (w *writer) createUser() (step, bool) {
	name := w.fresh()
	return step{
		"create user " + *name,
		do(w.c.CreateUser, &iam.CreateUserInput{UserName: name, Path: new("/p/"), Tags: []types.Tag{{Key: new("k"), Value: new("v")}}}),
		do(w.c.DeleteUser, &iam.DeleteUserInput{UserName: name}),
	}, true
}

func (w *writer) createGroup() (step, bool) {
	name := w.fresh()
	return step{
		"create group " + *name,
		do(w.c.CreateGroup, &iam.CreateGroupInput{GroupName: name}), do(w.c.DeleteGroup, &iam.DeleteGroupInput{GroupName: name}),
	}, true
}

func (w *writer) createRole() (step, bool) {
	name := w.fresh()
	return step{
		"create role " + *name,
		do(w.c.CreateRole, &iam.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: new(trustEC2)}),
		do(w.c.DeleteRole, &iam.DeleteRoleInput{RoleName: name}),
	}, true
}

func (w *writer) createPolicy() (step, bool) {
	name := w.fresh()
	return step{
		"create policy " + *name,
		do(w.c.CreatePolicy, &iam.CreatePolicyInput{PolicyName: name, PolicyDocument: new(readS3)}),
		do(w.c.DeletePolicy, &iam.DeletePolicyInput{PolicyArn: new("arn:aws:iam::111122223333:policy/" + *name)}),
	}, true
}

// version makes a version of a policy and, sometimes, the default of it.
func (w *writer) version() (step, bool) {
	p := pick(w, "policy", w.s.Policies)
	if len(p.Versions) >= 5 {
		return step{}, false
	}
	var made string
	create := step{"create version of " + p.Name, func(ctx context.Context) error {
		out, err := w.c.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: &p.ARN, PolicyDocument: new(denyAll)})
		if err == nil {
			made = *out.PolicyVersion.VersionId
		}
		return err
	}, func(ctx context.Context) error {
		return do(w.c.DeletePolicyVersion, &iam.DeletePolicyVersionInput{PolicyArn: &p.ARN, VersionId: &made})(ctx)
	}}
	prefer := step{"make it the default", func(ctx context.Context) error {
		return do(w.c.SetDefaultPolicyVersion, &iam.SetDefaultPolicyVersionInput{PolicyArn: &p.ARN, VersionId: &made})(ctx)
	}, do(w.c.SetDefaultPolicyVersion, &iam.SetDefaultPolicyVersionInput{PolicyArn: &p.ARN, VersionId: &p.Version})}
	if rapid.Bool().Draw(w.t, "default") {
		return both(create, prefer, prefer), true
	}
	return create, true
}

func (w *writer) member() (step, bool) {
	u, g := pick(w, "user", w.s.Users), pick(w, "group", w.s.Groups)
	return step{
		"add " + u.Name + " to " + g.Name,
		do(w.c.AddUserToGroup, &iam.AddUserToGroupInput{UserName: &u.Name, GroupName: &g.Name}),
		do(w.c.RemoveUserFromGroup, &iam.RemoveUserFromGroupInput{UserName: &u.Name, GroupName: &g.Name}),
	}, !slices.Contains(u.Groups, g.Name)
}

func (w *writer) leave() (step, bool) {
	u := pick(w, "user", w.s.Users)
	if len(u.Groups) == 0 {
		return step{}, false
	}
	g := pick(w, "group", u.Groups)
	return step{
		"remove " + u.Name + " from " + g,
		do(w.c.RemoveUserFromGroup, &iam.RemoveUserFromGroupInput{UserName: &u.Name, GroupName: &g}),
		do(w.c.AddUserToGroup, &iam.AddUserToGroupInput{UserName: &u.Name, GroupName: &g}),
	}, true
}

func (w *writer) trust() (step, bool) {
	r := w.ownRole()
	set := func(d account.Document) func(context.Context) error {
		return do(w.c.UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{RoleName: &r.Name, PolicyDocument: new(string(d))})
	}
	return step{"trust of " + r.Name, set(trustRoot), set(r.Trust)}, r.Trust != trustRoot
}

// row is a user's line of the report; users without one have no credentials.
func (w *writer) row(name string) account.Credential {
	for _, row := range w.s.Report.Rows {
		if row.User == name {
			return row
		}
	}
	return account.Credential{}
}

func (w *writer) key() (step, bool) {
	u := pick(w, "user", w.s.Users)
	keys := w.row(u.Name).Keys
	var id *string
	return step{"key for " + u.Name, func(ctx context.Context) error {
		out, err := w.c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: &u.Name})
		if err == nil {
			id = out.AccessKey.AccessKeyId
		}
		return err
	}, func(ctx context.Context) error {
		return do(w.c.DeleteAccessKey, &iam.DeleteAccessKeyInput{UserName: &u.Name, AccessKeyId: id})(ctx)
	}}, !keys[0].Exists() || !keys[1].Exists()
}

func (w *writer) keyStatus() (step, bool) {
	u := pick(w, "user", w.s.Users)
	keys, err := w.c.ListAccessKeys(context.Background(), &iam.ListAccessKeysInput{UserName: &u.Name})
	if err != nil || len(keys.AccessKeyMetadata) == 0 {
		return step{}, false
	}
	k := pick(w, "key", keys.AccessKeyMetadata)
	set := func(status types.StatusType) func(context.Context) error {
		return do(w.c.UpdateAccessKey, &iam.UpdateAccessKeyInput{UserName: &u.Name, AccessKeyId: k.AccessKeyId, Status: status})
	}
	other := types.StatusTypeActive
	if k.Status == other {
		other = types.StatusTypeInactive
	}
	return step{"status of a key of " + u.Name, set(other), set(k.Status)}, true
}

func (w *writer) login() (step, bool) {
	u := pick(w, "user", w.s.Users)
	row := w.row(u.Name)
	return step{
		"login for " + u.Name,
		do(w.c.CreateLoginProfile, &iam.CreateLoginProfileInput{UserName: &u.Name, Password: new("Long-enough-password-1")}),
		do(w.c.DeleteLoginProfile, &iam.DeleteLoginProfileInput{UserName: &u.Name}),
	}, row.PasswordEnabled == nil || !*row.PasswordEnabled
}

func (w *writer) mfa() (step, bool) {
	u, name := pick(w, "user", w.s.Users), w.fresh()
	serial := new("arn:aws:iam::111122223333:mfa/" + *name)
	return both(
		step{
			"create device " + *name,
			do(w.c.CreateVirtualMFADevice, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: name}),
			do(w.c.DeleteVirtualMFADevice, &iam.DeleteVirtualMFADeviceInput{SerialNumber: serial}),
		},
		step{
			"enable it for " + u.Name,
			do(w.c.EnableMFADevice, &iam.EnableMFADeviceInput{UserName: &u.Name, SerialNumber: serial, AuthenticationCode1: new("000000"), AuthenticationCode2: new("111111")}),
			do(w.c.DeactivateMFADevice, &iam.DeactivateMFADeviceInput{UserName: &u.Name, SerialNumber: serial}),
		},
	), true
}

func (w *writer) boundary() (step, bool) {
	u, p := pick(w, "user", w.s.Users), pick(w, "policy", attachable)
	put := do(w.c.PutUserPermissionsBoundary, &iam.PutUserPermissionsBoundaryInput{UserName: &u.Name, PermissionsBoundary: &p})
	if u.Boundary == "" {
		return step{"boundary on " + u.Name, put, do(w.c.DeleteUserPermissionsBoundary, &iam.DeleteUserPermissionsBoundaryInput{UserName: &u.Name})}, true
	}
	return step{"boundary of " + u.Name, put, do(w.c.PutUserPermissionsBoundary, &iam.PutUserPermissionsBoundaryInput{UserName: &u.Name, PermissionsBoundary: &u.Boundary})}, p != u.Boundary
}

func (w *writer) roleBoundary() (step, bool) {
	r := w.ownRole()
	return step{
		"no boundary on " + r.Name,
		do(w.c.DeleteRolePermissionsBoundary, &iam.DeleteRolePermissionsBoundaryInput{RoleName: &r.Name}),
		do(w.c.PutRolePermissionsBoundary, &iam.PutRolePermissionsBoundaryInput{RoleName: &r.Name, PermissionsBoundary: &r.Boundary}),
	}, r.Boundary != ""
}

func (w *writer) tags() (step, bool) {
	r, key := w.ownRole(), w.fresh()
	return step{
		"tag " + r.Name,
		do(w.c.TagRole, &iam.TagRoleInput{RoleName: &r.Name, Tags: []types.Tag{{Key: key, Value: new("x y")}}}),
		do(w.c.UntagRole, &iam.UntagRoleInput{RoleName: &r.Name, TagKeys: []string{*key}}),
	}, true
}

func (w *writer) untag() (step, bool) {
	u := pick(w, "user", w.s.Users)
	if len(u.Tags) == 0 || u.Name == "Ada" { // her tag's value is one that no request may set
		return step{}, false
	}
	t := u.Tags[0]
	return step{
		"untag " + u.Name,
		do(w.c.UntagUser, &iam.UntagUserInput{UserName: &u.Name, TagKeys: []string{t.Key}}),
		do(w.c.TagUser, &iam.TagUserInput{UserName: &u.Name, Tags: []types.Tag{{Key: &t.Key, Value: &t.Value}}}),
	}, true
}

func (w *writer) passwordPolicy() (step, bool) {
	old := w.s.PasswordPolicy
	update := func(p *account.PasswordPolicy) func(context.Context) error {
		in := &iam.UpdateAccountPasswordPolicyInput{
			MinimumPasswordLength: new(int32(p.MinLength)), RequireSymbols: p.Symbols, RequireNumbers: p.Numbers, HardExpiry: &p.HardExpiry,
			RequireUppercaseCharacters: p.Uppercase, RequireLowercaseCharacters: p.Lowercase, AllowUsersToChangePassword: p.AllowChange,
		}
		if p.MaxAge > 0 {
			in.MaxPasswordAge = new(int32(p.MaxAge))
		}
		if p.Reuse > 0 {
			in.PasswordReusePrevention = new(int32(p.Reuse))
		}
		return do(w.c.UpdateAccountPasswordPolicy, in)
	}
	remove := do(w.c.DeleteAccountPasswordPolicy, &iam.DeleteAccountPasswordPolicyInput{})
	if old == nil {
		return step{"password policy", update(&account.PasswordPolicy{MinLength: 8, MaxAge: 30}), remove}, true
	}
	if rapid.Bool().Draw(w.t, "delete") {
		return step{"no password policy", remove, update(old)}, true
	}
	return step{"another password policy", update(&account.PasswordPolicy{MinLength: 20, Reuse: 3, Numbers: true}), update(old)}, old.MinLength != 20
}

func (w *writer) alias() (step, bool) {
	return step{
		"alias",
		do(w.c.CreateAccountAlias, &iam.CreateAccountAliasInput{AccountAlias: w.fresh()}),
		do(w.c.CreateAccountAlias, &iam.CreateAccountAliasInput{AccountAlias: &w.s.Aliases[0]}),
	}, true
}

func (w *writer) profile() (step, bool) {
	r, name := w.ownRole(), w.fresh()
	return both(
		step{
			"profile " + *name,
			do(w.c.CreateInstanceProfile, &iam.CreateInstanceProfileInput{InstanceProfileName: name}),
			do(w.c.DeleteInstanceProfile, &iam.DeleteInstanceProfileInput{InstanceProfileName: name}),
		},
		step{
			"role " + r.Name + " in it",
			do(w.c.AddRoleToInstanceProfile, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: name, RoleName: &r.Name}),
			do(w.c.RemoveRoleFromInstanceProfile, &iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: name, RoleName: &r.Name}),
		},
	), true
}

func (w *writer) oidc() (step, bool) {
	host := *w.fresh() + ".example.com"
	return step{
		"provider " + host,
		do(w.c.CreateOpenIDConnectProvider, &iam.CreateOpenIDConnectProviderInput{Url: new("https://" + host), ClientIDList: []string{"a"}}),
		do(w.c.DeleteOpenIDConnectProvider, &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: new("arn:aws:iam::111122223333:oidc-provider/" + host)}),
	}, true
}

func (w *writer) role() (step, bool) {
	r := w.ownRole()
	set := func(description string, session int) func(context.Context) error {
		return do(w.c.UpdateRole, &iam.UpdateRoleInput{RoleName: &r.Name, Description: &description, MaxSessionDuration: new(int32(session))})
	}
	return step{"describe " + r.Name, set("changed", 43200), set(r.Description, r.MaxSession)}, r.MaxSession != 43200
}

// TestWrites_undone: any sequence of valid writes, followed by their inverses, leaves the account as it was; and
// no write of a sequence is without effect.
func TestWrites_undone(t *testing.T) {
	t.Parallel()
	steps := 0
	rapid.Check(t, func(t *rapid.T) {
		s, err := sandbox.New(sandbox.Options{Settings: sandbox.Settings{Clock: atNoon}}, company(), tenant())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		client, _ := clients(s, home)
		ctx := context.Background()
		w := &writer{t: t, c: client}
		text := func() string {
			w.s = s.Snapshot(home)
			return encode(t, w.s)
		}
		before := []string{text()}
		var done []step
		for range rapid.IntRange(1, 12).Draw(t, "length") {
			next, possible := w.draw()
			if !possible {
				continue
			}
			if err := next.do(ctx); err != nil {
				t.Fatalf("%s: %v", next.name, err)
			}
			after := text()
			if after == before[len(before)-1] {
				t.Fatalf("%s changed nothing", next.name)
			}
			done, before = append(done, next), append(before, after)
			steps++
		}
		for i, back := range slices.Backward(done) {
			if err := back.undo(ctx); err != nil {
				t.Fatalf("undo of %s: %v", back.name, err)
			}
			if after := text(); after != before[i] {
				t.Fatalf("undo of %s: got\n%s\nwant\n%s", back.name, after, before[i])
			}
		}
	})
	t.Logf("%d writes done and undone", steps)
	if steps == 0 {
		t.Error("no write was tried")
	}
}
