package directory

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func signingShape(u *user, s *signingCert) types.SigningCertificate {
	return types.SigningCertificate{
		CertificateId: &s.id, CertificateBody: &s.body, Status: status(s.active), UploadDate: stamp(s.uploaded), UserName: &u.Name,
	}
}

// listSigningCertificates has no bodies of certificates that came with the fixture.
func listSigningCertificates(c *Call, in *iam.ListSigningCertificatesInput) (*iam.ListSigningCertificatesOutput, error) {
	u, err := c.self(in.UserName)
	if err != nil {
		return nil, err
	}
	w, err := c.window("ListSigningCertificates", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListSigningCertificatesOutput{Certificates: []types.SigningCertificate{}}
	p := listSlice(&w, held(u.signing[:]), func(s *signingCert) string { return s.id }, func(s *signingCert) {
		out.Certificates = append(out.Certificates, signingShape(u, s))
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

func uploadSigningCertificate(c *Call, in *iam.UploadSigningCertificateInput) (*iam.UploadSigningCertificateOutput, error) {
	self, err := c.self(in.UserName)
	if err != nil {
		return nil, err
	}
	if _, err := expiry(in.CertificateBody); err != nil {
		return nil, err
	}
	u := *self
	free := -1
	for i, s := range u.signing {
		switch {
		case s == nil && free < 0:
			free = i
		case s != nil && s.body == *in.CertificateBody:
			return nil, exists("signing certificate", s.id)
		}
	}
	if free < 0 {
		return nil, limit("cannot exceed quota for SigningCertificatesPerUser: %d", len(u.signing))
	}
	s := &signingCert{id: c.st.fresh("", u.Name), body: *in.CertificateBody, uploaded: c.Now, active: true}
	u.signing[free] = s
	c.st.users.put(fold(u.Name), &u)
	return &iam.UploadSigningCertificateOutput{Certificate: new(signingShape(&u, s))}, nil
}

// editSigning replaces the certificate of a user that a request is about; change may give nil.
func (c *Call) editSigning(name, id *string, change func(signingCert) *signingCert) error {
	self, err := c.self(name)
	if err != nil {
		return err
	}
	u := *self
	for i, s := range u.signing {
		if s != nil && s.id == text(id) {
			u.signing[i] = change(*s)
			c.st.users.put(fold(u.Name), &u)
			return nil
		}
	}
	return noSuch("signing certificate", text(id))
}

func updateSigningCertificate(c *Call, in *iam.UpdateSigningCertificateInput) (*iam.UpdateSigningCertificateOutput, error) {
	active, err := isActive(in.Status)
	if err != nil {
		return nil, err
	}
	return &iam.UpdateSigningCertificateOutput{}, c.editSigning(in.UserName, in.CertificateId, func(s signingCert) *signingCert {
		s.active = active
		return &s
	})
}

func deleteSigningCertificate(c *Call, in *iam.DeleteSigningCertificateInput) (*iam.DeleteSigningCertificateOutput, error) {
	return &iam.DeleteSigningCertificateOutput{}, c.editSigning(in.UserName, in.CertificateId, func(signingCert) *signingCert { return nil })
}
