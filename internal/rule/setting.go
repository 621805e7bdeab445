package rule

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/source"
)

// SettingType says what a setting holds.
type SettingType string

// The types of settings. Days is a whole number of days, not negative.
const (
	IntSetting    SettingType = "int"
	StringSetting SettingType = "string"
	ListSetting   SettingType = "list" // of texts
	BoolSetting   SettingType = "bool"
	DaysSetting   SettingType = "duration-days"
)

var settingTypes = []string{
	string(IntSetting), string(StringSetting), string(ListSetting), string(BoolSetting), string(DaysSetting),
}

// UnmarshalText reads a type's name.
func (t *SettingType) UnmarshalText(text []byte) error {
	if !slices.Contains(settingTypes, string(text)) {
		return fmt.Errorf("setting type %q: want int, string, list, bool or duration-days", text)
	}
	*t = SettingType(text)
	return nil
}

// Setting is something that the user of a rule may change. In GSL it is `setting('name')`.
type Setting struct {
	Name    string
	Type    SettingType
	Default any // int, string, []string or bool, as Type says
	Meaning string
}

// Value checks a value from YAML or JSON against the setting's type; the result is an int, string, []string or
// bool. The error tells what was wanted.
func (s *Setting) Value(v any) (any, error) {
	switch s.Type {
	case BoolSetting:
		if b, ok := v.(bool); ok {
			return b, nil
		}
		return nil, fmt.Errorf("want true or false, not %v", v)
	case StringSetting:
		if text, ok := v.(string); ok {
			return text, nil
		}
		return nil, fmt.Errorf("want a text, not %v", v)
	case ListSetting:
		return texts(v)
	case IntSetting, DaysSetting:
	}
	n, ok := v.(int)
	switch {
	case !ok && s.Type == DaysSetting:
		return nil, fmt.Errorf("want a whole number of days, not %v", v)
	case !ok:
		return nil, fmt.Errorf("want a whole number, not %v", v)
	case n < 0 && s.Type == DaysSetting:
		return nil, fmt.Errorf("want a number of days that is not negative, not %d", n)
	}
	return n, nil
}

func texts(v any) ([]string, error) {
	switch list := v.(type) {
	case nil:
		return []string{}, nil
	case []string:
		return list, nil
	case []any:
		out := make([]string, 0, len(list))
		for _, item := range list {
			text, ok := item.(string)
			if !ok {
				return nil, fmt.Errorf("want a list of texts, and %v is none", item)
			}
			out = append(out, text)
		}
		return out, nil
	}
	return nil, fmt.Errorf("want a list of texts, not %v", v)
}

// SettingError is a setting that a rule does not take, or a value that it cannot hold.
type SettingError struct {
	Rule, Name string // the rule's id, and the setting as the user wrote it
	As         string // how the user named the rule, where Configure met the error
	Unknown    bool   // the rule has no setting of that name
	Reason     string
	Hint       string
}

// Error names the rule, the setting and the cure.
func (e *SettingError) Error() string {
	text := fmt.Sprintf("rule %s: setting %q: %s", e.Rule, e.Name, e.Reason)
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// values fills the defaults in. The first unknown name or bad value, by name, is a *SettingError.
func (r *Rule) values(given map[string]any) (map[string]gsl.Value, error) {
	all := make(map[string]gsl.Value, len(r.Settings))
	for _, s := range r.Settings {
		all[s.Name] = constant(s.Default)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		s := r.setting(name)
		if s == nil {
			return nil, r.unknownSetting(name)
		}
		v, err := s.Value(given[name])
		if err != nil {
			return nil, &SettingError{Rule: r.ID, Name: name, Reason: err.Error(), Hint: s.Meaning}
		}
		all[name] = constant(v)
	}
	return all, nil
}

func (r *Rule) unknownSetting(name string) error {
	e := &SettingError{Rule: r.ID, Name: name, Unknown: true, Reason: "the rule has no setting of that name"}
	var known []string
	for _, s := range r.Settings {
		known = append(known, s.Name)
	}
	switch {
	case len(known) == 0:
		e.Hint = "the rule takes no settings"
	default:
		e.Hint = source.DidYouMean(name, known)
		if e.Hint == "" {
			e.Hint = fmt.Sprintf("it takes %v", known)
		}
	}
	return e
}

// constant is a setting's value as GSL sees it.
func constant(v any) gsl.Value {
	switch v := v.(type) {
	case bool:
		return gsl.BoolOf(v)
	case int:
		return gsl.NumberOf(float64(v))
	case string:
		return gsl.StringOf(v)
	case []string:
		return gsl.ListOf((*textList)(&v))
	}
	return gsl.Value{}
}

// textList is a list setting as a gsl.Sequence.
type textList []string

// Len is the number of texts.
func (l *textList) Len() int { return len(*l) }

// At is the text at i.
func (l *textList) At(i int) gsl.Value { return gsl.StringOf((*l)[i]) }
