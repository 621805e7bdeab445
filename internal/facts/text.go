package facts

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/ambit-iam/ambit/internal/gsl"
)

// Find reads a property path of an object of type t, such as "firstAccessKey.lastUsedDate". A path through a
// list gives the list of what its elements have. The property is nil where the path leads nowhere, or into a
// policy document.
func Find(t *gsl.Type, self any, path string) (*gsl.Property, gsl.Value) {
	name, rest, deeper := strings.Cut(path, ".")
	for _, p := range t.Properties {
		if p.Name != name {
			continue
		}
		v := p.Get(self)
		switch {
		case !deeper || v.Kind() == gsl.Null || v.Kind() == gsl.Unknown:
			return p, v
		case p.Elem == nil:
			return nil, inRecord(v, rest)
		case v.Kind() == gsl.Object:
			return Find(p.Elem, v.Ref(), rest)
		}
		return findEach(p.Elem, v.Sequence(), rest)
	}
	return nil, gsl.Value{}
}

func findEach(t *gsl.Type, list gsl.Sequence, path string) (*gsl.Property, gsl.Value) {
	var found *gsl.Property
	all := make(gsl.Values, 0, length(list))
	for i := range length(list) {
		p, v := Find(t, list.At(i).Ref(), path)
		found = p
		all = append(all, v)
	}
	return found, gsl.ListOf(&all)
}

// inRecord tries the longest name first: names in a policy may hold dots.
func inRecord(v gsl.Value, path string) gsl.Value {
	r, ok := v.Ref().(gsl.Record)
	if !ok {
		return gsl.Value{}
	}
	for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '.') {
		found, ok := r.Lookup(path[:end])
		switch {
		case ok && end == len(path):
			return found
		case ok:
			return inRecord(found, path[end+1:])
		}
	}
	return gsl.Value{}
}

// maxText is how many runes of one value a sentence shows.
const maxText = 300

// Text is a value of a property for people: dates as 2006-01-02 or "never", objects by name, null and the empty
// list as "none". Of a list it shows most elements and counts the rest; 0 is all. It is safe to print on a terminal.
func Text(p *gsl.Property, v gsl.Value, most int) string {
	var elem *gsl.Type
	isDate := false
	if p != nil {
		elem, isDate = p.Elem, p.Date
	}
	if v.Kind() == gsl.List {
		return listText(elem, isDate, v.Sequence(), most)
	}
	return valueText(elem, isDate, v)
}

func valueText(elem *gsl.Type, isDate bool, v gsl.Value) string {
	switch v.Kind() {
	case gsl.Unknown:
		return "unknown"
	case gsl.Bool:
		return strconv.FormatBool(v.Number() != 0)
	case gsl.Number:
		if isDate {
			return dateText(v.Number())
		}
		return strconv.FormatFloat(v.Number(), 'f', -1, 64)
	case gsl.String:
		return clip(Safe(v.Text()))
	case gsl.List:
		return listText(elem, isDate, v.Sequence(), 0)
	case gsl.Object:
		return objectText(elem, v)
	case gsl.Null:
	}
	return "none"
}

func dateText(seconds float64) string {
	if seconds == gsl.NoDate {
		return "never"
	}
	return time.Unix(int64(seconds), 0).UTC().Format(time.DateOnly)
}

func listText(elem *gsl.Type, isDate bool, list gsl.Sequence, most int) string {
	n := length(list)
	if n == 0 {
		return "none"
	}
	shown := n
	if most > 0 {
		shown = min(n, most)
	}
	texts := make([]string, 0, shown)
	for i := range shown {
		texts = append(texts, valueText(elem, isDate, list.At(i)))
	}
	text := strings.Join(texts, ", ")
	if shown < n {
		text += " and " + strconv.Itoa(n-shown) + " more"
	}
	return text
}

// objectText is the name of an object, else its properties; of a policy document its JSON.
func objectText(t *gsl.Type, v gsl.Value) string {
	if r, ok := v.Ref().(gsl.Record); ok {
		return clip(Safe(string(r.AppendJSON(nil))))
	}
	if t == nil {
		return "none"
	}
	if p, name := Find(t, v.Ref(), "name"); p != nil {
		return valueText(nil, false, name)
	}
	var texts []string
	for _, p := range t.Properties {
		if got := p.Get(v.Ref()); got.Kind() != gsl.Null && got.Kind() != gsl.List && got.Kind() != gsl.Object {
			texts = append(texts, p.Name+" "+valueText(nil, p.Date, got))
		}
	}
	return strings.Join(texts, ", ")
}

// Safe is text from the account made fit to print: what no font shows (control characters, escape sequences,
// marks that turn the direction of text) is written as an escape.
func Safe(text string) string {
	if strings.IndexFunc(text, hidden) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if hidden(r) {
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func hidden(r rune) bool {
	if r < unicode.MaxASCII {
		return r < ' '
	}
	return r == unicode.ReplacementChar || !unicode.IsPrint(r)
}

func clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	runes := []rune(text)
	if len(runes) <= maxText {
		return text
	}
	return string(runes[:maxText-1]) + "…"
}
