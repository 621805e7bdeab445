package conn

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/signin"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	"github.com/aws/smithy-go"
)

// Explain turns a failure that ends the run into one sentence with the cure: what was tried, what AWS
// said, what to do. Errors of the context come back as they are.
func (c *Client) Explain(err error) error {
	if err == nil {
		return nil
	}
	switch fault := Diagnose(err); {
	case fault.Kind == Canceled:
		return err
	case c.explainSetup(err) != "":
		return explained{"conn: " + c.explainSetup(err), err}
	case fault.Kind == Credentials:
		return explained{fmt.Sprintf("conn: AWS does not accept the credentials%s: %s; %s", c.from(), fault.Text, c.renew()), err}
	case fault.Kind == Network:
		return explained{fmt.Sprintf("conn: %s; check the network, the proxy and the region (%s)", fault.Text, c.region), err}
	case failedAssume(err):
		return explained{fmt.Sprintf("conn: the role%s cannot be assumed: %s; check its trust policy, the external id (--external-id) and whether it asks for MFA (--mfa-serial)", quoted(c.settings.RoleARN), fault.Text), err}
	default:
		return explained{"conn: " + fault.Text, err}
	}
}

// explainSetup explains what fails before the first call: profile, sign-on, MFA prompt, no credentials at all.
func (c *Client) explainSetup(err error) string {
	if missing, ok := errors.AsType[config.SharedConfigProfileNotExistError](err); ok {
		return fmt.Sprintf("there is no profile %q; `aws configure list-profiles` shows those that exist", missing.Profile)
	}
	if broken, ok := errors.AsType[config.SharedConfigLoadError](err); ok {
		return fmt.Sprintf("the AWS configuration file %s cannot be read: %s", broken.Filename, oneLine(fmt.Sprint(broken.Err)))
	}
	if errors.Is(err, errNoPrompt) {
		return errNoPrompt.Error()
	}
	if profile, command := signOn(c.shared); command != "" && signOnFailed(err) {
		return fmt.Sprintf("the session of profile %q has expired or was never started; run `%s`", profile, command)
	}
	if failedIn(err, imds.ServiceID) {
		return "no AWS credentials found: " + c.tried()
	}
	return ""
}

// signOnFailed reports whether the failure lies before the role's credentials were handed out: in the cached
// token, which is no call, or in the answer to it.
func signOnFailed(err error) bool {
	_, called := errors.AsType[*smithy.OperationError](err)
	_, token := errors.AsType[*ssocreds.InvalidTokenError](err)
	return !called || token || failedIn(err, sso.ServiceID, ssooidc.ServiceID, signin.ServiceID)
}

// signOn finds the profile whose credentials come from a person's signing on, be it the one in use or one it takes
// its credentials from, and the command to sign on with. Both are empty where there is none.
func signOn(shared *config.SharedConfig) (profile, command string) {
	for ; shared != nil; shared = shared.Source {
		switch {
		case shared.SSOSession != nil, shared.SSOStartURL != "":
			return shared.Profile, "aws sso login --profile " + shared.Profile
		case shared.LoginSession != "":
			return shared.Profile, "aws login --profile " + shared.Profile
		}
	}
	return "", ""
}

// tried says where credentials were looked for.
func (c *Client) tried() string {
	profile := c.profile()
	parts := []string{fmt.Sprintf("profile %q holds none", profile)}
	if c.settings.Profile == "" {
		parts = append([]string{"AWS_ACCESS_KEY_ID is not set"}, parts...)
	}
	if strings.EqualFold(os.Getenv("AWS_EC2_METADATA_DISABLED"), "true") {
		parts = append(parts, "the instance metadata service is switched off")
	} else {
		parts = append(parts, "the instance metadata service does not answer")
	}
	return strings.Join(parts, ", ") + "; give --profile NAME, set the AWS_ variables, or run `aws configure` or `aws sso login`"
}

// profile is the name of the profile in use.
func (c *Client) profile() string {
	for _, name := range []string{c.settings.Profile, os.Getenv("AWS_PROFILE"), os.Getenv("AWS_DEFAULT_PROFILE")} {
		if name != "" {
			return name
		}
	}
	return "default"
}

func (c *Client) from() string {
	switch {
	case c.settings.Local != nil:
		return ""
	case c.settings.Profile == "" && os.Getenv("AWS_ACCESS_KEY_ID") != "":
		return " of the environment (AWS_ACCESS_KEY_ID)"
	default:
		return fmt.Sprintf(" of profile %q", c.profile())
	}
}

func (c *Client) renew() string {
	if _, command := signOn(c.shared); command != "" {
		return "run `" + command + "`"
	}
	return "get new ones, or choose others with --profile NAME"
}

// operations walks the failed calls in err, the outer ones first: a call whose credentials could not be
// refreshed holds the call that was to refresh them.
func operations(err error) iter.Seq[*smithy.OperationError] {
	return func(yield func(*smithy.OperationError) bool) {
		failure, ok := errors.AsType[*smithy.OperationError](err)
		for ok && yield(failure) {
			failure, ok = errors.AsType[*smithy.OperationError](failure.Err)
		}
	}
}

// failedAssume reports whether assuming a role failed.
func failedAssume(err error) bool {
	for failure := range operations(err) {
		if strings.HasPrefix(failure.OperationName, "AssumeRole") {
			return true
		}
	}
	return false
}

// failedIn reports whether a call to one of the services failed, by their SDK ids.
func failedIn(err error, services ...string) bool {
	for failure := range operations(err) {
		if slices.Contains(services, failure.ServiceID) {
			return true
		}
	}
	return false
}

func quoted(s string) string {
	if s == "" {
		return " of the profile"
	}
	return fmt.Sprintf(" %q", s)
}

// explained is an error whose text stands in place of the SDK's long one, and which still unwraps to it.
type explained struct {
	text  string
	cause error
}

func (e explained) Error() string { return e.text }
func (e explained) Unwrap() error { return e.cause }
