package facts

import (
	"sync"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
)

// common is what every entity has. Through a pointer to it a user, group or role is a holder: name and ARN.
type common struct {
	set  *Set
	name string
	arn  string
	id   string
	path string
	tags []account.Tag
	hole string // why all but name, ARN and path is unknown; empty: it was read

	about finding.Subject // what findings about it name
}

// named is v, or unknown where not even the name is known.
func (c *common) named(v string) gsl.Value {
	if c.name == "" && c.hole != "" {
		return gsl.UnknownOf(c.hole)
	}
	return gsl.StringOf(v)
}

// known is v, or unknown where the entity was not read.
func (c *common) known(v gsl.Value) gsl.Value {
	if c.hole != "" {
		return gsl.UnknownOf(c.hole)
	}
	return v
}

// subject is made once: all findings about the entity share it.
func (c *common) subject() *finding.Subject { return &c.about }

func (c *common) nameSubject(t *gsl.Type) {
	c.about = finding.Subject{Type: t.Name, Name: c.name, ARN: c.arn, Account: string(c.set.snap.Account)}
}

// properties gathers the properties of a type whose objects are *T.
type properties[T any] []*gsl.Property

// add declares a property; get may give null or unknown.
func (p *properties[T]) add(name string, kind gsl.Kind, doc string, get func(*T) gsl.Value) *gsl.Property {
	added := gsl.Prop(name, kind, doc, get)
	*p = append(*p, added)
	return added
}

func (p *properties[T]) text(name, doc string, get func(*T) gsl.Value) {
	p.add(name, gsl.String, doc, get)
}

func (p *properties[T]) flag(name, doc string, get func(*T) gsl.Value) {
	p.add(name, gsl.Bool, doc, get)
}

func (p *properties[T]) number(name, doc string, get func(*T) gsl.Value) {
	p.add(name, gsl.Number, doc, get)
}

func (p *properties[T]) date(name, doc string, get func(*T) gsl.Value) {
	p.add(name, gsl.Number, doc, get).Date = true
}

// object declares an object of type elem; a nil elem is a policy document, whose names only it knows.
func (p *properties[T]) object(name string, elem *gsl.Type, doc string, get func(*T) gsl.Value) {
	p.add(name, gsl.Object, doc, get).Elem = elem
}

// list declares a list of objects of type elem; a nil elem is a list of strings.
func (p *properties[T]) list(name string, elem *gsl.Type, doc string, get func(*T) gsl.Value) {
	p.add(name, gsl.List, doc, get).Elem = elem
}

// common declares the properties that every entity has. Source: gsl.md section 2, from entity dumps.
func (p *properties[T]) common(typeName string, of func(*T) *common) {
	null := func(*T) gsl.Value { return gsl.Value{} }
	p.text("id", "AWS's unique id; empty for the root user, null where it was not read", func(e *T) gsl.Value {
		if of(e).id == "" && of(e).name != account.RootUser {
			return of(e).known(gsl.Value{})
		}
		return of(e).known(gsl.StringOf(of(e).id))
	})
	p.text("type", "the name of this type", func(*T) gsl.Value { return gsl.StringOf(typeName) })
	p.text("name", "the name, unique within the account and the type", func(e *T) gsl.Value {
		return of(e).named(of(e).name)
	})
	p.text("arn", "the ARN", func(e *T) gsl.Value { return of(e).named(of(e).arn) })
	p.text("dome9Id", "CloudGuard's own id: always null", null)
	p.text("accountNumber", "the twelve-digit id of the account", func(e *T) gsl.Value {
		return gsl.StringOf(string(of(e).set.snap.Account))
	})
	p.text("region", "always null: IAM is global", null)
	p.text("source", "always \"db\", as CloudGuard has it", func(*T) gsl.Value { return gsl.StringOf("db") })
	p.list("tags", tagType(), "the tags", func(e *T) gsl.Value {
		return of(e).known(gsl.ListOf((*gsl.StructSeq[account.Tag])(&of(e).tags)))
	})
	p.object("vpc", nil, "always null: IAM is in no VPC", null)
}

// path declares the path of an entity that has one.
func (p *properties[T]) path(of func(*T) *common) {
	p.text("path", "the path, beginning and ending with a slash", func(e *T) gsl.Value {
		return of(e).named(of(e).path)
	})
}

// Types are built at their first use: Go would set package variables before those that only a generic method
// refers to.

// tagType is {key, value}.
var tagType = sync.OnceValue(func() *gsl.Type {
	var p properties[account.Tag]
	p.text("key", "the tag's key as written", func(t *account.Tag) gsl.Value { return gsl.StringOf(t.Key) })
	p.text("value", "the tag's value", func(t *account.Tag) gsl.Value { return gsl.StringOf(t.Value) })
	return &gsl.Type{Name: "Tag", Doc: "one tag", Properties: p}
})

// holderType is who holds a policy, is in a group or holds a device.
var holderType = sync.OnceValue(func() *gsl.Type {
	var p properties[common]
	p.text("name", "the name of the user, group or role", func(c *common) gsl.Value { return gsl.StringOf(c.name) })
	p.text("arn", "its ARN", func(c *common) gsl.Value { return gsl.StringOf(c.arn) })
	return &gsl.Type{Name: "Holder", Doc: "a user, group or role", Properties: p}
})
