package directory

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
)

const longestCertificate = 128

func listServerCertificates(c *Call, in *iam.ListServerCertificatesInput) (*iam.ListServerCertificatesOutput, error) {
	w, err := c.window("ListServerCertificates", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListServerCertificatesOutput{ServerCertificateMetadataList: []types.ServerCertificateMetadata{}}
	p := list(&w, &c.st.certs, func(s *certificate) bool { return under(s.Path, in.PathPrefix) }, func(s *certificate) {
		out.ServerCertificateMetadataList = append(out.ServerCertificateMetadataList, certificateShape(s))
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

func certificateShape(s *certificate) types.ServerCertificateMetadata {
	return types.ServerCertificateMetadata{
		Arn: &s.ARN, Path: &s.Path, ServerCertificateId: &s.ID, ServerCertificateName: &s.Name,
		Expiration: stamp(s.Expiration), UploadDate: stamp(s.Uploaded),
	}
}

func (s *state) certificate(name string) (*certificate, error) {
	if c, ok := s.certs.get(fold(name)); ok {
		return c, nil
	}
	return nil, noSuch("server certificate", name)
}

// getServerCertificate has no body of a certificate that came with the fixture.
func getServerCertificate(c *Call, in *iam.GetServerCertificateInput) (*iam.GetServerCertificateOutput, error) {
	s, err := c.st.certificate(text(in.ServerCertificateName))
	if err != nil {
		return nil, err
	}
	out := &types.ServerCertificate{CertificateBody: &s.body, ServerCertificateMetadata: new(certificateShape(s)), Tags: someTags(s.tags)}
	if s.chain != "" {
		out.CertificateChain = &s.chain
	}
	return &iam.GetServerCertificateOutput{ServerCertificate: out}, nil
}

// expiry reads the end of a PEM certificate's life.
func expiry(body *string) (time.Time, error) {
	block, _ := pem.Decode([]byte(text(body)))
	if block == nil {
		return time.Time{}, &APIError{http.StatusBadRequest, "MalformedCertificate", "certificate is not PEM", false}
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return time.Time{}, &APIError{http.StatusBadRequest, "MalformedCertificate", "certificate cannot be read", false}
	}
	return parsed.NotAfter.UTC(), nil
}

// uploadServerCertificate does not look at the private key.
func uploadServerCertificate(c *Call, in *iam.UploadServerCertificateInput) (*iam.UploadServerCertificateOutput, error) {
	asked, err := checkNew("serverCertificateName", in.ServerCertificateName, longestCertificate, in.Path, in.Tags)
	if err != nil {
		return nil, err
	}
	until, err := expiry(in.CertificateBody)
	if err != nil {
		return nil, err
	}
	if c.st.certs.has(fold(asked.name)) {
		return nil, exists("server certificate", asked.name)
	}
	if most := c.st.quota("ServerCertificatesQuota"); c.st.certs.len() >= most {
		return nil, limit("cannot exceed quota for ServerCertificatesPerAccount: %d", most)
	}
	s := &certificate{body: *in.CertificateBody, chain: text(in.CertificateChain), tags: asked.tags, ServerCert: account.ServerCert{
		Name: asked.name, ID: c.st.fresh(prefixCert, asked.name), ARN: c.st.arn("server-certificate", asked.path, asked.name), Path: asked.path,
		Uploaded: c.Now, Expiration: until,
	}}
	c.st.certs.put(fold(asked.name), s)
	return &iam.UploadServerCertificateOutput{ServerCertificateMetadata: new(certificateShape(s)), Tags: someTags(asked.tags)}, nil
}

func updateServerCertificate(c *Call, in *iam.UpdateServerCertificateInput) (*iam.UpdateServerCertificateOutput, error) {
	old, err := c.st.certificate(text(in.ServerCertificateName))
	if err != nil {
		return nil, err
	}
	s := *old
	if in.NewServerCertificateName != nil {
		if s.Name, err = checkName("newServerCertificateName", in.NewServerCertificateName, longestCertificate); err != nil {
			return nil, err
		}
	}
	if in.NewPath != nil {
		if s.Path, err = checkPath(in.NewPath); err != nil {
			return nil, err
		}
	}
	if fold(s.Name) != fold(old.Name) && c.st.certs.has(fold(s.Name)) {
		return nil, exists("server certificate", s.Name)
	}
	s.ARN = c.st.arn("server-certificate", s.Path, s.Name)
	c.st.certs.remove(fold(old.Name))
	c.st.certs.put(fold(s.Name), &s)
	return &iam.UpdateServerCertificateOutput{}, nil
}

func deleteServerCertificate(c *Call, in *iam.DeleteServerCertificateInput) (*iam.DeleteServerCertificateOutput, error) {
	s, err := c.st.certificate(text(in.ServerCertificateName))
	if err != nil {
		return nil, err
	}
	c.st.certs.remove(fold(s.Name))
	return &iam.DeleteServerCertificateOutput{}, nil
}
