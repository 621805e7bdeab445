package facts

import (
	"slices"
	"strings"
	"sync"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/gsl"
)

// user is one IAM user, or the root user.
type user struct {
	identity
	src     *account.User         // nil: the root user, or one whom only the credential report names
	row     *account.Credential   // nil: rowHole says why
	rowHole string                // reason for what only the row knows
	live    *account.Confirmation // nil: not asked
	virtual bool                  // a virtual MFA device is assigned
	keys    [2]*accessKey         // by slot; nil: no key there, unless keyHole
	keyHole string                // why nobody knows the keys; empty: keys is complete
	groups  gsl.Strings
}

func (u *user) self() *common { return &u.common }

// credential is what get says of the user's row in the credential report.
func (u *user) credential(get func(*account.Credential) gsl.Value) gsl.Value {
	if u.row == nil {
		return gsl.UnknownOf(u.rowHole)
	}
	return get(u.row)
}

func (u *user) createDate() gsl.Value {
	if u.src != nil && !u.src.Created.IsZero() {
		return date(u.src.Created)
	}
	if u.src != nil && u.row == nil {
		return gsl.NumberOf(gsl.NoDate)
	}
	return u.credential(func(r *account.Credential) gsl.Value { return date(r.Created) })
}

// passwordEnabled is null for the root user, whose row says not_supported.
func (u *user) passwordEnabled() gsl.Value {
	return u.credential(func(r *account.Credential) gsl.Value {
		if r.PasswordEnabled == nil {
			return gsl.Value{}
		}
		return gsl.BoolOf(*r.PasswordEnabled)
	})
}

// console reports whether the user can sign in to the console. Every root user has a password unless an
// organization took it away, and then AccountPasswordPresent says so.
// Source: IAM API reference, GetAccountSummary.
func (u *user) console() gsl.Value {
	if !u.root || u.row != nil && u.row.PasswordEnabled != nil {
		return u.passwordEnabled()
	}
	if n, ok := u.set.snap.Summary["AccountPasswordPresent"]; ok {
		return gsl.BoolOf(n > 0)
	}
	if u.set.snap.Summary == nil {
		return gsl.UnknownOf(string(account.PartSummary))
	}
	return gsl.BoolOf(true)
}

// mfaActive trusts, in this order: a live confirmation, the account summary (root only, live too), the
// credential report, and a virtual device that is assigned.
func (u *user) mfaActive() gsl.Value {
	if u.live != nil && u.live.MFADevices != nil {
		return gsl.BoolOf(len(*u.live.MFADevices) > 0)
	}
	if u.root {
		if n, ok := u.set.snap.Summary["AccountMFAEnabled"]; ok {
			return gsl.BoolOf(n > 0)
		}
	}
	if u.row == nil && u.virtual {
		return gsl.BoolOf(true)
	}
	return u.credential(func(r *account.Credential) gsl.Value { return gsl.BoolOf(r.MFA) })
}

// hasVirtualMFA reports whether one of the user's devices is virtual; of a user who has none it is false.
func (u *user) hasVirtualMFA() gsl.Value {
	active := u.mfaActive()
	if active.Kind() == gsl.Unknown || active.Number() == 0 {
		return active
	}
	if u.live != nil && u.live.MFADevices != nil {
		return gsl.BoolOf(slices.ContainsFunc(*u.live.MFADevices, isVirtualSerial))
	}
	if u.virtual {
		return gsl.BoolOf(true)
	}
	if u.set.lacks[account.PartVirtualMFA] {
		return gsl.UnknownOf(string(account.PartVirtualMFA))
	}
	return gsl.BoolOf(false)
}

// isVirtualSerial tells a virtual device (an ARN of mfa/…) from a passkey (an ARN of u2f/…) and from a
// hardware token (no ARN). Source: IAM API reference, MFADevice.
func isVirtualSerial(serial string) bool {
	a, err := arn.Parse(serial)
	return err == nil && strings.HasPrefix(a.Resource, "mfa/")
}

func (u *user) mfaType() gsl.Value {
	active, virtual := u.mfaActive(), u.hasVirtualMFA()
	switch {
	case virtual.Kind() == gsl.Unknown:
		return virtual
	case active.Number() == 0:
		return gsl.Value{}
	case virtual.Number() == 0:
		return gsl.StringOf("Hardware")
	}
	return gsl.StringOf("Virtual")
}

// key is the key in a slot, null where the slot is empty.
func (u *user) key(slot int) gsl.Value {
	if u.keyHole != "" {
		return gsl.UnknownOf(u.keyHole)
	}
	return pointer(u.keys[slot])
}

func (u *user) certificate(slot int) gsl.Value {
	return u.credential(func(r *account.Credential) gsl.Value {
		if c := &r.Certs[slot]; c.Active || !c.Rotated.IsZero() {
			return gsl.PointerOf(c)
		}
		return gsl.Value{}
	})
}

// passwordLastActivity counts a password that was never used from its last change, else from the user's
// creation, so that it grows old like any other.
func (u *user) passwordLastActivity() gsl.Value {
	return u.credential(func(r *account.Credential) gsl.Value {
		switch {
		case !r.PasswordUsed.IsZero():
			return date(r.PasswordUsed)
		case !r.PasswordChanged.IsZero():
			return date(r.PasswordChanged)
		}
		return u.createDate()
	})
}

// lastActivity is the latest use of any credential, gsl.NoDate where none was ever used.
func (u *user) lastActivity() gsl.Value {
	latest := u.credential(func(r *account.Credential) gsl.Value { return date(r.PasswordUsed) })
	for slot := range u.keys {
		used := u.key(slot)
		if k := u.keys[slot]; k != nil {
			used = k.lastUsed()
		}
		if used.Kind() == gsl.Unknown || latest.Kind() == gsl.Number && used.Kind() == gsl.Number && used.Number() > latest.Number() {
			latest = used
		}
	}
	return latest
}

// userType is IamUser.
var userType = sync.OnceValue(func() *gsl.Type {
	var p properties[user]
	p.common("IamUser", (*user).self)
	p.text("path", "the path; null for the root user", func(u *user) gsl.Value {
		if u.root {
			return gsl.Value{}
		}
		return u.named(u.path)
	})
	p.date("createDate", "when the user was created", (*user).createDate)
	p.flag("isRoot", "whether it is the root user", func(u *user) gsl.Value { return gsl.BoolOf(u.root) })
	p.flag("hasConsoleAccess", "whether it can sign in to the console with a password", (*user).console)
	p.flag("mfaActive", "whether an MFA device is active", (*user).mfaActive)
	p.text("mfaType", "Virtual or Hardware; null without MFA", (*user).mfaType)
	p.flag("virtualMfaEnabled", "whether an active MFA device is virtual", (*user).hasVirtualMFA)
	p.date("lastActivity", "the latest use of its password or keys", (*user).lastActivity)
	userPassword(&p)
	userKeys(&p)
	p.policies(func(u *user) *identity { return &u.identity })
	p.list("attachedGroups", nil, "the names of the groups it is in", func(u *user) gsl.Value {
		return u.known(gsl.ListOf(&u.groups))
	})
	p.bounded(func(u *user) *identity { return &u.identity })
	return &gsl.Type{Name: "IamUser", Doc: "an IAM user, or the root user (named <root_account>)", Properties: p}
})

// userPassword declares what the credential report says of a user's password.
func userPassword(p *properties[user]) {
	p.flag("passwordEnabled", "whether it has a console password; null for the root user", (*user).passwordEnabled)
	p.date("passwordLastUsed", "when it last signed in", func(u *user) gsl.Value {
		return u.credential(func(r *account.Credential) gsl.Value { return date(r.PasswordUsed) })
	})
	p.date("passwordLastChanged", "when the password was last set", func(u *user) gsl.Value {
		return u.credential(func(r *account.Credential) gsl.Value { return date(r.PasswordChanged) })
	})
	p.date("passwordNextRotation", "when the password expires", func(u *user) gsl.Value {
		return u.credential(func(r *account.Credential) gsl.Value { return date(r.PasswordNext) })
	})
	p.date("passwordLastActivity", "when the password was last used, else set, else the user created", (*user).passwordLastActivity)
}

// userKeys declares a user's access keys and signing certificates.
func userKeys(p *properties[user]) {
	for slot, name := range []string{"first", "second"} {
		p.object(name+"AccessKey", slotType(), "the "+name+" access key; null where there is none", func(u *user) gsl.Value { return u.key(slot) })
	}
	for slot, name := range []string{"first", "second"} {
		p.object(name+"Certificate", certificateType(), "the "+name+" signing certificate; null where there is none",
			func(u *user) gsl.Value { return u.certificate(slot) })
	}
}

// certificateType is {isActive, lastRotated}.
var certificateType = sync.OnceValue(func() *gsl.Type {
	var p properties[account.Cert]
	p.flag("isActive", "whether it can sign", func(c *account.Cert) gsl.Value { return gsl.BoolOf(c.Active) })
	p.date("lastRotated", "when it was made", func(c *account.Cert) gsl.Value { return date(c.Rotated) })
	return &gsl.Type{Name: "SigningCertificate", Doc: "an X.509 signing certificate of a user", Properties: p}
})
