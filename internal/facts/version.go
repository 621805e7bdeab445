package facts

import (
	"sync"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
)

// policyVersion is one stored version of a managed policy.
type policyVersion struct {
	src       *account.Version
	isDefault bool
	use
}

// versionType is {id, createDate, isDefault, document}.
var versionType = sync.OnceValue(func() *gsl.Type {
	var p properties[policyVersion]
	p.text("id", "the version's id, such as v3", func(v *policyVersion) gsl.Value { return gsl.StringOf(v.src.ID) })
	p.date("createDate", "when it was stored", func(v *policyVersion) gsl.Value { return date(v.src.Created) })
	p.flag("isDefault", "whether it is the one in force", func(v *policyVersion) gsl.Value { return gsl.BoolOf(v.isDefault) })
	p.object("document", nil, "its document", func(v *policyVersion) gsl.Value { return v.value() })
	return &gsl.Type{Name: "PolicyVersion", Doc: "a stored version of a managed policy", Properties: p}
})

// versions lists a customer policy's versions. Those that are not in force decide nothing today: one that cannot be
// read is unknown, and no gap of the account.
func (b *builder) versions(p *managedPolicy) {
	if p.src == nil || p.aws || len(p.src.Versions) == 0 {
		return
	}
	p.stored = make(gsl.StructSeq[policyVersion], len(p.src.Versions))
	for i := range p.src.Versions {
		v := &p.stored[i]
		v.src = &p.src.Versions[i]
		v.isDefault = v.src.ID == p.src.Version
		v.use = p.doc
		if !v.isDefault {
			v.use = b.oldVersion(v.src.Document, p.arn+" version "+v.src.ID)
		}
	}
}

func (b *builder) oldVersion(text account.Document, title string) use {
	u := use{title: title}
	if u.doc = b.documents[text]; u.doc != nil {
		return u
	}
	if text == "" {
		u.hole = "the input holds no document of " + quoteTitle(title)
		return u
	}
	parsed := policy.Parse(string(text))
	if len(parsed.Faults) > 0 {
		u.hole = faultText(quoteTitle(title), parsed.Faults)
		return u
	}
	u.doc = newDocument(parsed, len(b.documents))
	b.documents[text] = u.doc
	return u
}

// uses are the document in force and those of the other versions that differ from it.
func (p *managedPolicy) uses(yield func(use) bool) {
	if !yield(p.doc) {
		return
	}
	for i := range p.stored {
		if v := &p.stored[i]; v.doc != p.doc.doc && !yield(v.use) {
			return
		}
	}
}
