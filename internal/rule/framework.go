package rule

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/ambit-iam/ambit/internal/source"
	"github.com/ambit-iam/ambit/internal/strictyaml"
)

// frameworksFile stands at the root of a rule folder: {key: {title: …, aliases: […]}}.
const frameworksFile = "frameworks.yaml"

// Framework is a body of controls, or a peer's list of rules.
type Framework struct {
	Key     string // such as cis-3.0
	Title   string
	Aliases []string // other names of it
	Rules   []*Rule  // its members, sorted by id
}

type frameworkText struct {
	Title   string   `yaml:"title"`
	Aliases []string `yaml:"aliases"`
}

type frameworksText struct {
	Frameworks map[string]frameworkText `yaml:"frameworks"`
}

func (f *Framework) names() []string { return append([]string{f.Key, f.Title}, f.Aliases...) }

func (c *Catalogue) loadFrameworks(fsys fs.FS) ([]Fault, error) {
	text, err := fs.ReadFile(fsys, frameworksFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	found := &faults{file: source.File{Name: shownPath(fsys, frameworksFile), Text: string(text)}}
	var written frameworksText
	doc, list := strictyaml.Decode(string(text), source.Pos{}, &written)
	found.take(list)
	for _, key := range slices.Sorted(maps.Keys(written.Frameworks)) {
		f := &Framework{Key: key, Title: written.Frameworks[key].Title, Aliases: written.Frameworks[key].Aliases}
		if f.Title == "" {
			found.add(doc.Key("frameworks", key), fmt.Sprintf("framework %q lacks its title", key), "")
		}
		for _, name := range f.names() {
			if other := c.framework(name); other != nil && other != f {
				found.add(doc.Key("frameworks", key), fmt.Sprintf("%q already names framework %s", name, other.Key), "")
			}
			c.frameworkNames[fold(name)] = f
		}
		c.frameworks = append(c.frameworks, f)
	}
	return found.all, nil
}

// framework finds one by key, title or alias, or gives nil.
func (c *Catalogue) framework(name string) *Framework { return c.frameworkNames[fold(name)] }

// enrol gives every framework its members.
func (c *Catalogue) enrol() []Fault {
	var known []string
	for _, f := range c.frameworks {
		known = append(known, f.Key)
	}
	var all []Fault
	for _, r := range c.rules {
		found := faults{file: r.File}
		for _, key := range slices.Sorted(maps.Keys(r.Frameworks)) {
			f := c.framework(key)
			if f == nil || f.Key != key {
				found.add(r.header.frameworkSpan(key), fmt.Sprintf("framework %q is in no %s", key, frameworksFile), source.DidYouMean(key, known))
				continue
			}
			f.Rules = append(f.Rules, r)
		}
		all = append(all, found.all...)
	}
	return all
}

// Frameworks are those that a rule is a member of, sorted by key.
func (c *Catalogue) Frameworks() []*Framework {
	all := slices.DeleteFunc(slices.Clone(c.frameworks), func(f *Framework) bool { return len(f.Rules) == 0 })
	slices.SortFunc(all, func(a, b *Framework) int { return cmp.Compare(a.Key, b.Key) })
	return all
}

// AllRules is the ruleset of every rule.
const AllRules = "all"

// Ruleset gives the members of a framework by its key, title or alias, the rules that a peer such as prowler or
// securityhub has too, or every rule for "all". Letter case does not count. The error is a *NameError.
func (c *Catalogue) Ruleset(name string) ([]*Rule, error) {
	if fold(name) == AllRules {
		return c.All(), nil
	}
	if f := c.framework(name); f != nil && len(f.Rules) > 0 {
		return slices.Clone(f.Rules), nil
	}
	if rules := c.ofPeer(fold(name)); len(rules) > 0 {
		return rules, nil
	}
	known := []string{AllRules}
	for _, p := range Peers() {
		known = append(known, p.Key)
	}
	for _, f := range c.Frameworks() {
		known = append(known, f.names()...)
	}
	hint := source.DidYouMean(name, known)
	if hint == "" {
		hint = "`ambit rules list --rulesets` shows them"
	}
	return nil, &NameError{"ruleset", name, hint}
}

// ofPeer are the rules that a peer knows under ids of its own.
func (c *Catalogue) ofPeer(key string) []*Rule {
	var out []*Rule
	for _, r := range c.All() {
		if len(r.Aliases[key]) > 0 {
			out = append(out, r)
		}
	}
	return out
}
