package facts

import (
	"sync"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/gsl"
)

// serverCertificate is a server certificate stored in IAM.
type serverCertificate struct {
	common
	src *account.ServerCert
}

func (c *serverCertificate) self() *common { return &c.common }

// serverCertificateType is IamServerCertificate.
var serverCertificateType = sync.OnceValue(func() *gsl.Type {
	var p properties[serverCertificate]
	p.common("IamServerCertificate", (*serverCertificate).self)
	p.path((*serverCertificate).self)
	p.date("uploadDate", "when it was uploaded", func(c *serverCertificate) gsl.Value { return date(c.src.Uploaded) })
	p.date("expiration", "when it expires", func(c *serverCertificate) gsl.Value { return date(c.src.Expiration) })
	return &gsl.Type{Name: "IamServerCertificate", Doc: "a server certificate stored in IAM", Properties: p}
})

// instanceProfile ties roles to EC2 instances.
type instanceProfile struct {
	common
	src   *account.InstanceProfile
	roles gsl.PointerSeq[common]
}

func (i *instanceProfile) self() *common { return &i.common }

// profileType is IamInstanceProfile.
var profileType = sync.OnceValue(func() *gsl.Type {
	var p properties[instanceProfile]
	p.common("IamInstanceProfile", (*instanceProfile).self)
	p.path((*instanceProfile).self)
	p.date("createDate", "when it was created", func(i *instanceProfile) gsl.Value { return date(i.src.Created) })
	p.list("roles", holderType(), "the roles in it: at most one", func(i *instanceProfile) gsl.Value { return gsl.ListOf(&i.roles) })
	return &gsl.Type{Name: "IamInstanceProfile", Doc: "an instance profile, which gives a role to EC2 instances", Properties: p}
})

// virtualMFA is a virtual MFA device.
type virtualMFA struct {
	common
	src    *account.VirtualMFA
	holder *common // nil: unassigned
}

func (v *virtualMFA) self() *common { return &v.common }

// virtualType is VirtualMfaDevice.
var virtualType = sync.OnceValue(func() *gsl.Type {
	var p properties[virtualMFA]
	p.common("VirtualMfaDevice", (*virtualMFA).self)
	p.text("serialNumber", "the serial number, which is its ARN", func(v *virtualMFA) gsl.Value { return gsl.StringOf(v.src.Serial) })
	p.date("enableDate", "when it was assigned", func(v *virtualMFA) gsl.Value { return date(v.src.Enabled) })
	p.flag("isAssigned", "whether a user holds it", func(v *virtualMFA) gsl.Value { return gsl.BoolOf(v.holder != nil) })
	p.object("user", holderType(), "the user who holds it; null where it is unassigned", func(v *virtualMFA) gsl.Value { return pointer(v.holder) })
	return &gsl.Type{Name: "VirtualMfaDevice", Doc: "a virtual MFA device, assigned or not", Properties: p}
})

// samlProvider is a SAML identity provider.
type samlProvider struct {
	common
	src *account.SAMLProvider
}

func (s *samlProvider) self() *common { return &s.common }

// samlType is IamSamlProvider.
var samlType = sync.OnceValue(func() *gsl.Type {
	var p properties[samlProvider]
	p.common("IamSamlProvider", (*samlProvider).self)
	p.date("createDate", "when it was created", func(s *samlProvider) gsl.Value { return date(s.src.Created) })
	p.date("validUntil", "when its metadata expires", func(s *samlProvider) gsl.Value { return date(s.src.ValidUntil) })
	return &gsl.Type{Name: "IamSamlProvider", Doc: "a SAML identity provider", Properties: p}
})

// oidcProvider is an OpenID Connect identity provider.
type oidcProvider struct {
	common
	src *account.OIDCProvider
}

func (o *oidcProvider) self() *common { return &o.common }

// oidcType is IamOidcProvider.
var oidcType = sync.OnceValue(func() *gsl.Type {
	var p properties[oidcProvider]
	p.common("IamOidcProvider", (*oidcProvider).self)
	p.text("url", "the issuer's URL without https://", func(o *oidcProvider) gsl.Value { return gsl.StringOf(o.name) })
	p.list("clientIds", nil, "the audiences it accepts", func(o *oidcProvider) gsl.Value { return o.known(gsl.ListOf((*gsl.Strings)(&o.src.ClientIDs))) })
	p.list("thumbprints", nil, "the thumbprints of its server certificates", func(o *oidcProvider) gsl.Value {
		return o.known(gsl.ListOf((*gsl.Strings)(&o.src.Thumbprints)))
	})
	return &gsl.Type{Name: "IamOidcProvider", Doc: "an OpenID Connect identity provider", Properties: p}
})
