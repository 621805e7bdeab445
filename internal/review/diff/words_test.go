package diff

import (
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
)

// Request is the witness as package authz takes it.
func (w Witness) Request() *authz.Request {
	p, _ := authz.ParsePrincipal(w.Principal) // it was parsed before; "" is an anonymous caller
	c := authz.NewContext(false)
	for _, s := range w.Context {
		if s.Many {
			c.SetMany(s.Key, s.Values)
		} else {
			c.Set(s.Key, s.Values[0])
		}
	}
	return &authz.Request{Principal: p, Action: w.Action, Resource: w.Resource, ResourceAccount: w.ResourceAccount, Context: c}
}

// String is the change in one line.
func (c Change) String() string {
	var b strings.Builder
	b.WriteString(c.Turn.String() + ": " + strings.Join(c.Actions, ", "))
	if len(c.NotActions) > 0 {
		b.WriteString(" but not " + strings.Join(c.NotActions, ", "))
	}
	if len(c.Resources) > 0 {
		b.WriteString(" on " + strings.Join(c.Resources, ", "))
	}
	if len(c.Except) > 0 {
		b.WriteString(" except " + strings.Join(c.Except, ", "))
	}
	switch {
	case len(c.Principals) == 1 && c.Principals[0] == "*":
		b.WriteString(" by anybody")
	case len(c.Principals) > 0:
		b.WriteString(" by " + strings.Join(c.Principals, ", "))
	}
	for i, clause := range c.Conditions {
		b.WriteString([]string{" if ", " and "}[min(i, 1)] + clause.String())
	}
	return b.String()
}

// String is the clause in words.
func (c Clause) String() string {
	var conditions []string
	for _, cd := range c.Statement.Conditions {
		var values []string
		for _, v := range cd.Values {
			values = append(values, v.Text)
		}
		conditions = append(conditions, cd.Operator+" "+cd.Key+" "+strconv.Quote(strings.Join(values, ", ")))
	}
	verb := "holds"
	if !c.Hold {
		verb = "does not hold"
	}
	return strings.Join(conditions, " and ") + " " + verb
}
