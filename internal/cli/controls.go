package cli

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/engine"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/source"
)

// The flags that give control policies.
const (
	scpFlag = "scp"
	rcpFlag = "rcp"
)

// controlFlags are the control policies that the command line puts over an account.
type controlFlags struct {
	scps, rcps []string // a level each: files with commas between them
}

func (cf *controlFlags) flags(c *cobra.Command) {
	c.Flags().StringArrayVar(&cf.scps, scpFlag, nil, "service control policies of one level of the organization: `FILES`, with commas between them, of policies or of what aws organizations describe-policy says; repeat it for each level, from the root to the account")
	c.Flags().StringArrayVar(&cf.rcps, rcpFlag, nil, "resource control policies, in the same way: `FILES`")
}

// over puts the control policies over every account of the sources.
func (a *app) over(sources []engine.Source, cf *controlFlags) ([]engine.Source, error) {
	if len(cf.scps) == 0 && len(cf.rcps) == 0 {
		return sources, nil
	}
	scps, err := a.controlLevels(cf.scps, scpFlag, "SERVICE_CONTROL_POLICY")
	if err != nil {
		return nil, err
	}
	rcps, err := a.controlLevels(cf.rcps, rcpFlag, "RESOURCE_CONTROL_POLICY")
	if err != nil {
		return nil, err
	}
	out := make([]engine.Source, len(sources))
	for i, s := range sources {
		out[i] = &engine.Controlled{Source: s, Controls: &account.Controls{SCPs: scps, RCPs: rcps}}
	}
	return out, nil
}

// sayControls says which control policies of a capture leave answers open, or nothing allowed, where the flags do not
// take their place.
func (a *app) sayControls(s *account.Snapshot, cf *controlFlags) {
	if s.Controls == nil {
		return
	}
	say := func(format string, args ...any) {
		a.say(fmt.Sprintf("account %s: ", s.Account) + fmt.Sprintf(format, args...))
	}
	for _, kind := range []struct {
		name   string
		levels []account.ControlLevel
		given  []string
	}{{"service control policy", s.Controls.SCPs, cf.scps}, {"resource control policy", s.Controls.RCPs, cf.rcps}} {
		if len(kind.given) > 0 {
			continue
		}
		for i := range kind.levels {
			level := &kind.levels[i]
			if len(level.Policies) == 0 && kind.name == "service control policy" {
				say("%s has no service control policy, so that it lets nothing pass", cmp.Or(level.Name, fmt.Sprintf("level %d", i+1)))
			}
			for k := range level.Policies {
				if faults := policy.Parse(string(level.Policies[k].Document)).Faults; len(faults) > 0 {
					say("%s %s cannot be read, and answers depend on it: %s", kind.name, level.Title(&level.Policies[k]), faults[0].Message)
				}
			}
		}
	}
}

func (a *app) controlLevels(levels []string, flag, kind string) ([]account.ControlLevel, error) {
	var out []account.ControlLevel
	for i, files := range levels {
		level := account.ControlLevel{Name: fmt.Sprintf("level %d", i+1)}
		for name := range strings.SplitSeq(files, ",") {
			if name = strings.TrimSpace(name); name == "" {
				return nil, usagef("--%s %s: a name between commas is empty", flag, files)
			}
			p, err := a.controlPolicy(name, flag, kind)
			if err != nil {
				return nil, err
			}
			level.Policies = append(level.Policies, p)
		}
		out = append(out, level)
	}
	return out, nil
}

// described is what aws organizations describe-policy says of a policy.
type described struct {
	Policy struct {
		PolicySummary struct{ Name, Type string }
		Content       string
	}
}

// controlPolicy reads one file: a policy document, or the answer of describe-policy.
func (a *app) controlPolicy(name, flag, kind string) (account.InlinePolicy, error) {
	content, err := a.readText(name)
	if err != nil {
		return account.InlinePolicy{}, usagef("--%s: %s", flag, err)
	}
	p := account.InlinePolicy{Name: strings.TrimSuffix(filepath.Base(name), filepath.Ext(name)), Document: account.NewDocument(content)}
	var d described
	if err := json.Unmarshal([]byte(content), &d); err == nil && d.Policy.Content != "" {
		if got := d.Policy.PolicySummary.Type; got != kind {
			return account.InlinePolicy{}, usagef("--%s %s: it is a %s, want a %s", flag, name, got, kind)
		}
		p.Name, p.Document = d.Policy.PolicySummary.Name, account.NewDocument(d.Policy.Content)
	}
	doc := policy.Parse(string(p.Document))
	if len(doc.Faults) == 0 && d.Policy.Content == "" && !allowsEverything(doc) {
		doc.Faults = doc.Check(map[string]policy.DocumentKind{scpFlag: policy.ServiceControl, rcpFlag: policy.ResourceControl}[flag])
	}
	if err := faultsOf(doc, source.File{Name: shownName(name), Text: doc.Text}); err != nil {
		return account.InlinePolicy{}, err
	}
	return p, nil
}

// allowsEverything reports whether a document is FullAWSAccess or RCPFullAWSAccess, which AWS attaches itself.
func allowsEverything(doc *policy.Document) bool {
	if len(doc.Statements) != 1 {
		return false
	}
	s := &doc.Statements[0]
	all := func(values []policy.Value) bool { return len(values) == 1 && values[0].Text == "*" }
	return s.Effect == policy.Allow && !s.NotAction && all(s.Action) && !s.NotRes && all(s.Resource)
}
