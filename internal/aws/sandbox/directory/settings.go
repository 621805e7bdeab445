package directory

import (
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/ambit-iam/ambit/internal/account"
)

var aliasPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9]|-[a-z0-9]){1,62}$`)

func listAccountAliases(c *Call, in *iam.ListAccountAliasesInput) (*iam.ListAccountAliasesOutput, error) {
	w, err := c.window("ListAccountAliases", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListAccountAliasesOutput{AccountAliases: []string{}}
	p := listSlice(&w, c.st.aliases, itself, func(a string) { out.AccountAliases = append(out.AccountAliases, a) })
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

// createAccountAlias takes the place of an alias that is there: an account has one.
func createAccountAlias(c *Call, in *iam.CreateAccountAliasInput) (*iam.CreateAccountAliasOutput, error) {
	alias := text(in.AccountAlias)
	if len(alias) < 3 || len(alias) > 63 || !aliasPattern.MatchString(alias) {
		return nil, invalid("value at 'accountAlias' must have 3 to 63 lower-case letters, digits and single dashes between them")
	}
	if slices.Contains(c.st.aliases, alias) {
		return nil, exists("account alias", alias)
	}
	c.st.aliases = []string{alias}
	return &iam.CreateAccountAliasOutput{}, nil
}

func deleteAccountAlias(c *Call, in *iam.DeleteAccountAliasInput) (*iam.DeleteAccountAliasOutput, error) {
	if !slices.Contains(c.st.aliases, text(in.AccountAlias)) {
		return nil, noSuch("account alias", text(in.AccountAlias))
	}
	c.st.aliases = without(c.st.aliases, func(a string) bool { return a == *in.AccountAlias })
	return &iam.DeleteAccountAliasOutput{}, nil
}

// updateAccountPasswordPolicy replaces the whole policy: what the request leaves out returns to its default.
// Source: IAM API reference, UpdateAccountPasswordPolicy, for defaults and ranges.
func updateAccountPasswordPolicy(c *Call, in *iam.UpdateAccountPasswordPolicyInput) (*iam.UpdateAccountPasswordPolicyOutput, error) {
	p := &account.PasswordPolicy{
		MinLength: 6, Symbols: in.RequireSymbols, Numbers: in.RequireNumbers, Uppercase: in.RequireUppercaseCharacters,
		Lowercase: in.RequireLowercaseCharacters, AllowChange: in.AllowUsersToChangePassword,
	}
	for _, number := range []struct {
		name        string
		given       *int32
		least, most int32
		into        *int
	}{
		{"minimumPasswordLength", in.MinimumPasswordLength, 6, 128, &p.MinLength},
		{"maxPasswordAge", in.MaxPasswordAge, 1, 1095, &p.MaxAge},
		{"passwordReusePrevention", in.PasswordReusePrevention, 1, 24, &p.Reuse},
	} {
		if number.given == nil {
			continue
		}
		if *number.given < number.least || *number.given > number.most {
			return nil, invalid("value %d at '%s' must be between %d and %d", *number.given, number.name, number.least, number.most)
		}
		*number.into = int(*number.given)
	}
	p.HardExpiry = in.HardExpiry != nil && *in.HardExpiry
	c.st.password = p
	return &iam.UpdateAccountPasswordPolicyOutput{}, nil
}

func deleteAccountPasswordPolicy(c *Call, _ *iam.DeleteAccountPasswordPolicyInput) (*iam.DeleteAccountPasswordPolicyOutput, error) {
	if c.st.password == nil {
		return nil, noSuch("password policy", "of account "+string(c.st.id))
	}
	c.st.password = nil
	return &iam.DeleteAccountPasswordPolicyOutput{}, nil
}
