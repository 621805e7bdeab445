package cli

import (
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

// controlFlags are the control policies that the command line puts over an account.
type controlFlags struct {
	scps, rcps []string // a level each: files with commas between them
}

func (cf *controlFlags) flags(c *cobra.Command) {
	c.Flags().StringArrayVar(&cf.scps, "scp", nil, "service control policies of one level of the organization: `FILES`, with commas between them, of policies or of what aws organizations describe-policy says; repeat it for each level, from the root to the account")
	c.Flags().StringArrayVar(&cf.rcps, "rcp", nil, "resource control policies, in the same way: `FILES`")
}

// over puts the control policies over every account of the sources.
func (a *app) over(sources []engine.Source, cf *controlFlags) ([]engine.Source, error) {
	if len(cf.scps) == 0 && len(cf.rcps) == 0 {
		return sources, nil
	}
	scps, err := a.controlLevels(cf.scps, "scp", "SERVICE_CONTROL_POLICY")
	if err != nil {
		return nil, err
	}
	rcps, err := a.controlLevels(cf.rcps, "rcp", "RESOURCE_CONTROL_POLICY")
	if err != nil {
		return nil, err
	}
	out := make([]engine.Source, len(sources))
	for i, s := range sources {
		out[i] = &engine.Controlled{Source: s, Controls: &account.Controls{SCPs: scps, RCPs: rcps}}
	}
	return out, nil
}

func (a *app) controlLevels(levels []string, flag, kind string) ([]account.ControlLevel, error) {
	var out []account.ControlLevel
	for i, files := range levels {
		level := account.ControlLevel{Name: fmt.Sprintf("level %d", i+1)}
		for name := range strings.SplitSeq(files, ",") {
			p, err := a.controlPolicy(strings.TrimSpace(name), flag, kind)
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
	content, err := a.readAll(name)
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
	if err := faultsOf(doc, source.File{Name: shownName(name), Text: doc.Text}); err != nil {
		return account.InlinePolicy{}, err
	}
	return p, nil
}
