package settings

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/source"
	"github.com/ambit-iam/ambit/internal/strictyaml"
)

const variablePrefix = "AMBIT_"

// others are variables of Ambit that are no settings.
var others = []string{"AMBIT_CONFIG", "AMBIT_SCHEMAS", "AMBIT_STATE"}

// Input is everything that may set something.
type Input struct {
	Defaults Scan
	Files    []File            // in any order
	Environ  []string          // "NAME=value"; only AMBIT_* counts
	Flags    map[string]string // the flags that were given, by name, as text; flags that are no setting are ignored
}

// File is a settings file as it was read.
type File struct {
	source.File
	Layer Layer // UserFile or ProjectFile
}

// Error is what is wrong in a settings file.
type Error struct {
	File        source.File
	Diagnostics []source.Diagnostic
}

// Error tells each fault with its line and a caret.
func (e *Error) Error() string {
	var text []byte
	for _, d := range e.Diagnostics {
		text = d.Append(text, e.File)
	}
	return strings.TrimSuffix(string(text), "\n")
}

// UserPath is where the user's own file lies, empty where the environment names no home.
func UserPath(getenv func(string) string) string {
	if dir := getenv("XDG_CONFIG_HOME"); dir != "" {
		return filepath.Join(dir, "ambit", FileName)
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".config", "ambit", FileName)
	}
	return ""
}

// fileText is a settings file as it is written.
type fileText struct {
	Scan     Scan                      `yaml:"scan"`
	Rules    []string                  `yaml:"rules"`
	Settings map[string]map[string]any `yaml:"settings"`
}

// Load puts the layers together. All that is wrong, in every layer, is told at once.
func Load(in Input) (*Settings, error) {
	s := &Settings{Scan: in.Defaults, Rules: map[string]map[string]any{}, origins: map[string]Origin{}}
	files := slices.Clone(in.Files)
	slices.SortStableFunc(files, func(a, b File) int { return int(a.Layer) - int(b.Layer) })
	var wrong []error
	for i := range files {
		wrong = append(wrong, s.file(&files[i]))
	}
	wrong = append(wrong, s.environ(in.Environ))
	for i := range fields {
		f := &fields[i]
		if text, ok := in.Flags[f.name]; ok {
			wrong = append(wrong, s.set(f, text, Origin{Layer: Flag, Name: f.name}))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return s, nil
}

// file lays a file over what stands. Lists and values replace, settings of rules are joined by name.
func (s *Settings) file(file *File) error {
	written := fileText{Scan: s.Scan}
	doc, faults := strictyaml.Decode(file.Text, source.Pos{}, &written)
	if len(faults) > 0 {
		return &Error{file.File, faults}
	}
	s.Scan = written.Scan
	origin := func(at source.Span) Origin { return Origin{file.Layer, file.Name, at.Start} }
	for i := range fields {
		f := &fields[i]
		if !doc.Has("scan", f.name) {
			continue
		}
		s.origins["scan."+f.name] = origin(doc.Value("scan", f.name))
		if err := f.check(&s.Scan); err != nil {
			faults = append(faults, source.Diagnostic{
				Severity: source.Error, Span: doc.Value("scan", f.name), Message: f.name + ": " + err.Error(), Hint: f.meaning,
			})
		}
	}
	if doc.Has("rules") {
		s.origins["rules"] = origin(doc.Value("rules"))
		s.Folders = nil
		for _, folder := range written.Rules {
			s.Folders = append(s.Folders, beside(file.Name, folder))
		}
	}
	s.rules(written.Settings, doc, origin)
	if len(faults) > 0 {
		return &Error{file.File, faults}
	}
	return nil
}

func (s *Settings) rules(written map[string]map[string]any, doc *strictyaml.Document, origin func(source.Span) Origin) {
	for rule, values := range written {
		s.origins[ruleKey(rule, "")] = origin(doc.Key("settings", rule))
		if s.Rules[rule] == nil {
			s.Rules[rule] = map[string]any{}
		}
		maps.Copy(s.Rules[rule], values)
		for name := range values {
			s.origins[ruleKey(rule, name)] = origin(doc.Value("settings", rule, name))
		}
	}
}

// beside is a path that a file names, seen from where we are.
func beside(file, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(file), path)
}

func (s *Settings) environ(environ []string) error {
	known := make(map[string]*field, len(fields))
	for i := range fields {
		known[fields[i].variable()] = &fields[i]
	}
	var names []string // without the prefix, which is near to all of them
	for _, name := range slices.Sorted(maps.Keys(known)) {
		names = append(names, strings.TrimPrefix(name, variablePrefix))
	}
	var wrong []error
	for _, pair := range environ {
		name, text, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, variablePrefix) {
			continue
		}
		if f := known[name]; f != nil {
			wrong = append(wrong, s.set(f, text, Origin{Layer: Environment, Name: name}))
			continue
		}
		// Other variables of this prefix may be somebody else's; one that nearly is a setting is a slip.
		if slices.Contains(others, name) {
			continue
		}
		if near := source.Closest(strings.TrimPrefix(name, variablePrefix), names); near != "" {
			wrong = append(wrong, fmt.Errorf("settings: unknown variable %s; did you mean %q?", name, variablePrefix+near))
		}
	}
	return errors.Join(wrong...)
}

func (s *Settings) set(f *field, text string, from Origin) error {
	err := f.of(&s.Scan).Set(text)
	if err == nil {
		err = f.check(&s.Scan)
	}
	if err != nil {
		return fmt.Errorf("settings: %s: %w", from, err)
	}
	s.origins["scan."+f.name] = from
	return nil
}
