package cli

import (
	_ "embed" // for the page's style
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/report/text"
)

//go:embed paths.css
var pathsCSS string

// markup builds HTML and SVG. Everything that is not written as markup goes through text, which escapes it.
type markup struct{ strings.Builder }

// open writes a start tag with attributes: name, value, name, value …
func (m *markup) open(tag string, attributes ...string) {
	m.WriteString("<" + tag)
	for i := 0; i+1 < len(attributes); i += 2 {
		m.WriteString(" " + attributes[i] + `="` + escape(attributes[i+1]) + `"`)
	}
	m.WriteString(">")
}

func (m *markup) shut(tag string) { m.WriteString("</" + tag + ">") }

func (m *markup) text(s string) { m.WriteString(escape(s)) }

// element is a tag around a text.
func (m *markup) element(tag, s string, attributes ...string) {
	m.open(tag, attributes...)
	m.text(s)
	m.shut(tag)
}

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// escape makes any text fit for HTML and SVG, in content and in quoted attributes: what cannot be seen, or turns
// the direction of writing, becomes visible first.
func escape(s string) string { return escapes.Replace(text.Safe(s)) }

// htmlOf is a page on the ways of all accounts. It asks for nothing outside itself and runs no script.
func htmlOf(found []*routes) string {
	m := &markup{}
	m.WriteString("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n" +
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Ambit: paths</title>\n<style>\n" +
		pathsCSS + "</style></head><body>\n")
	for _, r := range found {
		r.section(m)
	}
	m.WriteString("</body></html>\n")
	return m.String()
}

// section is one account.
func (r *routes) section(m *markup) {
	m.open("section")
	m.open("header")
	m.element("h1", "Paths to "+r.Goal)
	m.element("p", "account "+r.Account, "class", "account")
	m.shut("header")
	m.open("dl")
	for _, fact := range []struct {
		n     int
		about string
		names []string
	}{
		{len(r.Admins), "administrators", r.Admins},
		{len(r.Reach), "can become one", r.reachers()},
		{len(r.Cut), "statements to remove", nil},
	} {
		m.open("div")
		m.element("dt", strconv.Itoa(fact.n))
		m.element("dd", fact.about)
		if len(fact.names) > 0 {
			m.element("dd", strings.TrimPrefix(listed(fact.names), ": "), "class", "names")
		}
		m.shut("div")
	}
	m.shut("dl")
	if len(r.Routes) == 0 {
		m.element("p", noPath(r), "class", "none")
	} else {
		m.open("figure")
		draw(r.Routes).svg(m)
		m.shut("figure")
		legend(m)
	}
	r.details(m)
	m.shut("section")
}

func (r *routes) reachers() []string {
	var names []string
	for _, one := range r.Reach {
		names = append(names, one.Principal)
	}
	return names
}

func legend(m *markup) {
	m.open("ul", "class", "legend")
	for _, row := range [][2]string{
		{"source", "begins here"}, {"via", "passed on the way"}, {"admin", "may do everything"}, {"if", "depends on what is not known"},
	} {
		m.open("li")
		m.element("i", "", "class", "key "+row[0])
		m.text(row[1])
		m.shut("li")
	}
	m.shut("ul")
}

// details tells each way in words, then the cut.
func (r *routes) details(m *markup) {
	for i, one := range r.Routes {
		m.open("article")
		m.element("h2", strconv.Itoa(i+1)+"  "+one.heading())
		m.open("ol")
		for j := range one.Steps {
			one.Steps[j].item(m)
		}
		m.shut("ol")
		m.shut("article")
	}
	if len(r.Cut) > 0 {
		m.open("article", "class", "cut")
		m.element("h2", "To close them")
		title := "Without " + plural(len(r.Cut), "statement") + " none of these paths stands"
		if !r.Exact {
			title += "; perhaps fewer would do"
		}
		m.element("p", title+":")
		for _, g := range r.Cut {
			m.element("p", g.Policy+":"+strconv.Itoa(g.Line)+":"+strconv.Itoa(g.Column), "class", "at")
			m.element("pre", g.Text)
		}
		m.shut("article")
	}
	if r.More {
		m.element("p", "There are more paths than are listed.", "class", "note")
	}
	if r.Unlisted != "" {
		m.element("p", "Paths may be missing: not every "+r.Unlisted+" of the account could be listed", "class", "note")
	}
	if len(r.Unread) > 0 {
		m.element("p", "Paths may be missing of "+plural(len(r.Unread), "principal")+" with a policy that could not be read"+listed(r.Unread), "class", "note")
	}
}

// item is one step in words.
func (s *step) item(m *markup) {
	m.open("li")
	m.open("p")
	m.element("b", s.From.name)
	m.text(" " + s.Does + " ")
	m.element("span", s.By, "class", "id")
	m.shut("p")
	for i := range s.Requests {
		w := &s.Requests[i]
		m.open("div", "class", "request "+w.Decision)
		m.element("code", w.words())
		for j := range w.Deciding {
			d := &w.Deciding[j]
			m.element("p", strings.TrimSpace(d.Effect+" "+d.place()), "class", "at")
			for _, words := range d.If {
				m.element("p", "if "+words, "class", "if")
			}
		}
		m.shut("div")
	}
	if s.Assumes != "" {
		m.element("p", "assumes "+s.Assumes, "class", "if")
	}
	if len(s.Also) > 0 {
		m.element("p", "also by "+strings.Join(s.Also, ", "), "class", "also")
	}
	m.shut("li")
}
