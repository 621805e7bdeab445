package rule

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/source"
	"github.com/ambit-iam/ambit/internal/strictyaml"
)

// Case is an account whose verdict is known.
//
// Without a YAML beside it, every subject that the rule judges must get the verdict of the folder that the case
// lies in, and at least one must (na: not one subject may be judged). Otherwise subjects lists, for each verdict,
// exactly who gets it.
type Case struct {
	Name    string          // with its folder, such as fail/two-keys
	Verdict finding.Verdict // what the folder says
	Capture string          // ambit.account/1
	Expect
}

// Expect is what may stand in the YAML beside a capture.
type Expect struct {
	About     string              `yaml:"about"`     // what the case shows, for people
	Settings  map[string]any      `yaml:"settings"`  // of the rule, for this case
	Subjects  map[string][]string `yaml:"subjects"`  // verdict to subject names
	Evidence  []string            `yaml:"evidence"`  // each must stand in the evidence or the sentence of a failing subject
	Published map[string][]string `yaml:"published"` // as Subjects, with the published text in place of ours
}

// folders are where cases lie, and what they say.
var folders = map[string]finding.Verdict{
	"fail": finding.Fail, "pass": finding.Pass, "unknown": finding.Unknown, "na": finding.NotApplicable,
}

// judged are the verdicts that a case can list.
var judged = []string{string(finding.Fail), string(finding.Pass), string(finding.Unknown)}

// takeCases takes the proof cases out of the sections, and removes what it took.
func (r *Rule) takeCases(all map[string]section, faults *faults) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		verdict, ok := folders[path.Dir(name)]
		stem, isCapture := strings.CutSuffix(name, ".json")
		if !ok || !isCapture {
			continue
		}
		c := Case{Name: stem, Verdict: verdict, Capture: all[name].text}
		if beside, ok := all[stem+".yaml"]; ok {
			doc, list := strictyaml.Decode(beside.text, beside.at, &c.Expect)
			faults.take(list)
			c.check(r, verdict, doc, faults)
			delete(all, stem+".yaml")
		}
		delete(all, name)
		r.Cases = append(r.Cases, c)
	}
}

func (e *Expect) check(r *Rule, verdict finding.Verdict, doc *strictyaml.Document, faults *faults) {
	refuse := func(key string, lists map[string][]string) {
		for _, v := range slices.Sorted(maps.Keys(lists)) {
			if !slices.Contains(judged, v) {
				faults.add(doc.Key(key, v), fmt.Sprintf("verdict %q cannot be listed", v), source.DidYouMean(v, judged))
			}
		}
	}
	refuse("subjects", e.Subjects)
	refuse("published", e.Published)
	if doc.Has("subjects") && verdict != finding.NotApplicable && len(e.Subjects[string(verdict)]) == 0 {
		faults.add(doc.Key("subjects"), "a case in this folder must list a subject that gets "+string(verdict), "")
	}
	if _, err := r.values(e.Settings); err != nil {
		name := ""
		if se, ok := errors.AsType[*SettingError](err); ok {
			name = se.Name
		}
		faults.add(doc.Key("settings", name), err.Error(), "")
	}
}

// Check holds what a run of our text said about the case's account against the case. The findings are those of
// this rule alone.
func (c *Case) Check(got []finding.Finding) error {
	if err := c.checkSubjects(got); err != nil {
		return fmt.Errorf("case %s: %w", c.Name, err)
	}
	var told []string
	for _, f := range got {
		if f.Verdict != finding.Fail {
			continue
		}
		told = append(told, f.Told().Why)
		for _, e := range f.Told().Evidence {
			told = append(told, e.Text, e.Document, e.Pointer)
		}
	}
	for _, want := range c.Evidence {
		if !slices.ContainsFunc(told, func(text string) bool { return strings.Contains(text, want) }) {
			return fmt.Errorf("case %s: no failing finding tells %q, but %q", c.Name, want, told)
		}
	}
	return nil
}

func (c *Case) checkSubjects(got []finding.Finding) error {
	if c.Subjects != nil {
		return compare(c.Subjects, got)
	}
	right := 0
	for _, f := range got {
		switch f.Verdict {
		case c.Verdict:
			right++
		case finding.NotApplicable:
		default:
			return fmt.Errorf("%s %s: got %s, want %s", f.Subject.Type, f.Subject.Name, f.Verdict, c.Verdict)
		}
	}
	if right == 0 {
		return fmt.Errorf("no subject got %s (%d were not applicable)", c.Verdict, len(got))
	}
	return nil
}

// CheckPublished does the same for a run as published. Ok is false where the case says nothing of it.
func (c *Case) CheckPublished(got []finding.Finding) (ok bool, err error) {
	if c.Published == nil {
		return false, nil
	}
	if err := compare(c.Published, got); err != nil {
		return true, fmt.Errorf("case %s, as published: %w", c.Name, err)
	}
	return true, nil
}

// compare wants every listed subject, and no other, under its verdict. A subject without a listed verdict must
// be not applicable.
func compare(want map[string][]string, got []finding.Finding) error {
	for _, verdict := range judged {
		var names []string
		for _, f := range got {
			if string(f.Verdict) == verdict {
				names = append(names, f.Subject.Name)
			}
		}
		slices.Sort(names)
		if listed := slices.Sorted(slices.Values(want[verdict])); !slices.Equal(names, listed) {
			return fmt.Errorf("%s: got %q, want %q", verdict, names, listed)
		}
	}
	return nil
}
