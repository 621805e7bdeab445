package directory

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

const credentialsPerService = 2 // IAM User Guide, "IAM and AWS STS quotas"

// serviceCredential is a user name and password for one service, such as codecommit.amazonaws.com.
type serviceCredential struct {
	id, service, user, password string
	created, expires            time.Time
	active                      bool
}

func credentialID(s serviceCredential) string { return s.id }

func credentialShape(u *user, s *serviceCredential) types.ServiceSpecificCredentialMetadata {
	return types.ServiceSpecificCredentialMetadata{
		ServiceSpecificCredentialId: &s.id, ServiceName: &s.service, ServiceUserName: &s.user, UserName: &u.Name,
		Status: status(s.active), CreateDate: stamp(s.created), ExpirationDate: stamp(s.expires),
	}
}

// listServiceSpecificCredentials lists one user's, or with AllUsers everybody's.
func listServiceSpecificCredentials(c *Call, in *iam.ListServiceSpecificCredentialsInput) (*iam.ListServiceSpecificCredentialsOutput, error) {
	w, err := c.window("ListServiceSpecificCredentials", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	users := slices.Values(c.st.users.values)
	if in.AllUsers == nil || !*in.AllUsers {
		u, err := c.self(in.UserName)
		if err != nil {
			return nil, err
		}
		users = slices.Values([]*user{u})
	}
	type owned struct {
		user *user
		serviceCredential
	}
	var all []owned
	for u := range users {
		for _, s := range u.services {
			if in.ServiceName == nil || s.service == *in.ServiceName {
				all = append(all, owned{u, s})
			}
		}
	}
	out := &iam.ListServiceSpecificCredentialsOutput{ServiceSpecificCredentials: []types.ServiceSpecificCredentialMetadata{}}
	p := listSlice(&w, all, func(o owned) string { return o.id }, func(o owned) {
		out.ServiceSpecificCredentials = append(out.ServiceSpecificCredentials, credentialShape(o.user, &o.serviceCredential))
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

// secretShape shows the password, which only creating and resetting do.
func secretShape(u *user, s *serviceCredential) *types.ServiceSpecificCredential {
	return &types.ServiceSpecificCredential{
		ServiceSpecificCredentialId: &s.id, ServiceName: &s.service, ServiceUserName: &s.user, ServicePassword: &s.password,
		UserName: &u.Name, Status: status(s.active), CreateDate: stamp(s.created), ExpirationDate: stamp(s.expires),
	}
}

func createServiceSpecificCredential(c *Call, in *iam.CreateServiceSpecificCredentialInput) (*iam.CreateServiceSpecificCredentialOutput, error) {
	service := text(in.ServiceName)
	if !strings.HasSuffix(service, ".amazonaws.com") {
		return nil, invalidInput("value at 'serviceName' must be a service such as codecommit.amazonaws.com")
	}
	out := &iam.CreateServiceSpecificCredentialOutput{}
	err := c.st.editUser(text(in.UserName), func(u *user) error {
		same := without(u.services, func(s serviceCredential) bool { return s.service != service })
		if len(same) >= credentialsPerService {
			return limit("cannot exceed quota for ServiceSpecificCredentialsPerUser: %d", credentialsPerService)
		}
		s := serviceCredential{id: c.st.fresh(prefixService, u.Name), service: service, created: c.Now, active: true}
		s.user, s.password = u.Name+"-at-"+string(c.st.id), Secret(s.id)
		if len(same) > 0 {
			s.user = u.Name + "+1-at-" + string(c.st.id)
		}
		if in.CredentialAgeDays != nil {
			s.expires = c.Now.AddDate(0, 0, int(*in.CredentialAgeDays))
		}
		u.services = insert(u.services, s, credentialID)
		out.ServiceSpecificCredential = secretShape(u, &s)
		return nil
	})
	return out, err
}

// editCredential replaces one credential of the user that a request is about by a changed copy.
func (c *Call) editCredential(name, id *string, change func(*user, *serviceCredential)) error {
	self, err := c.self(name)
	if err != nil {
		return err
	}
	return c.st.editUser(self.Name, func(u *user) error {
		i := slices.IndexFunc(u.services, func(s serviceCredential) bool { return s.id == text(id) })
		if i < 0 {
			return noSuch("service-specific credential", text(id))
		}
		u.services = slices.Clone(u.services)
		change(u, &u.services[i])
		return nil
	})
}

func updateServiceSpecificCredential(c *Call, in *iam.UpdateServiceSpecificCredentialInput) (*iam.UpdateServiceSpecificCredentialOutput, error) {
	active, err := isActive(in.Status)
	if err != nil {
		return nil, err
	}
	return &iam.UpdateServiceSpecificCredentialOutput{}, c.editCredential(in.UserName, in.ServiceSpecificCredentialId,
		func(_ *user, s *serviceCredential) { s.active = active })
}

func resetServiceSpecificCredential(c *Call, in *iam.ResetServiceSpecificCredentialInput) (*iam.ResetServiceSpecificCredentialOutput, error) {
	out := &iam.ResetServiceSpecificCredentialOutput{}
	err := c.editCredential(in.UserName, in.ServiceSpecificCredentialId, func(u *user, s *serviceCredential) {
		s.password = Secret(c.st.fresh(prefixService, s.id))
		out.ServiceSpecificCredential = secretShape(u, s)
	})
	return out, err
}

func deleteServiceSpecificCredential(c *Call, in *iam.DeleteServiceSpecificCredentialInput) (*iam.DeleteServiceSpecificCredentialOutput, error) {
	return &iam.DeleteServiceSpecificCredentialOutput{}, c.editCredential(in.UserName, in.ServiceSpecificCredentialId,
		func(u *user, s *serviceCredential) {
			id := s.id
			u.services = without(u.services, func(s serviceCredential) bool { return s.id == id })
		})
}
