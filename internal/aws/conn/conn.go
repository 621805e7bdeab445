// Package conn is one configured connection to one AWS account: IAM and STS clients that share
// credentials, a token bucket, a retry policy and a count of calls.
//
// Contract: Open resolves everything that can fail before the first read (profile, region, credentials,
// role, MFA code) and says in one sentence what to do about it. Every attempt of every call takes a token
// of the account's bucket, the calls of the SDK's own credential chain to STS included, and goes where the
// endpoint variables and the profile's endpoint_url point. Nothing is logged; secrets stay in the SDK.
// Limits: IAM and STS. The SSO portal and the instance metadata service are asked by the SDK in its own way:
// of the endpoint variables they obey only their own (AWS_ENDPOINT_URL_SSO, …).
// Floor: 4.
package conn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"

	"github.com/ambit-iam/ambit/internal/arn"
)

// The defaults of Settings. AWS publishes no rate for IAM; ten a second is on the low side of what
// shipped collectors use (15 to 40 a second).
const (
	DefaultRate     = 10.0
	DefaultAttempts = 10
	DefaultSession  = "ambit"
)

// readTimeout is how long a connection may stay silent. A page of 1,000 authorization details takes AWS
// seconds to build, so it is the AWS CLI's value rather than a tight one.
const readTimeout = 60 * time.Second

// hopDuration is the life of a role session of our own hop: the longest that every role allows, so that a
// long run asks for an MFA code once.
const hopDuration = time.Hour

// Settings says whose account to connect to. The zero value follows the environment, as every AWS tool does.
type Settings struct {
	Profile string // of the shared config files; wins over key variables in the environment
	Region  string // default: the environment's or the profile's, else the home of IAM in the role's partition

	RoleARN     string                 // a role to assume with the credentials found
	RoleSession string                 // its session name; default DefaultSession
	ExternalID  string                 // for RoleARN, else for the profile's own role_arn
	MFASerial   string                 // for RoleARN, else for the profile's own role_arn
	MFAToken    func() (string, error) // asks for a code; nil: an MFA device is an error

	Rate     float64 // attempts a second; 0: DefaultRate, negative: no limit
	Attempts int     // of one call; 0: DefaultAttempts

	Local *Local // connect to this endpoint, and read neither environment nor files
}

// Local is an endpoint of our own, such as the sandbox: with it a connection cannot reach AWS by accident.
type Local struct {
	Endpoint string // such as http://127.0.0.1:4566
	KeyID    string
	Secret   string
	Token    string // optional
}

// Client is a connection to one account. It is safe for concurrent use.
type Client struct {
	IAM *iam.Client
	STS *sts.Client

	settings Settings
	region   string
	shared   *config.SharedConfig // nil with Local
	gate     *gate
}

// SettingError is a setting that no connection can be made with, whatever the network and AWS say.
type SettingError struct{ text string }

func (e *SettingError) Error() string { return e.text }

// Open loads the configuration, finds the credentials and proves that they can be had; with a role it
// assumes it. No call is made to IAM.
func Open(ctx context.Context, s Settings) (*Client, error) {
	role, err := arn.Parse(s.RoleARN)
	if s.RoleARN != "" && (err != nil || !strings.HasPrefix(role.Resource, "role/") || !arn.IsAccountID(role.Account)) {
		return nil, &SettingError{fmt.Sprintf("conn: %q is not the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME, ACCOUNT of twelve digits)", s.RoleARN)}
	}
	c := &Client{settings: s, gate: newGate(s.Rate)}
	cfg, err := c.load(ctx)
	if err != nil {
		return nil, c.Explain(err)
	}
	if c.region = cfg.Region; strings.Trim(c.region, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return nil, &SettingError{fmt.Sprintf("conn: %q is not a region; want one such as eu-west-1", c.region)}
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return nil, c.Explain(err)
	}
	if s.RoleARN != "" {
		cfg.Credentials = c.hop(cfg)
		if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
			return nil, c.Explain(err)
		}
	}
	c.IAM, c.STS = iam.NewFromConfig(cfg), sts.NewFromConfig(cfg)
	return c, nil
}

// Region is the region the connection was made with. IAM is global: it only chooses the partition and the STS endpoint.
func (c *Client) Region() string { return c.region }

// load builds the configuration that every client of the connection is made from.
func (c *Client) load(ctx context.Context) (aws.Config, error) {
	if c.settings.Local != nil {
		return c.finish(c.local()), nil
	}
	chain := &chain{}
	// The SDK adds AWS_CA_BUNDLE to a BuildableClient only and refuses every other type, so
	// the cure of the transport is wrapped around it when loading is over.
	options := []func(*config.LoadOptions) error{
		config.WithHTTPClient(awshttp.NewBuildableClient().WithReadTimeout(readTimeout)),
		config.WithLogger(logging.Nop{}),
		config.WithDefaultRegion(homeRegion(c.settings.RoleARN)),
		config.WithAssumeRoleCredentialOptions(func(o *stscreds.AssumeRoleOptions) {
			c.profileRole(o)
			chain.role(o)
		}),
		config.WithWebIdentityRoleCredentialOptions(chain.webIdentity),
	}
	if c.settings.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(c.settings.Profile))
	}
	if c.settings.Region != "" {
		options = append(options, config.WithRegion(c.settings.Region))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return cfg, err
	}
	c.shared = sharedConfig(cfg)
	cfg = c.finish(cfg)
	chain.bind(cfg)
	return cfg, nil
}

// local is the configuration of a Local endpoint, before finish.
func (c *Client) local() aws.Config {
	l := c.settings.Local
	region := c.settings.Region
	if region == "" {
		region = homeRegion(c.settings.RoleARN)
	}
	return aws.Config{
		Region:       region,
		BaseEndpoint: aws.String(l.Endpoint),
		Credentials:  credentials.NewStaticCredentialsProvider(l.KeyID, l.Secret, l.Token),
		HTTPClient:   awshttp.NewBuildableClient().WithReadTimeout(readTimeout),
		Logger:       logging.Nop{},
	}
}

// finish adds what every client of the connection has: the cured transport, the retries, the name, the bucket
// and the count. They come after loading, since the SDK would give them to its instance metadata client too, which
// must give up soon.
func (c *Client) finish(cfg aws.Config) aws.Config {
	cfg.HTTPClient = replayable{cfg.HTTPClient}
	cfg.Retryer = newRetryer(c.settings.Attempts)
	cfg.AppID = cmp.Or(cfg.AppID, "ambit") // stands in CloudTrail's userAgent
	cfg.APIOptions = append(cfg.APIOptions, c.gate.install)
	return cfg
}

// hop assumes Settings.RoleARN. It is built from the finished configuration, so that its STS call
// obeys the endpoint settings.
func (c *Client) hop(cfg aws.Config) aws.CredentialsProvider {
	s := c.settings
	provider := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), s.RoleARN, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = s.RoleSession
		if o.RoleSessionName == "" {
			o.RoleSessionName = DefaultSession
		}
		o.Duration = hopDuration
		setIf(&o.ExternalID, s.ExternalID)
		setIf(&o.SerialNumber, s.MFASerial)
		o.TokenProvider = c.mfaToken
	})
	return aws.NewCredentialsCache(provider)
}

// profileRole completes the hop of a profile with role_arn: the prompt always, the rest when no role of
// ours claims it.
func (c *Client) profileRole(o *stscreds.AssumeRoleOptions) {
	o.TokenProvider = c.mfaToken
	if c.settings.RoleARN == "" {
		setIf(&o.ExternalID, c.settings.ExternalID)
		setIf(&o.SerialNumber, c.settings.MFASerial)
	}
}

// errNoPrompt is what an MFA device leads to where nobody can be asked.
var errNoPrompt = errors.New("an MFA code is needed and there is no terminal to ask for it; run interactively, or use credentials of a session that has MFA")

func (c *Client) mfaToken() (string, error) {
	if c.settings.MFAToken == nil {
		return "", errNoPrompt
	}
	code, err := c.settings.MFAToken()
	return strings.TrimSpace(code), err
}

// homeRegion is where IAM lives in the partition of the ARN; us-east-1 without one.
func homeRegion(roleARN string) string {
	role, err := arn.Parse(roleARN)
	if err != nil {
		return "us-east-1"
	}
	switch role.Partition {
	case "aws-cn":
		return "cn-north-1"
	case "aws-us-gov":
		return "us-gov-west-1"
	default:
		return "us-east-1"
	}
}

func sharedConfig(cfg aws.Config) *config.SharedConfig {
	for _, source := range cfg.ConfigSources {
		if shared, ok := source.(config.SharedConfig); ok {
			return &shared
		}
	}
	return nil
}

func setIf(field **string, value string) {
	if value != "" {
		*field = aws.String(value)
	}
}
