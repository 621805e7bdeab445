package directory

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
)

func getLoginProfile(c *Call, in *iam.GetLoginProfileInput) (*iam.GetLoginProfileOutput, error) {
	u, err := c.self(in.UserName)
	if err != nil {
		return nil, err
	}
	if u.login == nil {
		return nil, noSuch("login profile", "of user "+u.Name)
	}
	return &iam.GetLoginProfileOutput{LoginProfile: loginShape(u)}, nil
}

func loginShape(u *user) *types.LoginProfile {
	return &types.LoginProfile{UserName: &u.Name, CreateDate: stamp(u.login.created), PasswordResetRequired: u.login.reset}
}

// renewed is a login whose password was set now.
func (c *Call) renewed(l login) *login {
	l.changed, l.nextAge, l.next = c.Now, c.st.passwordAge(), time.Time{}
	if l.nextAge > 0 {
		l.next = c.Now.AddDate(0, 0, l.nextAge)
	}
	return &l
}

func createLoginProfile(c *Call, in *iam.CreateLoginProfileInput) (*iam.CreateLoginProfileOutput, error) {
	self, err := c.self(in.UserName)
	if err != nil {
		return nil, err
	}
	if self.login != nil {
		return nil, exists("login profile", "of user "+self.Name)
	}
	if err := c.st.checkPassword(text(in.Password)); err != nil {
		return nil, err
	}
	u := *self
	u.login = c.renewed(login{created: c.Now, reset: in.PasswordResetRequired})
	c.st.users.put(fold(u.Name), &u)
	return &iam.CreateLoginProfileOutput{LoginProfile: loginShape(&u)}, nil
}

func updateLoginProfile(c *Call, in *iam.UpdateLoginProfileInput) (*iam.UpdateLoginProfileOutput, error) {
	return &iam.UpdateLoginProfileOutput{}, c.st.editUser(text(in.UserName), func(u *user) error {
		if u.login == nil {
			return noSuch("login profile", "of user "+u.Name)
		}
		changed := *u.login
		if in.Password != nil {
			if err := c.st.checkPassword(*in.Password); err != nil {
				return err
			}
			changed = *c.renewed(changed)
		}
		if in.PasswordResetRequired != nil {
			changed.reset = *in.PasswordResetRequired
		}
		u.login = &changed
		return nil
	})
}

func deleteLoginProfile(c *Call, in *iam.DeleteLoginProfileInput) (*iam.DeleteLoginProfileOutput, error) {
	self, err := c.self(in.UserName)
	if err != nil {
		return nil, err
	}
	if self.login == nil {
		return nil, noSuch("login profile", "of user "+self.Name)
	}
	u := *self
	u.login = nil
	c.st.users.put(fold(u.Name), &u)
	return &iam.DeleteLoginProfileOutput{}, nil
}

// presetPassword is what AWS asks of passwords where an account has no policy of its own.
// Source: IAM User Guide, "Set an account password policy for IAM users".
var presetPassword = account.PasswordPolicy{MinLength: 8}

// checkPassword holds a new password against the account's policy, or against AWS's preset.
func (s *state) checkPassword(password string) error {
	want := s.password
	if want == nil {
		want = &presetPassword
	}
	var classes [4]bool
	for _, r := range password {
		switch {
		case unicode.IsUpper(r):
			classes[0] = true
		case unicode.IsLower(r):
			classes[1] = true
		case unicode.IsDigit(r):
			classes[2] = true
		case strings.ContainsRune("!@#$%^&*()_+-=[]{}|'", r):
			classes[3] = true
		}
	}
	wanted := [4]bool{want.Uppercase, want.Lowercase, want.Numbers, want.Symbols}
	names := [4]string{"an uppercase letter", "a lowercase letter", "a number", "a symbol"}
	if n := utf8.RuneCountInString(password); n < want.MinLength || n > 128 {
		return violation("have %d to 128 characters", want.MinLength)
	}
	for i, class := range classes {
		if wanted[i] && !class {
			return violation("hold %s", names[i])
		}
	}
	return nil
}
