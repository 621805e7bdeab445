package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/aws/conn"
	"github.com/ambit-iam/ambit/internal/capture"
	"github.com/ambit-iam/ambit/internal/demo"
	"github.com/ambit-iam/ambit/internal/engine"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/rule"
	"github.com/ambit-iam/ambit/internal/settings"
	"github.com/ambit-iam/ambit/internal/source"
	"github.com/ambit-iam/ambit/rules"
)

// companyFile is what the settings of the demo company are called.
const companyFile = "demo/" + settings.FileName

// settings puts flags, environment and files together.
func (a *app) settings(c *cobra.Command) (*settings.Settings, error) {
	in := settings.Input{
		Defaults: settings.Scan{
			FailOn: settings.FailOn{Least: finding.High}, Rate: conn.DefaultRate, Confirm: engine.DefaultConfirm,
		},
		Environ: a.world.Environ,
		Flags:   map[string]string{},
	}
	c.Flags().Visit(func(f *pflag.Flag) {
		in.Flags[f.Name] = f.Value.String()
		if list, ok := f.Value.(pflag.SliceValue); ok {
			in.Flags[f.Name] = strings.Join(list.GetSlice(), ",")
		}
	})
	var err error
	if in.Files, err = a.settingsFiles(); err != nil {
		return nil, usage(err)
	}
	if f := c.Flags().Lookup("demo"); f != nil && f.Value.String() == "true" {
		company := settings.File{File: source.File{Name: companyFile, Text: demo.Settings}, Layer: settings.UserFile}
		in.Files = slices.Insert(in.Files, 0, company) // the user's own files win over it
	}
	s, err := settings.Load(in)
	return s, usage(err)
}

// settingsFiles reads the files that there are. A file that was named must be there.
func (a *app) settingsFiles() ([]settings.File, error) {
	project, named := settings.FileName, false
	if name := cmp.Or(a.config, a.world.Getenv("AMBIT_CONFIG")); name != "" {
		project, named = name, true
	}
	var files []settings.File
	for _, f := range []settings.File{
		{File: source.File{Name: settings.UserPath(a.world.Getenv)}, Layer: settings.UserFile},
		{File: source.File{Name: project}, Layer: settings.ProjectFile},
	} {
		if f.Name == "" {
			continue
		}
		text, err := os.ReadFile(f.Name)
		mayLack := !named || f.Layer != settings.ProjectFile
		if mayLack && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("settings: %w", fileError(f.Name, err))
		}
		f.Text = string(text)
		files = append(files, f)
	}
	return files, nil
}

// catalogue loads Ambit's rules and those of the folders that the settings name.
func (a *app) catalogue(s *settings.Settings) (*rule.Catalogue, error) {
	all := []fs.FS{rule.Named("rules", rules.FS)}
	for _, folder := range s.Folders {
		info, err := os.Stat(folder)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, usagef("settings: %s: rules: there is no folder %s", s.Origin("rules"), folder)
		case err != nil:
			return nil, usagef("settings: %s: rules: %w", s.Origin("rules"), err)
		case !info.IsDir():
			return nil, usagef("settings: %s: rules: %s is a file: name the folder that it is in", s.Origin("rules"), folder)
		}
		all = append(all, rule.Named(folder, os.DirFS(folder)))
	}
	c, err := rule.Load(assess.Schema(), all...)
	return c, inputError(err)
}

// catalogueOf loads the settings first.
func (a *app) catalogueOf(c *cobra.Command) (*rule.Catalogue, error) {
	s, err := a.settings(c)
	if err != nil {
		return nil, err
	}
	return a.catalogue(s)
}

// compiledRules are the rules that the settings choose, with their own settings filled in.
func (a *app) compiledRules(s *settings.Settings) ([]*rule.Compiled, error) {
	c, err := a.catalogue(s)
	if err != nil {
		return nil, err
	}
	return compileRules(c, s)
}

func compileRules(c *rule.Catalogue, s *settings.Settings) ([]*rule.Compiled, error) {
	list, err := selectRules(c, s.Scan.Rule, s.Scan.Ruleset)
	if err != nil {
		return nil, err
	}
	values, err := c.Configure(oneName(c, s))
	if err != nil {
		return nil, placed(err, c, s)
	}
	compiled := make([]*rule.Compiled, 0, len(list))
	for _, r := range list {
		one, err := r.Compile(assess.Schema(), values[r.ID])
		if err != nil {
			return nil, placed(err, c, s)
		}
		compiled = append(compiled, one)
	}
	return compiled, nil
}

// oneName is the settings of rules, those that two files write under different names of a rule brought under one: a
// value of the stronger file wins. Two names in one file are left for Configure to refuse.
func oneName(c *rule.Catalogue, s *settings.Settings) map[string]map[string]any {
	out := maps.Clone(s.Rules)
	strongest := map[string]string{} // by rule id, the name it is written under
	for _, name := range slices.Sorted(maps.Keys(s.Rules)) {
		list, err := c.Resolve(name)
		if err != nil || len(list) != 1 {
			continue // Configure says so
		}
		id, weak, strong := list[0].ID, name, name
		if other, twice := strongest[id]; twice {
			switch a, b := s.Locate(name, ""), s.Locate(other, ""); {
			case a.Name == b.Name:
				continue
			case weaker(a, b):
				strong = other
			default:
				weak = other
			}
			merged := maps.Clone(out[weak])
			maps.Copy(merged, out[strong])
			out[strong] = merged
			delete(out, weak)
		}
		strongest[id] = strong
	}
	return out
}

// weaker reports whether a value of a gives way to one of b.
func weaker(a, b settings.Origin) bool {
	return a.Layer < b.Layer || a.Layer == b.Layer && a.Name == companyFile
}

// placed puts the place before an error about a rule's setting, or about the rule's name.
func placed(err error, c *rule.Catalogue, s *settings.Settings) error {
	at := settings.Origin{}
	if wrong, ok := errors.AsType[*rule.NameError](err); ok {
		at = s.Locate(wrong.Name, "")
	}
	if wrong, ok := errors.AsType[*rule.SettingError](err); ok {
		for _, written := range slices.Sorted(maps.Keys(s.Rules)) { // a rule may be there under several of its names
			list, err := c.Resolve(written)
			_, named := s.Rules[written][wrong.Name]
			if err == nil && len(list) == 1 && list[0].ID == wrong.Rule && (named || at.Layer == settings.Default) {
				at = s.Locate(written, wrong.Name)
			}
		}
	}
	if at.Layer == settings.Default {
		return usage(err)
	}
	return usagef("%s: %w", at, err)
}

// selectRules gives the rules that any of the names or rulesets stands for, sorted by id; all without both.
func selectRules(c *rule.Catalogue, names, sets []string) ([]*rule.Rule, error) {
	if len(names)+len(sets) == 0 {
		return c.All(), nil
	}
	var all []*rule.Rule
	for _, set := range sets {
		list, err := c.Ruleset(set)
		if err != nil {
			return nil, usage(err)
		}
		all = append(all, list...)
	}
	if len(names) > 0 {
		list, faults := rulesNamed(c, names)
		if len(faults) > 0 {
			return nil, usage(faults[0])
		}
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b *rule.Rule) int { return cmp.Compare(a.ID, b.ID) })
	return slices.Compact(all), nil
}

// inputError marks an error about input as one, which has an exit code of its own.
func inputError(err error) error {
	if _, ok := errors.AsType[*capture.InputError](err); ok {
		return usage(err)
	}
	if _, ok := errors.AsType[*rule.LoadError](err); ok {
		return usage(err)
	}
	return err
}
