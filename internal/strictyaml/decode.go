package strictyaml

import (
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/ambit-iam/ambit/internal/source"
)

// decoder walks a node tree beside the Go value that it fills.
type decoder struct {
	text     string
	at       source.Pos
	lines    []source.Pos // in the text, where the lines begin that YAML counts
	document *Document
	faults   []source.Diagnostic
}

func newDecoder(text string, at source.Pos) *decoder {
	if at.Line == 0 {
		at = source.Pos{Line: 1, Column: 1}
	}
	d := &decoder{
		text: text, at: at, lines: starts(text),
		document: &Document{keys: map[string]source.Span{}, values: map[string]source.Span{}},
	}
	return d
}

// starts gives the beginning of each line as YAML counts them: a carriage return, NEL, LS and PS end one too, while
// a file's lines end at line feeds only.
func starts(text string) []source.Pos {
	at := source.Pos{Line: 1, Column: 1}
	lines := []source.Pos{at}
	for i, r := range text {
		at.Offset = i + utf8.RuneLen(r)
		at.Column++
		if r == '\n' {
			at.Line, at.Column = at.Line+1, 1
		}
		if isBreak(r) && !strings.HasPrefix(text[i:], "\r\n") {
			lines = append(lines, at)
		}
	}
	return lines
}

func isBreak(r rune) bool { return strings.ContainsRune("\n\r\u0085\u2028\u2029", r) }

// line is the text of a line, counted from 1, without its end.
func (d *decoder) line(n int) string {
	rest := d.text[d.lines[n-1].Offset:]
	if end := strings.IndexFunc(rest, isBreak); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// pos turns a place in the text as YAML counts it (line and rune column from 1) into a place in the file.
func (d *decoder) pos(line, column int) source.Pos {
	at := d.lines[line-1]
	for i := 1; i < column && at.Offset < len(d.text); i++ {
		_, size := utf8.DecodeRuneInString(d.text[at.Offset:])
		at.Offset += size
		at.Column++
	}
	if at.Line == 1 {
		at.Column += d.at.Column - 1
	}
	return source.Pos{Offset: d.at.Offset + at.Offset, Line: d.at.Line + at.Line - 1, Column: at.Column}
}

func (d *decoder) base() source.Span { return source.Span{Start: d.at, End: d.at} }

// span is where a node is written: a plain or quoted scalar on one line in full, else its first character.
func (d *decoder) span(n *yaml.Node) source.Span {
	line := min(max(n.Line, 1), len(d.lines))
	width := 1
	if n.Kind == yaml.ScalarNode && !strings.Contains(n.Value, "\n") {
		width = max(1, utf8.RuneCountInString(n.Value))
		if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
			width += 2
		}
	}
	end := min(n.Column+width, utf8.RuneCountInString(d.line(line))+1) // a plain text may go on in the next line
	return source.Span{Start: d.pos(line, n.Column), End: d.pos(line, max(end, n.Column))}
}

func (d *decoder) fault(at source.Span, message, hint string) {
	d.faults = append(d.faults, source.Diagnostic{Severity: source.Error, Span: at, Message: message, Hint: hint})
}

func (d *decoder) root(n *yaml.Node, into any) {
	d.value(n, reflect.ValueOf(into).Elem(), nil)
}

func (d *decoder) wrong(n *yaml.Node, path []string, want string) {
	name := "the document"
	if len(path) > 0 {
		name = fmt.Sprintf("%q", path[len(path)-1])
	}
	d.fault(d.span(n), fmt.Sprintf("%s must be %s, not %s", name, want, kindName(n)), "")
}

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	default:
	}
	switch n.ShortTag() {
	case "!!null":
		return "empty"
	case "!!str":
		return fmt.Sprintf("the text %q", n.Value)
	default:
		return n.Value
	}
}

// value fills v from n. An empty value leaves v as it is.
func (d *decoder) value(n *yaml.Node, v reflect.Value, path []string) {
	d.document.values[strings.Join(path, "\x00")] = d.span(n)
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.fault(d.span(n), "anchors and aliases are not read", "write the value out")
		return
	case len(path) > maxDepth:
		d.fault(d.span(n), fmt.Sprintf("more than %d levels", maxDepth), "")
		return
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null":
		return
	}
	if u, ok := reflect.TypeAssert[encoding.TextUnmarshaler](v.Addr()); ok {
		d.unmarshaler(n, u, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), path)
	case reflect.Struct:
		d.structure(n, v, path)
	case reflect.Map:
		d.mapping(n, v, path)
	case reflect.Slice:
		d.list(n, v, path)
	case reflect.Interface:
		d.any(n, v, path)
	default:
		d.scalar(n, v, path)
	}
}

func (d *decoder) unmarshaler(n *yaml.Node, u encoding.TextUnmarshaler, path []string) {
	if n.Kind != yaml.ScalarNode {
		d.wrong(n, path, "one word")
		return
	}
	if err := u.UnmarshalText([]byte(n.Value)); err != nil {
		d.fault(d.span(n), err.Error(), "")
	}
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, path []string) {
	if n.Kind != yaml.ScalarNode {
		d.wrong(n, path, scalarName(v.Kind()))
		return
	}
	tag := n.ShortTag()
	if v.Kind() == reflect.String {
		if tag == "!!bool" {
			d.fault(d.span(n), fmt.Sprintf("%q must be a text, and a bare %s is a truth value", path[len(path)-1], n.Value), "put it in quotes")
			return
		}
		v.SetString(n.Value) // numbers and dates too, as they are written: 1.10 stays 1.10
		return
	}
	if !slices.Contains(scalarTags[v.Kind()], tag) || n.Decode(v.Addr().Interface()) != nil {
		d.wrong(n, path, scalarName(v.Kind()))
	}
}

var scalarTags = map[reflect.Kind][]string{
	reflect.Bool:    {"!!bool"},
	reflect.Int:     {"!!int"},
	reflect.Float64: {"!!int", "!!float"},
}

func scalarName(k reflect.Kind) string {
	switch k {
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	default:
		return "a text"
	}
}

// pairs walks a mapping's keys in order and tells of keys that stand twice.
func (d *decoder) pairs(n *yaml.Node, path []string, want string, each func(key, value *yaml.Node, path []string)) {
	if n.Kind != yaml.MappingNode {
		d.wrong(n, path, want)
		return
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.Anchor != "" || key.ShortTag() == "!!merge" {
			d.fault(d.span(key), "a key must be one plain word", "")
			continue
		}
		if line, twice := first[key.Value]; twice {
			d.fault(d.span(key), fmt.Sprintf("key %q stands twice, first on line %d", key.Value, line), "keep one of them")
			continue
		}
		first[key.Value] = d.span(key).Start.Line
		child := append(slices.Clone(path), key.Value)
		d.document.keys[strings.Join(child, "\x00")] = d.span(key)
		each(key, value, child)
	}
}

func (d *decoder) structure(n *yaml.Node, v reflect.Value, path []string) {
	fields := map[string]reflect.Value{}
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("yaml"); name != "" {
			fields[name] = v.Field(i)
		}
	}
	d.pairs(n, path, "a mapping", func(key, value *yaml.Node, child []string) {
		field, ok := fields[key.Value]
		if !ok {
			d.fault(d.span(key), fmt.Sprintf("unknown key %q", key.Value), cure(key.Value, slices.Sorted(maps.Keys(fields))))
			return
		}
		d.value(value, field, child)
	})
}

// cure names the key that was likely meant, else all keys where they are few.
func cure(name string, known []string) string {
	const few = 12
	if hint := source.DidYouMean(name, known); hint != "" || len(known) > few {
		return hint
	}
	return "known: " + strings.Join(known, ", ")
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, path []string) {
	v.Set(reflect.MakeMap(v.Type()))
	d.pairs(n, path, "a mapping", func(key, value *yaml.Node, child []string) {
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(value, item, child)
		v.SetMapIndex(reflect.ValueOf(key.Value).Convert(v.Type().Key()), item)
	})
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, path []string) {
	if n.Kind != yaml.SequenceNode {
		d.wrong(n, path, "a list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		d.value(item, v.Index(i), append(slices.Clone(path), fmt.Sprint(i)))
	}
}

// any gives string, bool, int, float64, []any or map[string]any.
func (d *decoder) any(n *yaml.Node, v reflect.Value, path []string) {
	var target reflect.Value
	switch {
	case n.Kind == yaml.MappingNode:
		target = reflect.ValueOf(&map[string]any{}).Elem()
	case n.Kind == yaml.SequenceNode:
		target = reflect.ValueOf(&[]any{}).Elem()
	case n.ShortTag() == "!!bool":
		target = reflect.ValueOf(new(bool)).Elem()
	case n.ShortTag() == "!!int":
		target = reflect.ValueOf(new(int)).Elem()
	case n.ShortTag() == "!!float":
		target = reflect.ValueOf(new(float64)).Elem()
	default:
		target = reflect.ValueOf(new(string)).Elem()
	}
	d.value(n, target, path)
	v.Set(target)
}
