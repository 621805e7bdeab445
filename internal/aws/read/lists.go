package read

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
)

// once makes one call, counts it, and notes the part as missing when it fails.
func (r *reader) once(call string, part account.Part, ask func() (items int, err error)) error {
	items, err := ask()
	if err != nil {
		return r.missing(call, err, whole(part)...)
	}
	r.step(call, items)
	return nil
}

// list reads a paged part.
func (r *reader) list(ctx context.Context, call string, part account.Part, fetch func(ctx context.Context, marker *string) (page, error)) error {
	if err := r.pages(ctx, call, fetch); err != nil {
		return r.missing(call, err, whole(part)...)
	}
	return nil
}

func (r *reader) summary(ctx context.Context) error {
	return r.once("iam:GetAccountSummary", account.PartSummary, func() (int, error) {
		out, err := r.client.IAM.GetAccountSummary(ctx, &iam.GetAccountSummaryInput{})
		if err != nil {
			return 0, err
		}
		r.snapshot.Summary = map[string]int{}
		for key, value := range out.SummaryMap {
			r.snapshot.Summary[key] = int(value)
		}
		return 0, nil
	})
}

func (r *reader) passwordPolicy(ctx context.Context) error {
	return r.once("iam:GetAccountPasswordPolicy", account.PartPasswordPolicy, func() (int, error) {
		out, err := r.client.IAM.GetAccountPasswordPolicy(ctx, &iam.GetAccountPasswordPolicyInput{})
		if _, none := errors.AsType[*types.NoSuchEntityException](err); none {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		p := out.PasswordPolicy
		r.snapshot.PasswordPolicy = &account.PasswordPolicy{
			MinLength: int(aws.ToInt32(p.MinimumPasswordLength)),
			Symbols:   p.RequireSymbols, Numbers: p.RequireNumbers,
			Uppercase: p.RequireUppercaseCharacters, Lowercase: p.RequireLowercaseCharacters,
			AllowChange: p.AllowUsersToChangePassword,
			MaxAge:      int(aws.ToInt32(p.MaxPasswordAge)),
			Reuse:       int(aws.ToInt32(p.PasswordReusePrevention)),
			HardExpiry:  aws.ToBool(p.HardExpiry),
		}
		return 0, nil
	})
}

func (r *reader) virtualMFA(ctx context.Context) error {
	in := &iam.ListVirtualMFADevicesInput{AssignmentStatus: types.AssignmentStatusTypeAny, MaxItems: aws.Int32(pageSize)}
	return r.list(ctx, "iam:ListVirtualMFADevices", account.PartVirtualMFA, func(ctx context.Context, marker *string) (page, error) {
		in.Marker = marker
		out, err := r.client.IAM.ListVirtualMFADevices(ctx, in)
		if err != nil {
			return page{}, err
		}
		for _, d := range out.VirtualMFADevices {
			device := account.VirtualMFA{Serial: aws.ToString(d.SerialNumber), Enabled: aws.ToTime(d.EnableDate), Tags: tags(d.Tags)}
			if d.User != nil {
				device.User = aws.ToString(d.User.Arn)
			}
			r.snapshot.VirtualMFADevices = append(r.snapshot.VirtualMFADevices, device)
		}
		return page{len(out.VirtualMFADevices), out.IsTruncated, out.Marker}, nil
	})
}

func (r *reader) serverCerts(ctx context.Context) error {
	in := &iam.ListServerCertificatesInput{MaxItems: aws.Int32(pageSize)}
	return r.list(ctx, "iam:ListServerCertificates", account.PartServerCerts, func(ctx context.Context, marker *string) (page, error) {
		in.Marker = marker
		out, err := r.client.IAM.ListServerCertificates(ctx, in)
		if err != nil {
			return page{}, err
		}
		for _, c := range out.ServerCertificateMetadataList {
			r.snapshot.ServerCerts = append(r.snapshot.ServerCerts, account.ServerCert{
				Name: aws.ToString(c.ServerCertificateName), ID: aws.ToString(c.ServerCertificateId), ARN: aws.ToString(c.Arn),
				Path: aws.ToString(c.Path), Uploaded: aws.ToTime(c.UploadDate), Expiration: aws.ToTime(c.Expiration),
			})
		}
		return page{len(out.ServerCertificateMetadataList), out.IsTruncated, out.Marker}, nil
	})
}

func (r *reader) instanceProfiles(ctx context.Context) error {
	in := &iam.ListInstanceProfilesInput{MaxItems: aws.Int32(pageSize)}
	return r.list(ctx, "iam:ListInstanceProfiles", account.PartInstanceProfiles, func(ctx context.Context, marker *string) (page, error) {
		in.Marker = marker
		out, err := r.client.IAM.ListInstanceProfiles(ctx, in)
		if err != nil {
			return page{}, err
		}
		for _, p := range out.InstanceProfiles {
			profile := account.InstanceProfile{
				Name: aws.ToString(p.InstanceProfileName), ID: aws.ToString(p.InstanceProfileId), ARN: aws.ToString(p.Arn),
				Path: aws.ToString(p.Path), Created: aws.ToTime(p.CreateDate),
			}
			for i := range p.Roles {
				profile.Roles = append(profile.Roles, aws.ToString(p.Roles[i].RoleName))
			}
			r.snapshot.InstanceProfiles = append(r.snapshot.InstanceProfiles, profile)
		}
		return page{len(out.InstanceProfiles), out.IsTruncated, out.Marker}, nil
	})
}

func (r *reader) samlProviders(ctx context.Context) error {
	return r.once("iam:ListSAMLProviders", account.PartSAML, func() (int, error) {
		out, err := r.client.IAM.ListSAMLProviders(ctx, &iam.ListSAMLProvidersInput{})
		if err != nil {
			return 0, err
		}
		for _, p := range out.SAMLProviderList {
			r.snapshot.SAMLProviders = append(r.snapshot.SAMLProviders, account.SAMLProvider{
				ARN: aws.ToString(p.Arn), Created: aws.ToTime(p.CreateDate), ValidUntil: aws.ToTime(p.ValidUntil),
			})
		}
		return len(out.SAMLProviderList), nil
	})
}

func (r *reader) oidcProviders(ctx context.Context) error {
	return r.once("iam:ListOpenIDConnectProviders", account.PartOIDC, func() (int, error) {
		out, err := r.client.IAM.ListOpenIDConnectProviders(ctx, &iam.ListOpenIDConnectProvidersInput{})
		if err != nil {
			return 0, err
		}
		for _, p := range out.OpenIDConnectProviderList {
			r.snapshot.OIDCProviders = append(r.snapshot.OIDCProviders, account.OIDCProvider{ARN: aws.ToString(p.Arn)})
		}
		return len(out.OpenIDConnectProviderList), nil
	})
}

func (r *reader) aliases(ctx context.Context) error {
	in := &iam.ListAccountAliasesInput{MaxItems: aws.Int32(pageSize)}
	return r.list(ctx, "iam:ListAccountAliases", account.PartAliases, func(ctx context.Context, marker *string) (page, error) {
		in.Marker = marker
		out, err := r.client.IAM.ListAccountAliases(ctx, in)
		if err != nil {
			return page{}, err
		}
		r.snapshot.Aliases = append(r.snapshot.Aliases, out.AccountAliases...)
		return page{0, out.IsTruncated, out.Marker}, nil
	})
}

// roleSession is what ListRoles says of a role and GetAccountAuthorizationDetails does not.
type roleSession struct {
	seconds     int
	description string
}

func (r *reader) roleSessions(ctx context.Context) error {
	in := &iam.ListRolesInput{MaxItems: aws.Int32(pageSize)}
	return r.list(ctx, "iam:ListRoles", account.PartMaxSession, func(ctx context.Context, marker *string) (page, error) {
		in.Marker = marker
		out, err := r.client.IAM.ListRoles(ctx, in)
		if err != nil {
			return page{}, err
		}
		for i := range out.Roles {
			role := &out.Roles[i]
			r.sessions[aws.ToString(role.RoleName)] = roleSession{int(aws.ToInt32(role.MaxSessionDuration)), aws.ToString(role.Description)}
		}
		return page{0, out.IsTruncated, out.Marker}, nil
	})
}
