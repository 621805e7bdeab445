package rule

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/source"
)

// Catalogue is a set of rules with the names that they answer to.
type Catalogue struct {
	rules          []*Rule
	byName         map[string][]*Rule // folded: ids, aliases, peer:alias, framework:control
	names          []string           // ids and bare aliases as written, for suggestions
	frameworks     []*Framework
	frameworkNames map[string]*Framework // folded: keys, titles, aliases
	remarks        []Fault
}

// Named gives every path of fsys a prefix in faults and in Rule.File, such as the folder it was opened from.
func Named(prefix string, fsys fs.FS) fs.FS { return namedFS{fsys, prefix} }

type namedFS struct {
	fs.FS
	prefix string
}

func shownPath(fsys fs.FS, name string) string {
	if n, ok := fsys.(namedFS); ok {
		return path.Join(n.prefix, name)
	}
	return name
}

// Load reads every *.txtar of the file systems, and the frameworks.yaml at the root of each. Rules of the same id
// are an error, as is a framework that no frameworks.yaml names. A *LoadError tells all that is wrong.
func Load(schema *gsl.Schema, fsys ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{byName: map[string][]*Rule{}, frameworkNames: map[string]*Framework{}}
	var found []Fault
	for _, f := range fsys {
		list, err := c.loadFrameworks(f)
		if err != nil {
			return nil, err
		}
		found = append(found, list...)
	}
	for _, f := range fsys {
		list, err := c.loadRules(schema, f)
		if err != nil {
			return nil, err
		}
		found = append(found, list...)
	}
	slices.SortFunc(c.rules, func(a, b *Rule) int { return cmp.Compare(a.ID, b.ID) })
	found = append(found, c.duplicates()...)
	found = append(found, c.enrol()...)
	errs, remarks := split(found)
	if len(errs) > 0 {
		return nil, &LoadError{Faults: errs}
	}
	c.remarks = remarks
	c.index()
	return c, nil
}

func (c *Catalogue) loadRules(schema *gsl.Schema, fsys fs.FS) ([]Fault, error) {
	var found []Fault
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, fileSuffix) {
			return err
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		r, list := Parse(source.File{Name: shownPath(fsys, name), Text: string(text)}, schema)
		c.rules = append(c.rules, r)
		found = append(found, list...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	return found, nil
}

// duplicates expects the rules in order.
func (c *Catalogue) duplicates() []Fault {
	var found []Fault
	for i := 1; i < len(c.rules); i++ {
		if first, second := c.rules[i-1], c.rules[i]; first.ID == second.ID && first.ID != "" {
			f := faults{file: second.File}
			f.add(second.File.Span(0, 0), fmt.Sprintf("a rule %q is already in %s", second.ID, first.File.Name), "ids are unique")
			found = append(found, f.all...)
		}
	}
	return found
}

// All are the rules, sorted by id.
func (c *Catalogue) All() []*Rule { return slices.Clone(c.rules) }

// Remarks are warnings and notes on rules that loaded.
func (c *Catalogue) Remarks() []Fault { return slices.Clone(c.remarks) }

func fold(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

func (c *Catalogue) index() {
	add := func(name string, r *Rule) {
		if list := c.byName[fold(name)]; !slices.Contains(list, r) {
			c.byName[fold(name)] = append(list, r)
		}
	}
	seen := map[string]bool{}
	suggest := func(name string) {
		if !seen[fold(name)] {
			seen[fold(name)] = true
			c.names = append(c.names, name)
		}
	}
	for _, r := range c.rules {
		add(r.ID, r)
		add("ambit:"+r.ID, r)
		suggest(r.ID)
	}
	for _, r := range c.rules {
		for _, peer := range Peers() {
			for _, id := range r.Aliases[peer.Key] {
				add(id, r)
				add(peer.Key+":"+id, r)
				suggest(id)
			}
		}
		for key, controls := range r.Frameworks {
			for _, control := range controls {
				for _, name := range c.framework(key).names() {
					add(name+":"+control, r)
				}
			}
		}
	}
}

// NameError is a name that nothing answers to.
type NameError struct {
	Kind string // "rule" or "ruleset"
	Name string // as the user wrote it
	Hint string // the cure
}

// Error names the name and the cure.
func (e *NameError) Error() string {
	return fmt.Sprintf("%s %q: nothing has that name; %s", e.Kind, e.Name, e.Hint)
}

// Resolve gives the rules that a name stands for, sorted by id: a rule's own id, a peer's id with or without the
// peer in front ("securityhub:IAM.5"), or a framework's control ("CIS-3.0:1.10"). Letter case does not count. The
// error is a *NameError.
func (c *Catalogue) Resolve(name string) ([]*Rule, error) {
	if list := c.byName[fold(name)]; len(list) > 0 {
		return slices.Clone(list), nil
	}
	hint := source.DidYouMean(strings.TrimSpace(name), c.names)
	if _, id, ok := strings.Cut(name, ":"); ok && hint == "" {
		hint = source.DidYouMean(strings.TrimSpace(id), c.names) // of another peer, perhaps
	}
	if hint == "" {
		hint = "`ambit rules list` shows every rule"
	}
	return nil, &NameError{"rule", name, hint}
}

// Configure brings settings that are written under any name of a rule to the rules' own ids, and checks them. The
// error is a *NameError, a *SettingError, or tells of a name that stands for several rules.
func (c *Catalogue) Configure(given map[string]map[string]any) (map[string]map[string]any, error) {
	out := map[string]map[string]any{}
	writtenAs := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		list, err := c.Resolve(name)
		if err != nil {
			return nil, err
		}
		if len(list) > 1 {
			return nil, fmt.Errorf("rule %q: settings for a name that stands for %d rules (%s); name one of them", name, len(list), ids(list))
		}
		r := list[0]
		if other, twice := writtenAs[r.ID]; twice {
			return nil, fmt.Errorf("rule %s: settings stand twice, as %q and %q", r.ID, other, name)
		}
		writtenAs[r.ID] = name
		if _, err := r.values(given[name]); err != nil {
			if se, ok := errors.AsType[*SettingError](err); ok {
				se.As = name
			}
			return nil, err
		}
		out[r.ID] = given[name]
	}
	return out, nil
}

func ids(list []*Rule) string {
	names := make([]string, len(list))
	for i, r := range list {
		names[i] = r.ID
	}
	return strings.Join(names, ", ")
}
