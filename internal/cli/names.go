package cli

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/source"
)

// principal finds a user or role by name or ARN, and the world it lives in.
func (all worlds) principal(name string) (*access.World, *access.Principal, error) {
	var world *access.World
	var found []*access.Principal
	var names []string
	for _, w := range all {
		if list := w.Principal(name); len(list) > 0 {
			world, found = w, append(found, list...)
		}
		for i := range w.Principals() {
			p := &w.Principals()[i]
			names = append(names, p.Name, p.ARN)
		}
	}
	switch len(found) {
	case 1:
		return world, found[0], nil
	case 0:
		if name == account.RootUser || strings.EqualFold(name, "root") || strings.HasSuffix(name, ":root") {
			return nil, nil, usagef("%q is the root user, whom no policy of the account binds: ask for a user or role", name)
		}
		if near := source.Closest(name, names); near != "" {
			return nil, nil, usagef("no user or role is called %q; did you mean %q?", name, near)
		}
		return nil, nil, usagef("no user or role is called %q: give the name or ARN of one of the account", name)
	}
	var arns []string
	for _, p := range found {
		arns = append(arns, p.ARN)
	}
	return nil, nil, usagef("%q is the name of several: give an ARN, one of %s", name, strings.Join(arns, ", "))
}

// actionNamed gives an action as AWS spells it. One that AWS does not have is an error: nobody could do it.
func actionNamed(name string) (string, error) {
	if known, ok := iamref.ActionOf(name); ok {
		return known.String(), nil
	}
	prefix, verb, ok := strings.Cut(name, ":")
	if strings.ContainsAny(name, "*?") {
		return "", usagef("action %q: want one action, without wildcards; ambit what-can lists many", name)
	}
	if prefix == "" || verb == "" && ok {
		return "", usagef("action %q: want SERVICE:Name, such as s3:GetObject", name)
	}
	if !ok {
		prefixes := []string{"iam", "sts", "s3", "ec2"} // what is most likely meant of many
		for s := range iamref.Services() {
			prefixes = append(prefixes, s.Prefix)
		}
		for _, prefix := range prefixes {
			if known, found := iamref.ActionOf(prefix + ":" + name); found {
				return "", usagef("action %q lacks its service; did you mean %q?", name, known)
			}
		}
		return "", usagef("action %q: want SERVICE:Name, such as s3:GetObject", name)
	}
	if _, known := iamref.ServiceOf(prefix); !known {
		var prefixes []string
		for s := range iamref.Services() {
			prefixes = append(prefixes, s.Prefix)
		}
		return "", unknownName("service", prefix, prefixes)
	}
	var names []string
	for known := range iamref.Expand(prefix + ":*") {
		names = append(names, known.Name)
	}
	if near := source.Closest(verb, names); near != "" {
		return "", usagef("AWS has no action %q; did you mean \"%s:%s\"?", name, strings.ToLower(prefix), near)
	}
	return "", usagef("AWS has no action %q", name)
}

func unknownName(kind, name string, names []string) error {
	if near := source.Closest(name, names); near != "" {
		return usagef("AWS has no %s %q; did you mean %q?", kind, name, near)
	}
	return usagef("AWS has no %s %q", kind, name)
}

// resource gives an ARN for what the command line calls a resource: an ARN, "*", or the name of a user, group,
// role or policy.
func (all worlds) resource(name string) (string, error) {
	if name == "*" || strings.HasPrefix(name, "arn:") {
		a, err := arn.Parse(name)
		switch {
		case name == "*":
		case err != nil:
			return "", usagef("resource: %w", err)
		case !arn.MayBeAccount(a.Account):
			return "", usagef("resource %q: account %q in it: want its twelve digits", name, a.Account)
		}
		return name, nil
	}
	var arns, names []string
	add := func(called, resource string) {
		names = append(names, called)
		if called == name {
			arns = append(arns, resource)
		}
	}
	for _, w := range all {
		for i := range w.Principals() {
			add(w.Principals()[i].Name, w.Principals()[i].ARN)
		}
		s := w.Snapshot()
		for i := range s.Groups {
			add(s.Groups[i].Name, s.Groups[i].ARN)
		}
		for i := range s.Policies {
			add(s.Policies[i].Name, s.Policies[i].ARN)
		}
	}
	switch {
	case len(arns) == 1:
		return arns[0], nil
	case len(arns) > 1:
		return "", usagef("%q is the name of several: give an ARN, one of %s", name, strings.Join(arns, ", "))
	}
	if near := source.Closest(name, names); near != "" {
		return "", usagef("resource %q: want an ARN, *, or a name in the account; did you mean %q?", name, near)
	}
	return "", usagef("resource %q: want an ARN, *, or the name of a user, group, role or policy of the account", name)
}
