package assess

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/facts"
)

// template is a rule's message: text and {property} in turn.
type template []piece

// piece is a text, or the path of a property.
type piece struct{ text, path string }

// parseTemplate takes a message apart. A brace that is not closed is text.
func parseTemplate(message string) template {
	var t template
	for message != "" {
		before, rest, found := strings.Cut(message, "{")
		path, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return append(t, piece{text: message})
		}
		t = append(t, piece{text: before}, piece{path: path})
		message = after
	}
	return t
}

// render fills in what the entity has.
func (t template) render(e facts.Entity) string {
	var b strings.Builder
	for _, p := range t {
		if p.path == "" {
			b.WriteString(p.text)
			continue
		}
		property, v := facts.Find(e.Type, e.Self, p.path)
		b.WriteString(facts.Text(property, v, maxNames))
	}
	return b.String()
}
