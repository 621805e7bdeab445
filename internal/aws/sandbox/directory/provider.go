package directory

import (
	"encoding/xml"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
)

// The limits of an OIDC provider. Source: IAM User Guide, "IAM and AWS STS quotas".
const (
	maxAudiences   = 100
	maxThumbprints = 5
	longestSAML    = 128
	samlYears      = 100 // ValidUntil of a provider, from its creation
)

var thumbprintPattern = regexp.MustCompile(`^[0-9A-Fa-f]{40}$`)

func listSAMLProviders(c *Call, _ *iam.ListSAMLProvidersInput) (*iam.ListSAMLProvidersOutput, error) {
	out := &iam.ListSAMLProvidersOutput{SAMLProviderList: []types.SAMLProviderListEntry{}}
	for p := range c.st.saml.all() {
		out.SAMLProviderList = append(out.SAMLProviderList, types.SAMLProviderListEntry{
			Arn: &p.ARN, CreateDate: stamp(p.Created), ValidUntil: stamp(p.ValidUntil),
		})
	}
	return out, nil
}

func (s *state) samlProvider(arn *string) (*samlProvider, error) {
	if p, ok := s.saml.get(text(arn)); ok {
		return p, nil
	}
	return nil, noSuch("SAML provider", text(arn))
}

// getSAMLProvider has no metadata of a provider that came with the fixture.
func getSAMLProvider(c *Call, in *iam.GetSAMLProviderInput) (*iam.GetSAMLProviderOutput, error) {
	p, err := c.st.samlProvider(in.SAMLProviderArn)
	if err != nil {
		return nil, err
	}
	return &iam.GetSAMLProviderOutput{
		CreateDate: stamp(p.Created), ValidUntil: stamp(p.ValidUntil), SAMLMetadataDocument: &p.metadata, Tags: someTags(p.tags),
	}, nil
}

func checkMetadata(document *string) error {
	var root struct {
		XMLName xml.Name `xml:"EntityDescriptor"`
	}
	if err := xml.Unmarshal([]byte(text(document)), &root); err != nil {
		return invalidInput("could not parse metadata: want the XML of a SAML EntityDescriptor")
	}
	return nil
}

func createSAMLProvider(c *Call, in *iam.CreateSAMLProviderInput) (*iam.CreateSAMLProviderOutput, error) {
	name, err := checkName("name", in.Name, longestSAML)
	if err != nil {
		return nil, err
	}
	tags, err := mergeTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	if err := checkMetadata(in.SAMLMetadataDocument); err != nil {
		return nil, err
	}
	arn := c.st.arn("saml-provider", "/", name)
	if c.st.saml.has(arn) {
		return nil, exists("SAML provider", arn)
	}
	p := &samlProvider{metadata: *in.SAMLMetadataDocument, tags: tags, SAMLProvider: account.SAMLProvider{
		ARN: arn, Created: c.Now, ValidUntil: c.Now.AddDate(samlYears, 0, 0),
	}}
	c.st.saml.put(arn, p)
	return &iam.CreateSAMLProviderOutput{SAMLProviderArn: &p.ARN, Tags: someTags(tags)}, nil
}

func updateSAMLProvider(c *Call, in *iam.UpdateSAMLProviderInput) (*iam.UpdateSAMLProviderOutput, error) {
	old, err := c.st.samlProvider(in.SAMLProviderArn)
	if err != nil {
		return nil, err
	}
	p := *old
	if in.SAMLMetadataDocument != nil {
		if err := checkMetadata(in.SAMLMetadataDocument); err != nil {
			return nil, err
		}
		p.metadata = *in.SAMLMetadataDocument
	}
	c.st.saml.put(p.ARN, &p)
	return &iam.UpdateSAMLProviderOutput{SAMLProviderArn: &p.ARN}, nil
}

func deleteSAMLProvider(c *Call, in *iam.DeleteSAMLProviderInput) (*iam.DeleteSAMLProviderOutput, error) {
	p, err := c.st.samlProvider(in.SAMLProviderArn)
	if err != nil {
		return nil, err
	}
	c.st.saml.remove(p.ARN)
	return &iam.DeleteSAMLProviderOutput{}, nil
}

func listOpenIDConnectProviders(c *Call, _ *iam.ListOpenIDConnectProvidersInput) (*iam.ListOpenIDConnectProvidersOutput, error) {
	out := &iam.ListOpenIDConnectProvidersOutput{OpenIDConnectProviderList: []types.OpenIDConnectProviderListEntry{}}
	for p := range c.st.oidc.all() {
		out.OpenIDConnectProviderList = append(out.OpenIDConnectProviderList, types.OpenIDConnectProviderListEntry{Arn: &p.ARN})
	}
	return out, nil
}

func (s *state) oidcProvider(arn *string) (*oidcProvider, error) {
	if p, ok := s.oidc.get(text(arn)); ok {
		return p, nil
	}
	return nil, noSuch("OpenID Connect provider", text(arn))
}

func getOpenIDConnectProvider(c *Call, in *iam.GetOpenIDConnectProviderInput) (*iam.GetOpenIDConnectProviderOutput, error) {
	p, err := c.st.oidcProvider(in.OpenIDConnectProviderArn)
	if err != nil {
		return nil, err
	}
	return &iam.GetOpenIDConnectProviderOutput{
		Url: &p.URL, ClientIDList: some(p.ClientIDs), ThumbprintList: some(p.Thumbprints), CreateDate: stamp(p.created), Tags: someTags(p.tags),
	}, nil
}

// some is list, never nil.
func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func createOpenIDConnectProvider(c *Call, in *iam.CreateOpenIDConnectProviderInput) (*iam.CreateOpenIDConnectProviderOutput, error) {
	u, err := url.Parse(text(in.Url))
	if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" {
		return nil, invalidInput("value at 'url' must begin with https:// and hold no query")
	}
	tags, err := mergeTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	host := strings.TrimSuffix(u.Host+u.Path, "/")
	p := &oidcProvider{created: c.Now, tags: tags, OIDCProvider: account.OIDCProvider{
		ARN: c.st.arn("oidc-provider", "/", host), URL: host, ClientIDs: sortedSet(in.ClientIDList), Thumbprints: sortedSet(in.ThumbprintList),
	}}
	if c.st.oidc.has(p.ARN) {
		return nil, exists("OpenID Connect provider", p.ARN)
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	c.st.oidc.put(p.ARN, p)
	return &iam.CreateOpenIDConnectProviderOutput{OpenIDConnectProviderArn: &p.ARN, Tags: someTags(tags)}, nil
}

func sortedSet(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }

func (p *oidcProvider) check() error {
	if len(p.ClientIDs) > maxAudiences {
		return limit("cannot exceed quota for ClientIdsPerOpenIdConnectProvider: %d", maxAudiences)
	}
	if len(p.Thumbprints) > maxThumbprints {
		return invalidInput("thumbprint list must have at most %d entries", maxThumbprints)
	}
	for _, t := range p.Thumbprints {
		if !thumbprintPattern.MatchString(t) {
			return invalidInput("thumbprint %q must have 40 hexadecimal digits", t)
		}
	}
	return nil
}

func (s *state) editOIDC(arn *string, change func(*oidcProvider)) error {
	old, err := s.oidcProvider(arn)
	if err != nil {
		return err
	}
	p := *old
	change(&p)
	if err := p.check(); err != nil {
		return err
	}
	s.oidc.put(p.ARN, &p)
	return nil
}

func addClientIDToOpenIDConnectProvider(c *Call, in *iam.AddClientIDToOpenIDConnectProviderInput) (*iam.AddClientIDToOpenIDConnectProviderOutput, error) {
	return &iam.AddClientIDToOpenIDConnectProviderOutput{}, c.st.editOIDC(in.OpenIDConnectProviderArn, func(p *oidcProvider) {
		p.ClientIDs = insert(p.ClientIDs, text(in.ClientID), itself)
	})
}

// removeClientIDFromOpenIDConnectProvider succeeds also where the id is not there.
func removeClientIDFromOpenIDConnectProvider(c *Call, in *iam.RemoveClientIDFromOpenIDConnectProviderInput) (*iam.RemoveClientIDFromOpenIDConnectProviderOutput, error) {
	return &iam.RemoveClientIDFromOpenIDConnectProviderOutput{}, c.st.editOIDC(in.OpenIDConnectProviderArn, func(p *oidcProvider) {
		p.ClientIDs = without(p.ClientIDs, func(id string) bool { return id == text(in.ClientID) })
	})
}

func updateOpenIDConnectProviderThumbprint(c *Call, in *iam.UpdateOpenIDConnectProviderThumbprintInput) (*iam.UpdateOpenIDConnectProviderThumbprintOutput, error) {
	return &iam.UpdateOpenIDConnectProviderThumbprintOutput{}, c.st.editOIDC(in.OpenIDConnectProviderArn, func(p *oidcProvider) {
		p.Thumbprints = sortedSet(in.ThumbprintList)
	})
}

// deleteOpenIDConnectProvider succeeds also for a provider that is not there. Source: IAM API reference.
func deleteOpenIDConnectProvider(c *Call, in *iam.DeleteOpenIDConnectProviderInput) (*iam.DeleteOpenIDConnectProviderOutput, error) {
	c.st.oidc.remove(text(in.OpenIDConnectProviderArn))
	return &iam.DeleteOpenIDConnectProviderOutput{}, nil
}
