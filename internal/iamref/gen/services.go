package main

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
)

// The shapes of the npm package's files: for each service a map of actions, of resource types and of
// condition keys, each by its name in lower case.
type (
	action struct {
		Name      string       `json:"name"`
		Level     string       `json:"accessLevel"`
		Resources []actionType `json:"resourceTypes"`
		Keys      []string     `json:"conditionKeys"`
	}
	actionType struct {
		Name     string   `json:"name"`
		Required bool     `json:"required"`
		Keys     []string `json:"conditionKeys"`
	}
	resourceType struct {
		Name string   `json:"key"`
		ARN  string   `json:"arn"`
		Keys []string `json:"conditionKeys"`
	}
	conditionKey struct {
		Name string `json:"key"`
		Type string `json:"type"`
	}
)

// Codes of the embedded file. Those of multi-valued keys are in capitals.
var (
	levelCodes = map[string]string{
		"List": "L", "Read": "R", "Write": "W", "Tagging, Write": "T", "Permissions management, Write": "P",
	}
	typeCodes = map[string]string{
		"String": "s", "ARN": "a", "Bool": "b", "Numeric": "n", "Date": "d", "IPAddress": "i",
	}
)

// services makes the table of services, their condition keys, resource types and actions, one a line.
func services(files map[string][]byte) (*product, error) {
	var prefixes, controlled []string
	var names map[string]string
	var about struct {
		Updated string `json:"updatedAt"`
	}
	for file, into := range map[string]any{
		"data/services.json": &prefixes, "data/rcpSupportedServices.json": &controlled,
		"data/serviceNames.json": &names, "package.json": &about,
	} {
		if err := decode(files, file, into); err != nil {
			return nil, err
		}
	}
	lines, err := globalKeys(files)
	if err != nil {
		return nil, err
	}
	slices.Sort(prefixes)
	total := 0
	for _, prefix := range prefixes {
		rcp := ""
		if slices.Contains(controlled, prefix) {
			rcp = "r"
		}
		lines = append(lines, "S\t"+prefix+"\t"+names[prefix]+"\t"+rcp)
		t := table{prefix: prefix, lines: lines}
		n, err := t.fill(files)
		if err != nil {
			return nil, fmt.Errorf("service %s: %w", prefix, err)
		}
		lines = t.lines
		total += n
	}
	date, _, _ := strings.Cut(about.Updated, "T")
	return &product{
		file:   "services.tsv.gz",
		holds:  fmt.Sprintf("%d services with %d actions, their resource types and condition keys", len(prefixes), total),
		newest: date,
		text:   []byte(strings.Join(lines, "\n") + "\n"),
		budget: 300_000,
	}, nil
}

func decode(files map[string][]byte, name string, into any) error {
	data, err := member(files, name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// table writes the lines of one service.
type table struct {
	prefix string
	lines  []string
	keys   map[string]string // index, by name in lower case
	types  map[string]string
}

func (t *table) fill(files map[string][]byte) (actions int, err error) {
	var keys map[string]conditionKey
	var types map[string]resourceType
	var all map[string]action
	for folder, into := range map[string]any{"conditionKeys": &keys, "resourceTypes": &types, "actions": &all} {
		if err := decode(files, "data/"+folder+"/"+t.prefix+".json", into); err != nil {
			return 0, err
		}
	}
	t.keys, t.types = map[string]string{}, map[string]string{}
	for i, name := range slices.Sorted(maps.Keys(keys)) {
		t.keys[name] = index(i)
		line, err := keyLine("K", keys[name])
		if err != nil {
			return 0, err
		}
		t.lines = append(t.lines, line)
	}
	for i, name := range slices.Sorted(maps.Keys(types)) {
		t.types[name] = index(i)
		if err := t.resourceType(types[name]); err != nil {
			return 0, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if err := t.action(all[name]); err != nil {
			return 0, fmt.Errorf("action %s: %w", name, err)
		}
	}
	return len(all), nil
}

func index(i int) string { return strconv.FormatInt(int64(i), 36) }

func (t *table) resourceType(r resourceType) error {
	keys, err := indexes(t.keys, r.Keys)
	t.lines = append(t.lines, "R\t"+r.Name+"\t"+strings.Join(templates(r.ARN), " ")+"\t"+strings.Join(keys, " "))
	return err
}

// unmarked is a variable whose dollar sign the source forgot.
var unmarked = regexp.MustCompile(`([^$])(\{[^}]*\})`)

// templates are the ARNs of a resource type: the source joins several with a comma.
func templates(text string) []string {
	all := strings.Split(text, ",")
	for i, one := range all {
		all[i] = unmarked.ReplaceAllString(strings.ReplaceAll(one, " ", ""), "$1$$$2")
	}
	return all
}

func (t *table) action(a action) error {
	level, ok := levelCodes[a.Level]
	if !ok {
		return fmt.Errorf("unknown access level %q", a.Level)
	}
	keys, err := indexes(t.keys, a.Keys)
	if err != nil {
		return err
	}
	var types []string
	for _, r := range a.Resources {
		n, ok := t.types[strings.ToLower(r.Name)]
		if !ok {
			return fmt.Errorf("unknown resource type %q", r.Name)
		}
		own, err := indexes(t.keys, r.Keys)
		if err != nil {
			return err
		}
		if r.Required {
			n += "!"
		}
		if len(own) > 0 {
			n += ":" + strings.Join(own, ",")
		}
		types = append(types, n)
	}
	t.lines = append(t.lines, "A\t"+a.Name+"\t"+level+"\t"+strings.Join(keys, " ")+"\t"+strings.Join(types, " "))
	return nil
}

func indexes(of map[string]string, names []string) ([]string, error) {
	var out []string
	for _, name := range names {
		n, ok := of[strings.ToLower(name)]
		if !ok {
			return nil, fmt.Errorf("unknown condition key %q", name)
		}
		out = append(out, n)
	}
	return out, nil
}

// variables are the ways in which the source writes the free part of a key: ${TagKey}, <key>, tag-key.
var variables = regexp.MustCompile(`<([^>]*)>|\btag-key$`)

func keyLine(kind string, k conditionKey) (string, error) {
	single, many := strings.CutPrefix(k.Type, "ArrayOf")
	code, ok := typeCodes[single]
	if !ok {
		return "", fmt.Errorf("condition key %q has unknown type %q", k.Name, k.Type)
	}
	if many {
		code = strings.ToUpper(code)
	}
	return kind + "\t" + variables.ReplaceAllString(k.Name, "$${TagKey}") + "\t" + code, nil
}

// global is one key in the package's script of global condition keys.
var global = regexp.MustCompile(`(?s)key: '([^']+)',.*?type: '([^']+)'`)

// globalKeys reads the keys that every service has. The package holds them in a script only.
func globalKeys(files map[string][]byte) ([]string, error) {
	const fewest = 50
	script, err := member(files, "dist/cjs/globalConditionKeys.js")
	if err != nil {
		return nil, err
	}
	var keys []conditionKey
	for _, m := range global.FindAllSubmatch(script, -1) {
		keys = append(keys, conditionKey{string(m[1]), string(m[2])})
	}
	if len(keys) < fewest {
		return nil, fmt.Errorf("found only %d global condition keys", len(keys))
	}
	slices.SortFunc(keys, func(a, b conditionKey) int { return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	var lines []string
	for _, k := range keys {
		line, err := keyLine("G", k)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}
