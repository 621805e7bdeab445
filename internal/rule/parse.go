package rule

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/source"
	"github.com/ambit-iam/ambit/internal/strictyaml"
)

const (
	headerSection  = "rule.yaml"
	gslSection     = "rule.gsl"
	vendorFolder   = "vendor"
	fileSuffix     = ".txtar"
	maxExpressions = 20
)

// requiredTexts are the sections that every rule has beside its header and cases.
func (r *Rule) requiredTexts() map[string]*string {
	return map[string]*string{
		gslSection: &r.GSL, "why.md": &r.Why,
		"fix/console.md": &r.Fix.Console, "fix/cli.md": &r.Fix.CLI, "fix/terraform.md": &r.Fix.Terraform,
	}
}

// Parse reads one rule and compiles it against the schema. The rule is usable only where no fault is an error.
func Parse(file source.File, schema *gsl.Schema) (*Rule, []Fault) {
	found := &faults{file: file}
	r := &Rule{File: file}
	all := sections(file, found)
	if all == nil {
		return r, found.all
	}
	r.takeHeader(all, found)
	texts := r.requiredTexts()
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		text := texts[name]
		s, ok := all[name]
		if *text = strings.TrimSpace(s.text); *text == "" {
			found.add(file.Span(0, 0), "the rule lacks its section "+name, "")
		}
		if ok && name == gslSection {
			r.expressions = s.expressions()
		}
		delete(all, name)
	}
	r.takeVendor(all, found)
	r.takeCases(all, found)
	r.wantCases(found)
	r.refuseRest(all, found)
	if want := r.ID + fileSuffix; path.Base(file.Name) != want && r.ID != "" {
		found.add(r.header.doc.Value("id"), fmt.Sprintf("the rule's file must be named %s", want), "")
	}
	if len(r.expressions) > maxExpressions {
		found.add(file.Span(0, 0), fmt.Sprintf("more than %d expressions", maxExpressions), "")
		return r, found.all
	}
	r.check(schema, found)
	return r, found.all
}

func (r *Rule) takeHeader(all map[string]section, found *faults) {
	s, ok := all[headerSection]
	delete(all, headerSection)
	if !ok {
		found.add(r.File.Span(0, 0), "the rule lacks its section "+headerSection, "")
	}
	h := &header{}
	var list []source.Diagnostic
	h.doc, list = strictyaml.Decode(s.text, s.at, h)
	r.header = h
	found.take(list)
	if source.HasErrors(list) {
		h.fill(r, &faults{}) // what is missing may only be misspelt: the first list says it better
	} else if ok {
		h.fill(r, found)
	}
}

func (r *Rule) takeVendor(all map[string]section, found *faults) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		id, isText := strings.CutSuffix(path.Base(name), ".gsl")
		if path.Dir(name) != vendorFolder || !isText {
			continue
		}
		s := all[name]
		delete(all, name)
		if !r.hasAlias(id) {
			found.add(s.name, fmt.Sprintf("%q is no alias of the rule", id), "add it to the header's aliases")
		}
		texts := s.expressions()
		if len(texts) != 1 {
			found.add(s.name, fmt.Sprintf("a published rule is one expression, not %d", len(texts)), "")
			continue
		}
		r.Vendor = append(r.Vendor, Published{ID: id, Text: strings.TrimSpace(s.text), expression: texts[0]})
	}
}

func (r *Rule) hasAlias(id string) bool {
	for _, ids := range r.Aliases {
		if slices.Contains(ids, id) {
			return true
		}
	}
	return false
}

func (r *Rule) wantCases(found *faults) {
	for _, folder := range []string{"fail", "pass"} {
		if !slices.ContainsFunc(r.Cases, func(c Case) bool { return c.Verdict == folders[folder] }) {
			found.add(r.File.Span(0, 0), fmt.Sprintf("the rule has no %sing case", folder), fmt.Sprintf(`add a section "-- %s/NAME.json --" with a capture`, folder))
		}
	}
}

// refuseRest tells of every section that nobody took.
func (r *Rule) refuseRest(all map[string]section, found *faults) {
	known := []string{headerSection, "fail/case.json", "pass/case.json", "unknown/case.json", "na/case.json"}
	known = append(known, slices.Sorted(maps.Keys(r.requiredTexts()))...)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		hint := source.DidYouMean(name, known)
		if _, isCase := folders[path.Dir(name)]; isCase && strings.HasSuffix(name, ".yaml") {
			hint = "a YAML stands beside a capture of the same name"
		}
		found.add(all[name].name, "unknown section "+name, hint)
	}
}
