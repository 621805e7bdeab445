package cli

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/report/text"
)

func (a *app) tellRoutes(found []*routes) error {
	p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
	for i, r := range found {
		if i > 0 {
			p.Line()
			p.Rule()
		}
		r.page(p)
	}
	return p.Flush()
}

// page writes what one account has of paths.
func (r *routes) page(p *text.Page) {
	p.Ends(text.Strong.Render("Paths to "+text.Safe(r.Goal)), text.Dim.Render("account "+r.Account))
	p.Prose(fmt.Sprintf("%4d ", len(r.Admins)), noun(len(r.Admins), "administrator")+listed(r.Admins), text.Plain)
	byStep := map[int][]string{}
	for _, one := range r.Reach {
		byStep[one.Steps] = append(byStep[one.Steps], one.Principal)
	}
	for _, steps := range slices.Sorted(maps.Keys(byStep)) {
		p.Prose(fmt.Sprintf("%4d ", len(byStep[steps])), "can become one in "+plural(steps, "step")+listed(byStep[steps]), text.Plain)
	}
	if len(r.Reach) == 0 {
		p.Line("   0 ", "others can become one")
	}
	for i, one := range r.Routes {
		p.Line()
		one.page(p, i+1)
	}
	if len(r.Routes) == 0 {
		p.Line()
		p.Line(noPath(r))
	}
	r.close(p)
}

// noPath says that none was found, and no more than that where somebody or a policy could not be read.
func noPath(r *routes) string {
	if r.Unlisted != "" || len(r.Unread) > 0 {
		return "No path was found."
	}
	return "There is no path."
}

// close writes the cut, and what is left out.
func (r *routes) close(p *text.Page) {
	if len(r.Cut) > 0 {
		p.Line()
		p.Line(text.Strong.Render("To close them"))
		title := "Without " + plural(len(r.Cut), "statement") + " none of these paths stands"
		if !r.Exact {
			title += "; perhaps fewer would do"
		}
		p.Prose("  ", title+":", text.Plain)
		for _, g := range r.Cut {
			p.Prose("  - ", text.Safe(g.Policy+":"+strconv.Itoa(g.Line)+":"+strconv.Itoa(g.Column)), text.Pointer)
			p.Prose("    ", text.Safe(text.Clip(g.Text, maxGrant)), text.Dim)
		}
	}
	if r.More {
		p.Line()
		p.Prose("", "There are more paths than are listed: see --limit and --source.", text.Dim)
	}
	if r.Unlisted != "" {
		p.Line()
		p.Prose("", "Paths may be missing: not every "+r.Unlisted+" of the account could be listed", text.Doubt)
	}
	if len(r.Unread) > 0 {
		p.Line()
		p.Prose("", "Paths may be missing of "+plural(len(r.Unread), "principal")+" with a policy that could not be read"+listed(r.Unread), text.Doubt)
	}
}

// maxGrant is how much of a statement is shown, in columns.
const maxGrant = 300

// page writes one way.
func (r *route) page(p *text.Page, number int) {
	p.Prose(text.Strong.Render(fmt.Sprintf("%d  ", number)), text.Safe(r.heading()), text.Strong)
	for i := range r.Steps {
		r.Steps[i].page(p)
	}
}

// heading names the places of a way, in order.
func (r *route) heading() string {
	names := []string{r.Steps[0].From.label()}
	for i := range r.Steps {
		s := &r.Steps[i]
		if s.To.Made != "" && s.To.Made != s.From.ARN {
			names = append(names, baseName(s.To.Made))
		}
		names = append(names, s.To.label())
	}
	return strings.Join(names, " → ")
}

func (s *step) page(p *text.Page) {
	const margin = "   "
	p.Prose(margin, text.Safe(s.From.name)+" "+text.Safe(s.Does)+"  "+text.Dim.Render(s.By), text.Plain)
	for i := range s.Requests {
		w := &s.Requests[i]
		p.Prose(margin+"  "+answerMark(w.Decision)+" ", text.Safe(w.words()), text.Plain)
		for j := range w.Deciding {
			w.Deciding[j].row(p, margin+"    ")
		}
	}
	if s.Assumes != "" {
		p.Prose(margin+"  "+text.Doubt.Render("assumes")+" ", text.Safe(s.Assumes), text.Plain)
	}
	if len(s.Also) > 0 {
		p.Prose(margin+"  "+text.Dim.Render("also by")+" ", strings.Join(s.Also, ", "), text.Dim)
	}
}

// words is a request: "iam:PassRole on arn:… with iam:PassedToService=lambda.amazonaws.com".
func (w *witnessing) words() string {
	s := w.Action + " on " + w.Resource
	var with []string
	for _, key := range slices.Sorted(maps.Keys(w.Context)) {
		with = append(with, key+"="+strings.Join(w.Context[key], ","))
	}
	for _, key := range w.Absent {
		with = append(with, "no "+key)
	}
	if len(with) > 0 {
		s += " with " + strings.Join(with, ", ")
	}
	return s
}

// maxListed is how many names a line lists.
const maxListed = 8

// listed is ": a, b and 3 more", or nothing.
func listed(arns []string) string {
	var names []string
	for i, arn := range arns {
		if i == maxListed {
			names = append(names, strconv.Itoa(len(arns)-i)+" more")
			break
		}
		names = append(names, text.Safe(baseName(arn)))
	}
	if len(names) == 0 {
		return ""
	}
	return ": " + strings.Join(names, ", ")
}

// baseName is the last part of an ARN.
func baseName(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// plural is "1 step" or "2 steps".
func plural(n int, one string) string { return strconv.Itoa(n) + " " + noun(n, one) }

// noun is one, or its plural, as n wants it.
func noun(n int, one string) string {
	if n == 1 {
		return one
	}
	return one + "s"
}
