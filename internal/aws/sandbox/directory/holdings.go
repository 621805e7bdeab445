package directory

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
)

// holdings are the policies that speak on one user, group or role.
type holdings struct {
	identity, boundary []storedPolicy
	group              bool
}

// held finds the policies of the entity that an ARN names.
func (s *state) held(entity string) (*holdings, error) {
	a, err := arn.Parse(entity)
	if err != nil {
		return nil, invalidInput("policySourceArn %.128q must be the ARN of a user, group or role", entity)
	}
	h := &holdings{}
	switch kind, _, _ := strings.Cut(a.Resource, "/"); kind {
	case "user":
		u, ok := s.users.get(fold(a.Name()))
		if !ok || u.ARN != entity {
			return nil, noSuch("user", entity)
		}
		return h, s.holdUser(h, u)
	case "role":
		r, ok := s.roles.get(fold(a.Name()))
		if !ok || r.ARN != entity {
			return nil, noSuch("role", entity)
		}
		if err := s.hold(h, kindRole, grants{r.Name, &r.Attached, &r.Inline}); err != nil {
			return nil, err
		}
		return h, s.bound(h, r.Boundary)
	case "group":
		g, ok := s.groups.get(fold(a.Name()))
		if !ok || g.ARN != entity {
			return nil, noSuch("group", entity)
		}
		h.group = true
		return h, s.hold(h, kindGroup, grants{g.Name, &g.Attached, &g.Inline})
	}
	return nil, invalidInput("policySourceArn %.128q must be the ARN of a user, group or role", entity)
}

// holdUser adds the policies of a user and of its groups.
func (s *state) holdUser(h *holdings, u *user) error {
	if err := s.hold(h, kindUser, grants{u.Name, &u.Attached, &u.Inline}); err != nil {
		return err
	}
	for _, name := range u.Groups {
		g, err := s.grants(kindGroup, name)
		if err != nil {
			return err
		}
		if err := s.hold(h, kindGroup, g); err != nil {
			return err
		}
	}
	return s.bound(h, u.Boundary)
}

// hold adds the policies of one entity. A simulation calls managed policies by their name, inline ones
// user_NAME_POLICY.
func (s *state) hold(h *holdings, k kind, g grants) error {
	for _, held := range *g.attached {
		m, err := s.mustPolicy(held)
		if err != nil {
			return err
		}
		h.identity = append(h.identity, storedPolicy{id: m.Name, arn: m.ARN, document: m.Document})
	}
	for _, p := range *g.inline {
		h.identity = append(h.identity, storedPolicy{
			id: k.noun + "_" + g.name + "_" + p.Name, kind: k, owner: g.name, name: p.Name, document: p.Document,
		})
	}
	return nil
}

func (s *state) bound(h *holdings, boundary string) error {
	if boundary == "" {
		return nil
	}
	m, err := s.mustPolicy(boundary)
	if err != nil {
		return err
	}
	h.boundary = []storedPolicy{{id: m.Name, arn: m.ARN, document: m.Document}}
	return nil
}

// exclude drops the policies that a simulation is to do without.
func (h *holdings) exclude(list []types.PolicyIdentifier) error {
	for _, id := range list {
		gone, err := excluder(id)
		if err != nil {
			return err
		}
		h.identity = slices.DeleteFunc(h.identity, gone)
		if t, ok := id.(*types.PolicyIdentifierMemberPolicyType); ok && t.Value == types.PolicyIdentifierPolicyTypePermissionBoundary {
			h.boundary = nil
		}
	}
	return nil
}

// excluder picks the policies that an identifier means.
func excluder(id types.PolicyIdentifier) (func(storedPolicy) bool, error) {
	switch id := id.(type) {
	case *types.PolicyIdentifierMemberPolicyArn:
		if _, err := arn.Parse(id.Value); err != nil || strings.Count(id.Value, "*") > 1 {
			return nil, invalidInput("policyArn %.128q must be the ARN of a managed policy, with one * at the most", id.Value)
		}
		return func(p storedPolicy) bool { return p.arn != "" && arn.Match(id.Value, p.arn) }, nil
	case *types.PolicyIdentifierMemberInlinePolicyIdentifier:
		want := id.Value
		if text(want.AttachmentName) == "" || text(want.PolicyName) == "" || strings.Count(*want.AttachmentName, "*") > 1 {
			return nil, invalidInput("inlinePolicyIdentifier needs an attachment's name, with one * at the most, and a policy's")
		}
		return func(p storedPolicy) bool {
			return p.name == *want.PolicyName && p.kind.noun == string(want.AttachmentType) && arn.MatchFold(*want.AttachmentName, p.owner)
		}, nil
	case *types.PolicyIdentifierMemberPolicyType:
		return excludeType(id.Value)
	}
	return nil, invalidInput("a policy identifier must name a type, an ARN or an inline policy")
}

func excludeType(t types.PolicyIdentifierPolicyType) (func(storedPolicy) bool, error) {
	switch t {
	case types.PolicyIdentifierPolicyTypeInline:
		return func(p storedPolicy) bool { return p.arn == "" }, nil
	case types.PolicyIdentifierPolicyTypeAwsManaged:
		return func(p storedPolicy) bool { return p.arn != "" && isAWS(p.arn) }, nil
	case types.PolicyIdentifierPolicyTypeUserManaged:
		return func(p storedPolicy) bool { return p.arn != "" && !isAWS(p.arn) }, nil
	case types.PolicyIdentifierPolicyTypePermissionBoundary, types.PolicyIdentifierPolicyTypeScp, types.PolicyIdentifierPolicyTypeRcp:
		return func(storedPolicy) bool { return false }, nil
	}
	return nil, invalidInput("policyType %.40q is not one of IAM's", t)
}

// callerContext holds the keys that a caller decides, where it is of this account.
func (s *state) callerContext(caller string) *authz.Context {
	c := authz.NewContext(false)
	a, err := arn.Parse(caller)
	if err != nil {
		return c
	}
	c.Set("aws:PrincipalArn", caller)
	c.Set("aws:PrincipalAccount", a.Account)
	var tags []account.Tag
	if u, ok := s.users.get(fold(a.Name())); ok && u.ARN == caller {
		c.Set("aws:username", u.Name)
		c.Set("aws:userid", u.ID)
		c.Set("aws:PrincipalType", "User")
		tags = u.Tags
	}
	if r, ok := s.roles.get(fold(a.Name())); ok && r.ARN == caller {
		c.Set("aws:PrincipalType", "AssumedRole")
		tags = r.Tags
	}
	for _, t := range tags {
		c.Set("aws:PrincipalTag/"+t.Key, t.Value)
	}
	return c
}
