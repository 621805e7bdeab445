package cli

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/report/text"
	"github.com/ambit-iam/ambit/internal/source"
)

// The answers to a question.
const (
	answerAllowed = "allowed"
	answerDenied  = "denied"
	answerDepends = "depends"
)

// answerWord is a decision as an answer.
func answerWord(d authz.Decision) string {
	switch d {
	case authz.Allowed:
		return answerAllowed
	case authz.Depends:
		return answerDepends
	case authz.ImplicitlyDenied, authz.ExplicitlyDenied:
	}
	return answerDenied
}

// unreadWords is what an answer depends on behind a policy that nobody could read.
const unreadWords = "what it says, which could not be read"

// reason is a statement that took part in an answer.
type reason struct {
	Effect  string   `json:"effect"` // Allow or Deny; empty: the policy could not be read
	Layer   string   `json:"layer"`
	Policy  string   `json:"policy"`
	Pointer string   `json:"pointer,omitempty"` // RFC 6901, of the element that fits the action
	Line    int      `json:"line,omitzero"`
	Column  int      `json:"column,omitzero"`
	Text    string   `json:"text,omitempty"` // the statement, on one line
	Holds   bool     `json:"holds"`          // false: it may hold, or not
	If      []string `json:"if,omitempty"`   // what must be so for it to hold, in words

	document *policy.Document
	span     source.Span
}

// maxStatement bounds how much of a statement is quoted, in characters.
const maxStatement = 1000

func reasonOf(m *authz.Match, action string) reason {
	r := reason{
		Effect: string(m.Effect), Layer: m.Layer.String(), Policy: m.Policy.Name, Holds: m.Holds == authz.True,
	}
	if m.Statement == nil {
		r.Effect = "" // nobody knows
		r.If = []string{unreadWords}
		return r
	}
	for _, c := range m.Unknown {
		r.If = append(r.If, conditionWords(c))
	}
	if m.Session {
		r.If = append(r.If, "the session of the role is one that the statement means")
	}
	if !r.Holds && len(r.If) == 0 {
		r.If = []string{"a policy variable in its Resource has a value that fits"}
	}
	r.document = m.Policy.Document
	r.at(m.Statement, authz.ActionElement(m.Statement, action))
	return r
}

// at points at an element of a statement, or at all of it where the element is nil.
func (r *reason) at(s *policy.Statement, element *policy.Node) {
	node := cmp.Or(element, s.Node)
	r.span = r.document.Span(node)
	r.Pointer = r.document.Pointer(node)
	r.Line, r.Column = r.span.Start.Line, r.span.Start.Column
	r.Text = r.document.Snippet(s.Node, maxStatement)
}

// reasonsOf are the reasons of matches, without repeats: a policy may reach a user by two groups.
func reasonsOf(matches []authz.Match, action string) []reason {
	out := []reason{}
	for i := range matches {
		r := reasonOf(&matches[i], action)
		if !slices.ContainsFunc(out, func(o reason) bool {
			return o.Policy == r.Policy && o.Layer == r.Layer && (o.document == nil || o.Pointer == r.Pointer && o.Effect == r.Effect)
		}) {
			out = append(out, r)
		}
	}
	return out
}

// place is "policy:line:column", or the policy where it could not be read.
func (r *reason) place() string {
	if r.Line == 0 {
		return r.Policy
	}
	return r.Policy + ":" + strconv.Itoa(r.Line) + ":" + strconv.Itoa(r.Column)
}

// lines writes the reason: effect, layer and place, the text with a caret, what it depends on.
func (r *reason) lines(p *text.Page, margin string) {
	if r.document == nil {
		p.Prose(margin+text.Mark(finding.Unknown)+" ", r.layered()+text.Pointer.Render(text.Safe(r.place()))+": "+unreadWords, text.Plain)
		return
	}
	effect := text.Good
	if r.Effect == string(policy.Deny) {
		effect = text.Bad
	}
	p.Prose(margin+effect.Render(r.Effect)+" in ", r.layered()+text.Pointer.Render(text.Safe(r.place())), text.Plain)
	for _, line := range r.snippet(p.Width - len(margin) - 4) {
		p.Line(margin, "  ", text.Dim.Render(line))
	}
	r.ifs(p, margin+"  ")
}

// row writes the reason without its text: effect and place, what it depends on.
func (r *reason) row(p *text.Page, margin string) {
	if r.document == nil {
		r.lines(p, margin)
		return
	}
	p.Prose(margin+r.Effect+" ", text.Safe(r.place()), text.Pointer)
	r.ifs(p, margin+"  ")
}

func (r *reason) ifs(p *text.Page, margin string) {
	for _, words := range r.If {
		p.Prose(margin+text.Doubt.Render("if")+" ", text.Safe(words), text.Plain)
	}
}

// layered is the layer as it stands before a policy's name, nothing where the name says it.
func (r *reason) layered() string {
	for _, prefix := range []string{"inline policy ", "trust policy ", "policy of "} {
		if strings.HasPrefix(r.Policy, prefix) {
			return ""
		}
	}
	return r.Layer + " "
}

// snippet is the line of the document, or a part of it, and a caret below.
func (r *reason) snippet(width int) []string {
	start, end := r.span.Start, r.span.End
	begin := strings.LastIndexByte(r.document.Text[:start.Offset], '\n') + 1
	rest := r.document.Text[begin:]
	if n := strings.IndexByte(rest, '\n'); n >= 0 {
		rest = rest[:n]
	}
	line := []rune(source.Safe(rest))
	first := min(start.Column-1, len(line))
	length := 1
	if end.Line == start.Line {
		length = max(1, end.Column-start.Column)
	}
	from, cut := 0, ""
	for from < first && line[from] == ' ' {
		from++
	}
	if len(line)-from > width && first-from > width/3 {
		from, cut = max(from, min(first-width/3, len(line)-width)), "…"
	}
	shown := text.Clip(cut+string(line[from:]), width)
	before := first - from + len([]rune(cut))
	return []string{shown, strings.Repeat(" ", before) + strings.Repeat("^", max(1, min(length, width-before)))}
}

// changes says for a denial what would have to change.
func changes(w *access.World, p *access.Principal, q *access.Question, e *authz.Explanation) []string {
	stack, request := w.Request(p, q)
	var out []string
	if e.Decision == authz.ExplicitlyDenied {
		deciding := e.Deciding()
		for i := range deciding {
			r := reasonOf(&deciding[i], q.Action)
			out = append(out, "remove or narrow the Deny in "+r.Layer+" "+r.place())
			if r.document != nil {
				stack = stack.Without(&deciding[i])
			}
		}
		rest := stack.Explain(request)
		if rest.Decision != authz.ImplicitlyDenied {
			return out
		}
		e = &rest
	}
	for _, layer := range e.Missing {
		if layer != authz.ServiceControl {
			out = append(out, missingWords(p, q, layer))
			continue
		}
		for _, level := range e.Levels {
			out = append(out, "let a "+layer.String()+" of "+w.Level(level)+" allow "+q.Action+" on "+q.Resource)
		}
	}
	if len(e.Missing) == 0 {
		out = append(out, "nothing that the account holds could allow it")
	}
	for _, group := range [][]*authz.Policy{stack.Identity, stack.Boundary} {
		out = append(out, nearMisses(group, q)...)
	}
	return slices.Compact(out)
}

func missingWords(p *access.Principal, q *access.Question, l authz.Layer) string {
	what := q.Action + " on " + q.Resource
	switch l {
	case authz.Identity:
		return "give " + p.Name + " an identity policy, of its own or by a group, that allows " + what
	case authz.Boundary:
		boundary := ""
		if len(p.Stack.Boundary) > 0 {
			boundary = " " + p.Stack.Boundary[0].Name
		}
		return "let the permissions boundary" + boundary + " allow " + what
	case authz.Resource:
		if strings.HasPrefix(q.Action, "sts:") {
			return "let the trust policy of " + q.Resource + " name " + p.ARN + " or its account for " + q.Action
		}
		return "let the policy of " + q.Resource + " name " + p.ARN + " or its account for " + q.Action
	case authz.Session, authz.ServiceControl, authz.ResourceControl:
	}
	return "let the " + l.String() + " allow " + what
}

// layerNames are the layers without an Allow in words; of control policies the levels without one.
func layerNames(missing []authz.Layer, levels []int, level func(int) string) []string {
	var out []string
	for _, l := range missing {
		if l != authz.ServiceControl {
			out = append(out, l.String())
			continue
		}
		for _, i := range levels {
			out = append(out, "service control policies of "+level(i))
		}
	}
	return out
}

// maxMisses bounds how many statements that nearly allow are told.
const maxMisses = 5

// nearMisses are the Allows of an action that do not hold, and what keeps them from it.
func nearMisses(policies []*authz.Policy, q *access.Question) []string {
	var out []string
	for _, held := range policies {
		if held.Document == nil {
			continue
		}
		for i := range held.Document.Statements {
			s := &held.Document.Statements[i]
			fits := slices.ContainsFunc(s.Action, func(v policy.Value) bool { return arn.MatchFold(v.Text, q.Action) })
			if s.Effect != policy.Allow || fits == s.NotAction || len(out) == maxMisses {
				continue
			}
			r := reason{Policy: held.Name, document: held.Document}
			r.at(s, authz.ActionElement(s, q.Action))
			if why := missWords(s, q.Resource); why != "" {
				out = append(out, r.place()+" allows the action, but "+why)
			}
		}
	}
	return out
}

// missWords says why a statement on the action does not hold, or nothing where it does.
func missWords(s *policy.Statement, resource string) string {
	var named []string
	fits := false
	for _, v := range s.Resource {
		named = append(named, v.Text)
		fits = fits || arn.Match(v.Text, resource)
	}
	const glance = 3
	if more := len(named) - glance; more > 0 {
		named = append(named[:glance], strconv.Itoa(more)+" more")
	}
	switch {
	case fits && s.NotRes:
		return "on everything but " + strings.Join(named, ", ")
	case !fits && !s.NotRes && len(s.Resource) > 0:
		return "on " + strings.Join(named, ", ") + " only"
	case len(s.Conditions) > 0:
		var words []string
		for i := range s.Conditions {
			words = append(words, conditionWords(&s.Conditions[i]))
		}
		return "only if " + strings.Join(words, " and ")
	}
	return ""
}
