package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ambit-iam/ambit/internal/aws/conn"
	"github.com/ambit-iam/ambit/internal/aws/read"
	"github.com/ambit-iam/ambit/internal/engine"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/report"
	"github.com/ambit-iam/ambit/internal/rule"
	"github.com/ambit-iam/ambit/internal/settings"
)

// scan is the verb's flags. What is a setting too is read from the settings.
type scan struct {
	input

	set *settings.Settings

	outputs     []string
	show        string
	all         bool
	permissions bool
	stats       bool
}

func (a *app) scan() *cobra.Command {
	var s scan
	c := &cobra.Command{
		Use:   "scan [flags]",
		Short: "Read an account and judge it",
		Long: "Reads the identity state of an AWS account and judges it by every rule. It only reads: ambit scan --permissions prints " +
			"the policy it needs.\n\n" +
			"Exit code 0: nothing fails at or above --fail-on (high unless said otherwise; with --demo only when given); " +
			"3: something does; 4: nothing does, but something could not be read, under --fail-on-gap; " +
			"1: the run failed; 2: wrong usage or unreadable input.",
		Example: examples(
			"ambit scan --demo", "a made-up company, at once",
			"ambit scan", "the account of your AWS credentials",
			"ambit scan --profile audit --role-arn arn:aws:iam::111111111111:role/Audit", "another account, through a role",
			"ambit scan --from saved/", "saved AWS CLI output, or a capture",
			"ambit scan --rule IAM.5 --rule D9.AWS.IAM.86", "two rules, by any product's id",
			"ambit scan --ruleset cis-3.0 -o json=run.json -o sarif=run.sarif -o text", "a framework, three outputs",
		),
		Args: func(c *cobra.Command, args []string) error {
			if len(s.from) > 0 { // --from saved/*.json gives all but the first file as arguments
				s.from = append(s.from, args...)
				return nil
			}
			return noArgs(c, args)
		},
		RunE: func(c *cobra.Command, _ []string) error { return a.runScan(c, &s) },
	}
	s.flags(c.Flags())
	s.input.flags(c)
	return c
}

func (s *scan) flags(f *pflag.FlagSet) {
	f.StringArray("rule", nil, "judge only this rule, by any `ID`; repeatable")
	f.StringArray("ruleset", nil, "judge only the members of a framework or a product's `LIST`; repeatable, joined with --rule")
	f.Bool("as-published", false, "run published texts in place of ours, reading unknown as null")
	f.Int("confirm", engine.DefaultConfirm, "ask live about at most `N` users that fail in the credential report; 0: none")
	f.StringArrayVarP(&s.outputs, "output", "o", nil, "`FORMAT[=FILE]`: text, json or sarif; repeatable (default text)")
	f.String("severity", "", "show only this severity `LEVEL` and worse")
	f.StringVar(&s.show, "show", "", "show these `VERDICTS`: fail, pass, unknown, not-applicable, accepted, all (default fail,unknown in text, all in json)")
	f.BoolVar(&s.all, "all", false, "text: list every subject of every rule, and all evidence")
	f.String("fail-on", "", "exit with 3 where something of this severity `LEVEL` or worse fails; none: never (default high)")
	f.Bool("fail-on-gap", false, "exit with 4 where nothing fails but something could not be read")
	f.BoolVar(&s.permissions, "permissions", false, "print the IAM policy that a scan needs, and stop")
	f.BoolVar(&s.stats, "stats", false, "print on stderr how often each API call was made")
}

// scanPlan is a scan's flags and settings, understood.
type scanPlan struct {
	rules   []*rule.Compiled
	outputs []output
	show    []finding.Verdict // nil with shown: all
	shown   bool              // --show was given
	least   finding.Severity
	failOn  finding.Severity // zero: never
}

func (a *app) runScan(c *cobra.Command, s *scan) error {
	var err error
	if s.set, err = a.settings(c); err != nil {
		return err
	}
	if s.permissions {
		if s.demo || len(s.from) > 0 || len(s.outputs) > 0 {
			return usagef("--permissions prints a policy and reads no account: leave --demo, --from and --output out")
		}
		_, err := a.world.Stdout.Write(read.Permissions(partitionOf(s.set.Scan.Region)))
		return err
	}
	plan, err := a.planScan(s)
	if err != nil {
		return err
	}
	sinks, err := a.openSinks(plan.outputs, s.all, plan.filter)
	if err != nil {
		return err
	}
	defer sinks.discard()
	summary, err := a.judgeAndReport(c.Context(), s, plan, sinks.handlers)
	if err != nil {
		return err
	}
	if err := sinks.commit(a); err != nil {
		return err
	}
	if !slices.ContainsFunc(plan.outputs, func(o output) bool { return o.file == "" }) {
		a.say(fmt.Sprintf("%d judgements: %d fail, %d unknown, %d pass, %d not applicable; %d gaps", summary.Verdicts.Total(),
			summary.Verdicts.Fail, summary.Verdicts.Unknown, summary.Verdicts.Pass, summary.Verdicts.NotApplicable, summary.Gaps))
	}
	switch {
	case plan.failOn > 0 && summary.AtLeast(plan.failOn) > 0:
		return silent(codeFindings)
	case s.set.Scan.FailOnGap && summary.Gaps+summary.Verdicts.Unknown > 0:
		return silent(codeIncomplete)
	}
	return nil
}

// judgeAndReport is the scan itself.
func (a *app) judgeAndReport(ctx context.Context, s *scan, plan *scanPlan, h report.Handler) (report.Summary, error) {
	step, done := a.progress()
	s.maxSession = readsMaxSession(plan.rules)
	opened, err := a.openInput(ctx, &s.input, s.set, step)
	if err != nil {
		done()
		return report.Summary{}, err
	}
	defer opened.close()
	judged, err := engine.Judge(ctx, opened.sources, engine.Options{
		Rules: plan.rules, AsPublished: s.set.Scan.AsPublished, Confirm: s.set.Scan.Confirm,
	})
	done()
	if s.stats {
		a.sayStats(opened.calls())
	}
	if err != nil {
		return report.Summary{}, inputError(err)
	}
	return engine.Report(a.describe(s, plan, judged), judged, h)
}

// describe is the run's header, with what the reader must know to read it rightly.
func (a *app) describe(s *scan, plan *scanPlan, judged []engine.Judged) report.Run {
	run := report.Run{Tool: number}
	for _, c := range plan.rules {
		run.Rules = append(run.Rules, c.Rule)
	}
	if s.set.Scan.AsPublished {
		run.Notes = append(run.Notes, "published texts ran in place of ours where there are any, reading unknown as null: they miss what they miss")
	}
	for i := range judged {
		snapshot := judged[i].Set.Snapshot()
		run.Accounts = append(run.Accounts, engine.Describe(snapshot))
		if n := judged[i].Unasked; n > 0 {
			note := fmt.Sprintf("account %s: %d of the users that fail were not asked about live (--confirm %d)", snapshot.Account, n, s.set.Scan.Confirm)
			if snapshot.Report != nil {
				note += ": for them the credential report of " + snapshot.Report.Generated.UTC().Format(time.RFC3339) + " decides"
			}
			a.say(note)
			run.Notes = append(run.Notes, note)
		}
	}
	return run
}

func (a *app) planScan(s *scan) (*scanPlan, error) {
	p := &scanPlan{shown: s.show != "", least: s.set.Scan.Severity, failOn: s.set.Scan.FailOn.Least}
	if s.demo && s.set.Origin("scan.fail-on").Layer != settings.Flag {
		p.failOn = 0 // the demo is there to be looked at
	}
	if len(s.outputs) == 0 {
		s.outputs = []string{formatText}
	}
	var err error
	if p.outputs, err = parseOutputs(s.outputs); err != nil {
		return nil, err
	}
	if s.show != "" {
		if p.show, err = report.ParseShow(s.show); err != nil {
			return nil, usage(err)
		}
	}
	p.rules, err = a.compiledRules(s.set)
	return p, err
}

// readsMaxSession reports whether a rule reads the roles' session lengths, which cost calls of their own.
func readsMaxSession(rules []*rule.Compiled) bool {
	for _, r := range rules {
		for _, program := range slices.Concat(r.Programs, r.Vendor) {
			if slices.Contains(program.Reads(), "IamRole.maxSessionDuration") {
				return true
			}
		}
	}
	return false
}

// filter puts what a format shows before its handler.
func (p *scanPlan) filter(format string, h report.Handler) report.Handler {
	show := p.show
	if !p.shown && format == formatText {
		show = []finding.Verdict{finding.Fail, finding.Unknown}
	}
	return &report.Filter{Show: show, Least: p.least, Next: h}
}

// sayStats says how often each call was made.
func (a *app) sayStats(calls map[string]conn.Count) {
	var reads, confirms conn.Count
	for _, name := range slices.Sorted(maps.Keys(calls)) {
		n := calls[name]
		sum := &reads
		if read.Confirms(name) {
			sum = &confirms
		}
		sum.Calls += n.Calls
		sum.Attempts += n.Attempts
		line := fmt.Sprintf("%5d  %s", n.Calls, name)
		if again := n.Attempts - n.Calls; again > 0 {
			line += fmt.Sprintf(" (%d retried)", again)
		}
		a.say(line)
	}
	a.say(fmt.Sprintf("%5d  API calls in %d attempts", reads.Calls, reads.Attempts))
	if confirms.Calls > 0 {
		a.say(fmt.Sprintf("%5d  live confirmations in %d attempts", confirms.Calls, confirms.Attempts))
	}
}

// partitionOf is the partition of a region.
func partitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
