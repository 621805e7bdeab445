package facts

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// The bounds of the resources that an action is tried on.
const (
	maxResources = 64
	maxPattern   = 512 // symbols of a pattern
)

// fillers stand for names that no policy has in mind; two, lest a Deny hits one by chance.
var fillers = [...]string{"any", "q7-ambit"}

// strangeKey is what the ids of KMS keys look like.
const strangeKey = "00a7b1c2-d3e4-4000-8000-00f5a6b7c8d9"

// target is the resources that an action can name.
type target struct {
	forms     []string            // filled in, one for each filler; "*" where it may name none
	strange   []string            // see unnamed
	templates []pattern           // with the account's own partition and number
	wide      []pattern           // of whatever partition and account
	fits      map[string][]string // of a Resource value without variables
	regional  []string            // templates with a region
	abroad    bool                // it is meant for what other accounts hold, too
	there     map[string][]string // unnamed forms by region
}

// target finds an action's resources; actions with the same ones share it. Source: Service Authorization Reference, resource
// types. An action that AWS does not list may name any resource of its service.
func (r *Run) target(name string) *target {
	t, ok := r.targets[name]
	if ok {
		return t
	}
	templates, optional := templatesOf(name)
	abroad := strings.EqualFold(name, "sts:AssumeRole")
	key := targetKey{strings.Join(templates, " "), optional, abroad}
	t = r.alike[key]
	if t == nil {
		t = &target{fits: map[string][]string{}, abroad: abroad}
		for _, template := range templates {
			t.add(r, template)
		}
		if optional {
			t.forms = append(t.forms, "*")
		}
		r.alike[key] = t
	}
	r.targets[name] = t
	return t
}

// targetKey is what makes a target.
type targetKey struct {
	templates        string
	optional, abroad bool
}

// templatesOf are the templates of the resources that an action can name; optional: it may name none.
func templatesOf(name string) (templates []string, optional bool) {
	listed, known := iamref.ActionOf(name)
	if !known {
		service, _, _ := strings.Cut(name, ":")
		return []string{"arn:${Partition}:" + strings.ToLower(service) + ":${Region}:${Account}:${Resource}"}, true
	}
	optional = true
	for _, kind := range listed.Resources {
		optional = optional && !kind.Required
		templates = append(templates, kind.ARNs...)
	}
	return templates, optional
}

func (t *target) add(r *Run, template string) {
	for _, filler := range fillers {
		t.forms = append(t.forms, r.instance(template, "us-east-1", filler))
	}
	if strings.Contains(template, "${Region}") {
		t.regional = append(t.regional, template)
	}
	t.templates = append(t.templates, inParts(symbols(r.instance(template, "*", "*"), nil)))
	t.wide = append(t.wide, inParts(symbols(fillTemplate(template, func(string) string { return "*" }), nil)))
}

// unnamed are the forms with a name that no policy has in mind. Do not change them.
func (t *target) unnamed() []string {
	if len(t.forms) == 1 {
		return t.forms
	}
	if t.strange == nil {
		for i := 1; i < len(t.forms); i += len(fillers) {
			t.strange = append(t.strange, t.forms[i])
		}
	}
	return t.strange
}

// unnamedIn are the forms in one region with a name that no policy has in mind.
func (t *target) unnamedIn(r *Run, region string) []string {
	out, known := t.there[region]
	if !known {
		for _, template := range t.regional {
			out = append(out, r.instance(template, region, fillers[1]))
		}
		if t.there == nil {
			t.there = map[string][]string{}
		}
		t.there[region] = out
	}
	return out
}

// instance fills a template's variables in: with the account's own partition and number.
func (r *Run) instance(template, region, other string) string {
	return fillTemplate(template, func(variable string) string {
		switch variable {
		case "Partition":
			return r.Partition()
		case "Account":
			return string(r.set.snap.Account)
		case "Region":
			return region
		case "KeyId":
			if other == fillers[1] {
				return strangeKey
			}
		}
		return other
	})
}

// Partition is the account's, such as aws.
func (r *Run) Partition() string {
	if r.set.snap.Partition == "" {
		return "aws"
	}
	return r.set.snap.Partition
}

func fillTemplate(template string, value func(variable string) string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(template, "${")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		var name string
		name, template, _ = strings.Cut(rest, "}")
		b.WriteString(value(name))
	}
}

// fill makes resources of patterns: what has a wildcard stands for all that it fits, so that names which no
// policy has in mind take its place. The bare star is any resource that the action can name, in one of the regions that
// the party's documents name at least.
func (r *Run) fill(patterns []string, name string, p *party) []string {
	var out []string
	for _, text := range patterns {
		if everything(text) {
			t := r.target(name)
			if out == nil {
				out = slices.Clip(t.unnamed())
			} else {
				out = append(out, t.unnamed()...)
			}
			for _, d := range p.documents {
				for _, region := range d.regions {
					out = append(out, t.unnamedIn(r, region)...)
				}
			}
			continue
		}
		a, err := arn.Parse(text)
		if err != nil || !strings.ContainsAny(text, "*?") {
			out = append(out, text)
			continue
		}
		if a.Partition == "*" {
			a.Partition = r.Partition()
		}
		if a.Region == "*" {
			a.Region = "us-east-1"
		}
		if a.Account == "*" {
			a.Account = string(r.set.snap.Account)
		}
		a.Resource = strings.ReplaceAll(strings.ReplaceAll(a.Resource, "*", fillers[1]), "?", "q")
		out = append(out, a.String())
	}
	return out
}

// resources are what an action is tried on for a party: the forms that AWS lists for it, then what the party's
// Allows of the action name and its Denies leave out. It returns false where on has had enough.
func (r *Run) resources(p *party, name string, on func(string) bool) bool {
	t := r.target(name)
	for _, form := range t.forms {
		if !on(form) {
			return false
		}
	}
	asked := action{text: name}
	proposed := r.room[:0]
	r.room = nil // in use
	for _, d := range p.documents {
		for i := range d.parsed.Statements {
			st := &d.parsed.Statements[i]
			if (st.Effect == policy.Allow) == st.NotRes || !names(st, &asked) {
				continue
			}
			for _, v := range st.Resource {
				if !everything(v.Text) && len(proposed) < maxResources {
					proposed = r.propose(t, proposed, d, p, v.Text)
				}
			}
		}
	}
	more := !slices.ContainsFunc(proposed, func(resource string) bool { return !on(resource) })
	r.room = proposed
	return more
}

// propose adds resources of the action that a Resource value fits: the caller's own, where it has a variable for
// the name, and any other.
func (r *Run) propose(t *target, to []string, d *document, p *party, value string) []string {
	if d.parsed.Version != "2012-10-17" || !strings.Contains(value, "${") {
		fits, known := t.fits[value]
		if !known {
			fits = t.fitting(nil, r.pattern(value))
			t.fits[value] = fits
		}
		for _, text := range fits {
			if !slices.Contains(to, text) {
				to = append(to, text)
			}
		}
		return to
	}
	name := p.named[0].name
	to = t.fitting(to, symbols(value, func(key string) string {
		if name != "" && strings.EqualFold(key, "aws:username") {
			return name
		}
		return "*"
	}))
	return t.fitting(to, symbols(value, func(string) string { return "*" }))
}

// pattern reads a pattern without variables, once.
func (r *Run) pattern(text string) pattern {
	p, known := r.patterns[text]
	if !known {
		p = inParts(symbols(text, nil))
		r.patterns[text] = p
	}
	return p
}

// fitting adds resources of the action that fit a pattern.
func (t *target) fitting(to []string, wanted pattern) []string {
	if len(wanted) > maxPattern {
		return to
	}
	wanted = inParts(wanted)
	for i, template := range t.templates {
		if !sameService(wanted, t.wide[i]) {
			continue
		}
		for k, filler := range fillers {
			between := fillers[0]
			if k > 0 { // a run may be empty, too
				between = ""
			}
			text, ok := shared(wanted, template, filler, between)
			if !ok {
				text, ok = shared(wanted, t.wide[i], filler, between)
			}
			if ok && !slices.Contains(to, text) {
				to = append(to, text)
			}
			if text, ok = "", ok && t.abroad; ok {
				text, ok = shared(wanted, t.wide[i], filler, between)
			}
			if ok && !slices.Contains(to, text) {
				to = append(to, text)
			}
		}
	}
	return to
}

// pattern is a text with wildcards, symbol by symbol.
type pattern []symbol

// symbol is a byte, or with a kind of its own any byte, or any run of bytes.
type symbol struct {
	kind symbolKind
	byte byte
}

type symbolKind uint8

const (
	exactly symbolKind = iota
	anyOne
	anyRun
	anyPart // of an ARN: a run without a colon
)

// symbols reads a pattern. Variable gives a policy variable's text, or "*"; nil: the text has no variables.
func symbols(text string, variable func(key string) string) pattern {
	out := make(pattern, 0, len(text))
	for i := 0; i < len(text); i++ {
		if end := strings.IndexByte(text[i:], '}'); variable != nil && end > 0 && strings.HasPrefix(text[i:], "${") {
			key, fallback, defaulted := strings.Cut(text[i+len("${"):i+end], ",")
			value := variable(strings.TrimSpace(key))
			switch {
			case key == "*" || key == "?" || key == "$":
				out = append(out, symbol{byte: key[0]})
			case value == "*" && defaulted:
				out = append(out, symbols(strings.Trim(strings.TrimSpace(fallback), "'"), nil)...)
			case value == "*":
				out = append(out, symbol{kind: anyRun})
			default:
				for k := range len(value) {
					out = append(out, symbol{byte: value[k]})
				}
			}
			i += end
			continue
		}
		switch text[i] {
		case '*':
			out = append(out, symbol{kind: anyRun})
		case '?':
			out = append(out, symbol{kind: anyOne})
		default:
			out = append(out, symbol{byte: text[i]})
		}
	}
	return out
}

// inParts keeps the stars of an ARN's first five parts within their parts. AWS lets a star at the end of a part
// reach further; the forms of an action show what such patterns fit.
func inParts(p pattern) pattern {
	colons := 0
	for i := range p {
		switch {
		case p[i].kind == anyRun && colons < 5:
			p[i].kind = anyPart
		case p[i] == symbol{byte: ':'}:
			colons++
		}
	}
	return p
}

// run reports whether the symbol stands for any number of bytes; takes, whether s may be among them.
func (y symbol) run() bool { return y.kind == anyRun || y.kind == anyPart }

func (y symbol) takes(s symbol) bool {
	return y.kind == anyRun || y.kind == anyPart && s != symbol{byte: ':'}
}

// shared is a text that fits both patterns; filler stands where both leave it open, and between where a run meets one
// that goes on. Time is the product of their lengths.
func shared(a, b pattern, filler, between string) (string, bool) {
	width := len(b) + 1
	fits := make([]bool, (len(a)+1)*width) // fits[i*width+j]: a[i:] and b[j:] have a text in common
	for i := len(a); i >= 0; i-- {
		for j := len(b); j >= 0; j-- {
			fits[i*width+j] = meeting(a, b, i, j, fits)
		}
	}
	if !fits[0] {
		return "", false
	}
	var out strings.Builder
	for i, j := 0, 0; i < len(a) || j < len(b); {
		runA, runB := i < len(a) && a[i].run(), j < len(b) && b[j].run()
		switch {
		case runA && runB && fits[(i+1)*width+j+1]:
			out.WriteString(filler)
			i, j = i+1, j+1
		case runA && fits[(i+1)*width+j]:
			if runB {
				out.WriteString(between)
			}
			i++
		case runB && fits[i*width+j+1]:
			if runA {
				out.WriteString(between)
			}
			j++
		case runA:
			out.WriteByte(b[j].example())
			j++
		case runB:
			out.WriteByte(a[i].example())
			i++
		default:
			s := a[i]
			if s.kind != exactly {
				s = b[j]
			}
			out.WriteByte(s.example())
			i, j = i+1, j+1
		}
	}
	return out.String(), true
}

// sameService reports whether two patterns may be ARNs of one service: a quick look before a long one.
func sameService(a, b pattern) bool {
	x, y := a.service(), b.service()
	if x == nil || y == nil {
		return true
	}
	return slices.Equal(x, y)
}

// service is the service of an ARN, nil where a wildcard leaves it open.
func (p pattern) service() pattern {
	from, colons := 0, 0
	for i, s := range p {
		switch {
		case s.kind != exactly && (colons > 1 || i+1 == len(p) || p[i+1] != symbol{byte: ':'}):
			return nil
		case s != symbol{byte: ':'}:
			continue
		}
		if colons++; colons == 2 {
			from = i + 1
		} else if colons == 3 {
			return p[from:i]
		}
	}
	return nil
}

func meeting(a, b pattern, i, j int, fits []bool) bool {
	width := len(b) + 1
	switch {
	case i == len(a) && j == len(b):
		return true
	case i < len(a) && a[i].run():
		return fits[(i+1)*width+j] || j < len(b) && fits[i*width+j+1] && (a[i].takes(b[j]) || b[j].run())
	case j < len(b) && b[j].run():
		return fits[i*width+j+1] || i < len(a) && fits[(i+1)*width+j] && b[j].takes(a[i])
	case i == len(a) || j == len(b):
		return false
	}
	same := a[i].kind == anyOne || b[j].kind == anyOne || a[i].byte == b[j].byte
	return same && fits[(i+1)*width+j+1]
}

func (y symbol) example() byte {
	if y.kind == exactly {
		return y.byte
	}
	return 'q'
}
