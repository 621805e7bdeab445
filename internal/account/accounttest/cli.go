package accounttest

import (
	"io"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
)

// cli writes what the AWS CLI saves: JSON indented by four, documents as objects. The error is the stream's.
type cli struct {
	enc *jsontext.Encoder
	err error
}

func newCLI(w io.Writer) *cli {
	return &cli{enc: jsontext.NewEncoder(w, jsontext.WithIndent("    "), jsontext.AllowDuplicateNames(true))}
}

func (c *cli) token(t jsontext.Token) {
	if c.err == nil {
		c.err = c.enc.WriteToken(t)
	}
}

func (c *cli) text(name, value string) {
	c.token(jsontext.String(name))
	c.token(jsontext.String(value))
}

// time writes a member unless t is zero.
func (c *cli) time(name string, t time.Time) {
	if !t.IsZero() {
		c.text(name, t.Format("2006-01-02T15:04:05-07:00"))
	}
}

// document writes d as the CLI does: an object, or the text where it is not JSON.
func (c *cli) document(name string, d account.Document) {
	if !jsontext.Value(d).IsValid() {
		c.text(name, string(d))
		return
	}
	c.token(jsontext.String(name))
	if c.err == nil {
		c.err = c.enc.WriteValue(jsontext.Value(d))
	}
}

func (c *cli) object(members func()) {
	c.token(jsontext.BeginObject)
	members()
	c.token(jsontext.EndObject)
}

// list writes a member with one object for each element of from.
func list[T any](c *cli, name string, from []T, members func(*T)) {
	c.token(jsontext.String(name))
	c.token(jsontext.BeginArray)
	for i := range from {
		c.object(func() { members(&from[i]) })
	}
	c.token(jsontext.EndArray)
}

func (c *cli) texts(name string, values []string) {
	c.token(jsontext.String(name))
	c.token(jsontext.BeginArray)
	for _, v := range values {
		c.token(jsontext.String(v))
	}
	c.token(jsontext.EndArray)
}

func (c *cli) attached(arns []string) {
	list(c, "AttachedManagedPolicies", arns, func(of *string) {
		a, _ := arn.Parse(*of) // the name of what is no ARN is empty
		c.text("PolicyName", a.Name())
		c.text("PolicyArn", *of)
	})
}

func (c *cli) inline(name string, policies []account.InlinePolicy) {
	list(c, name, policies, func(p *account.InlinePolicy) {
		c.text("PolicyName", p.Name)
		c.document("PolicyDocument", p.Document)
	})
}

func (c *cli) boundary(of string) {
	if of == "" {
		return
	}
	c.token(jsontext.String("PermissionsBoundary"))
	c.object(func() {
		c.text("PermissionsBoundaryType", "Policy")
		c.text("PermissionsBoundaryArn", of)
	})
}

func (c *cli) tags(tags []account.Tag) {
	list(c, "Tags", tags, func(t *account.Tag) {
		c.text("Key", t.Key)
		c.text("Value", t.Value)
	})
}

// identity is what every entity has.
type identity struct {
	path, name, id, arn string
	created             time.Time
}

// identity writes the members that every entity has, named with its kind.
func (c *cli) identity(kind string, i identity) {
	c.text("Path", i.path)
	c.text(kind+"Name", i.name)
	c.text(kind+"Id", i.id)
	c.text("Arn", i.arn)
	c.time("CreateDate", i.created)
}

// WriteAuthorizationDetails writes what `aws iam get-account-authorization-details` gives of s.
func WriteAuthorizationDetails(w io.Writer, s *account.Snapshot) error {
	c := newCLI(w)
	c.object(func() {
		list(c, "UserDetailList", s.Users, c.user)
		list(c, "GroupDetailList", s.Groups, c.group)
		profiles := map[string][]account.InstanceProfile{}
		for _, p := range s.InstanceProfiles {
			for _, role := range p.Roles {
				profiles[role] = append(profiles[role], p)
			}
		}
		list(c, "RoleDetailList", s.Roles, func(r *account.Role) { c.role(r, profiles[r.Name]) })
		list(c, "Policies", s.Policies, c.policy)
		c.token(jsontext.String("IsTruncated"))
		c.token(jsontext.False)
	})
	return c.err
}

func (c *cli) user(u *account.User) {
	c.identity("User", identity{u.Path, u.Name, u.ID, u.ARN, u.Created})
	if len(u.Inline) > 0 {
		c.inline("UserPolicyList", u.Inline)
	}
	c.texts("GroupList", u.Groups)
	c.attached(u.Attached)
	c.boundary(u.Boundary)
	c.tags(u.Tags)
}

func (c *cli) group(g *account.Group) {
	c.identity("Group", identity{g.Path, g.Name, g.ID, g.ARN, g.Created})
	c.inline("GroupPolicyList", g.Inline)
	c.attached(g.Attached)
}

func (c *cli) role(r *account.Role, profiles []account.InstanceProfile) {
	c.identity("Role", identity{r.Path, r.Name, r.ID, r.ARN, r.Created})
	c.document("AssumeRolePolicyDocument", r.Trust)
	list(c, "InstanceProfileList", profiles, func(p *account.InstanceProfile) {
		c.identity("InstanceProfile", identity{p.Path, p.Name, p.ID, p.ARN, p.Created})
		list(c, "Roles", []account.Role{*r}, func(r *account.Role) {
			c.identity("Role", identity{r.Path, r.Name, r.ID, r.ARN, r.Created})
			c.document("AssumeRolePolicyDocument", r.Trust)
		})
	})
	c.inline("RolePolicyList", r.Inline)
	c.attached(r.Attached)
	c.boundary(r.Boundary)
	c.tags(r.Tags)
	c.token(jsontext.String("RoleLastUsed"))
	c.object(func() {
		c.time("LastUsedDate", r.LastUsed)
		if r.LastUsedRegion != "" {
			c.text("Region", r.LastUsedRegion)
		}
	})
}

func (c *cli) policy(p *account.Policy) {
	c.text("PolicyName", p.Name)
	c.text("PolicyId", p.ID)
	c.text("Arn", p.ARN)
	c.text("Path", p.Path)
	c.text("DefaultVersionId", p.Version)
	c.time("CreateDate", p.Created)
	c.time("UpdateDate", p.Updated)
	list(c, "PolicyVersionList", p.Versions, func(v *account.Version) {
		c.document("Document", v.Document)
		c.text("VersionId", v.ID)
		c.token(jsontext.String("IsDefaultVersion"))
		c.token(jsontext.Bool(v.ID == p.Version))
		c.time("CreateDate", v.Created)
	})
}
