package conn

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// chain mends the STS clients that the SDK's credential chain makes for a profile with role_arn and for a web
// identity. It makes them before it has looked at AWS_ENDPOINT_URL and endpoint_url, so that they would
// call AWS where everything else calls a test endpoint. The mend is applied to each call, when loading is over.
type chain struct {
	endpoint *string
	cfg      aws.Config
}

// bind says what the finished configuration makes of the STS endpoint.
func (h *chain) bind(cfg aws.Config) {
	h.cfg = cfg
	h.endpoint = sts.NewFromConfig(cfg).Options().BaseEndpoint
}

// role is for config.WithAssumeRoleCredentialOptions. The SDK runs it once without a client, to check the options.
func (h *chain) role(o *stscreds.AssumeRoleOptions) {
	if client, ok := o.Client.(*sts.Client); ok {
		o.Client = mended{client, h}
	}
}

// webIdentity is for config.WithWebIdentityRoleCredentialOptions.
func (h *chain) webIdentity(o *stscreds.WebIdentityRoleOptions) {
	if client, ok := o.Client.(*sts.Client); ok {
		o.Client = mended{client, h}
	}
}

func (h *chain) apply(o *sts.Options) {
	if h.endpoint != nil {
		o.BaseEndpoint = h.endpoint
	}
	o.HTTPClient = h.cfg.HTTPClient
	o.APIOptions = append(o.APIOptions, h.cfg.APIOptions...)
	o.RetryMaxAttempts = h.cfg.Retryer().MaxAttempts()
}

// mended is an STS client of the credential chain under the finished configuration.
type mended struct {
	client *sts.Client
	chain  *chain
}

func (m mended) AssumeRole(ctx context.Context, in *sts.AssumeRoleInput, opts ...func(*sts.Options)) (*sts.AssumeRoleOutput, error) {
	return m.client.AssumeRole(ctx, in, append(opts, m.chain.apply)...)
}

func (m mended) AssumeRoleWithWebIdentity(ctx context.Context, in *sts.AssumeRoleWithWebIdentityInput, opts ...func(*sts.Options)) (*sts.AssumeRoleWithWebIdentityOutput, error) {
	return m.client.AssumeRoleWithWebIdentity(ctx, in, append(opts, m.chain.apply)...)
}
