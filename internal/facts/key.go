package facts

import (
	"sync"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/gsl"
)

// accessKey is one access key. The credential report holds no key ids, so its user and its creation time
// name it; id is there when a live confirmation gave it.
type accessKey struct {
	common
	user     *user
	slot     int
	active   bool
	created  time.Time
	use      account.KeyRow // of the report: when, where and for what it was last used
	useHole  string         // why nobody knows its use; empty: use says it
	sameTime bool           // the user's first key was created in the same second
}

func (k *accessKey) self() *common { return &k.common }

func (k *accessKey) lastUsed() gsl.Value { return k.used(date(k.use.Used)) }

// used is v, or unknown for a key that the credential report does not know.
func (k *accessKey) used(v gsl.Value) gsl.Value {
	if k.useHole != "" {
		return gsl.UnknownOf(k.useHole)
	}
	return v
}

// usedText is a text about a use; null where the key was never used.
func (k *accessKey) usedText(s string) gsl.Value {
	if s == "" {
		return k.used(gsl.Value{})
	}
	return k.used(gsl.StringOf(s))
}

func (k *accessKey) lastActivity() gsl.Value {
	if k.useHole == "" && k.use.Used.IsZero() {
		return date(k.created)
	}
	return k.lastUsed()
}

// nameSubject tells the keys of one user apart by their creation, which a later report still knows.
func (k *accessKey) nameSubject(t *gsl.Type) {
	k.common.nameSubject(t)
	k.about.ID = k.name
	if k.sameTime {
		k.about.ID += "#2"
	}
}

// slotKey declares what both views of a key show. Source: gsl.md section 2.
func slotKey(p *properties[accessKey]) {
	p.flag("isActive", "whether it is active", func(k *accessKey) gsl.Value { return gsl.BoolOf(k.active) })
	p.date("lastRotated", "when it was created", func(k *accessKey) gsl.Value { return date(k.created) })
	p.date("lastUsedDate", "when it last signed a request", (*accessKey).lastUsed)
	p.text("lastUsedRegion", "where; null where it was never used", func(k *accessKey) gsl.Value { return k.usedText(k.use.UsedRegion) })
	p.text("lastUsedService", "for which service, such as s3; null where it was never used", func(k *accessKey) gsl.Value {
		return k.usedText(k.use.UsedService)
	})
}

// slotType is a key as a user shows it.
var slotType = sync.OnceValue(func() *gsl.Type {
	var p properties[accessKey]
	slotKey(&p)
	return &gsl.Type{Name: "AccessKey", Doc: "an access key as its user shows it", Properties: p}
})

// keyType is IamAccessKey.
var keyType = sync.OnceValue(func() *gsl.Type {
	var p properties[accessKey]
	p.common("IamAccessKey", (*accessKey).self)
	slotKey(&p)
	p.date("createDate", "when it was created", func(k *accessKey) gsl.Value { return date(k.created) })
	p.date("lastActivityDate", "its last use, or its creation where it was never used", (*accessKey).lastActivity)
	p.text("user", "the name of its user", func(k *accessKey) gsl.Value { return gsl.StringOf(k.user.name) })
	p.flag("isRoot", "whether it is the root user's", func(k *accessKey) gsl.Value { return gsl.BoolOf(k.user.root) })
	p.number("slot", "1 or 2: its place in the credential report", func(k *accessKey) gsl.Value { return gsl.NumberOf(float64(k.slot + 1)) })
	return &gsl.Type{Name: "IamAccessKey", Doc: "an access key, active or not", Properties: p}
})
