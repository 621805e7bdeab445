package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// entry is a policy in the npm package's file, a map by policy name.
type entry struct {
	ARN      string `json:"arn"`
	Latest   string `json:"latestVersionId"`
	Updated  string `json:"lastUpdatedDate"`
	Versions map[string]struct {
		Document jsontext.Value `json:"document"`
	} `json:"versions"`
}

// managed makes the documents of the AWS managed policies.
func managed(files map[string][]byte) (*product, error) {
	data, err := member(files, "dist/managedPolicies.json")
	if err != nil {
		return nil, err
	}
	var policies map[string]entry
	if err := json.Unmarshal(data, &policies); err != nil {
		return nil, err
	}
	var lines []string
	newest := ""
	for name, p := range policies {
		line, err := p.line(name)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
		newest = max(newest, p.Updated)
	}
	slices.Sort(lines)
	date, _, _ := strings.Cut(newest, "T")
	return &product{
		file:   "managed.tsv.gz",
		holds:  fmt.Sprintf("the default version of %d AWS managed policies, partition aws", len(lines)),
		newest: date,
		text:   []byte(strings.Join(lines, "")),
		budget: 500_000,
	}, nil
}

// line is the default version of a policy, as package iamref reads it.
func (p entry) line(name string) (string, error) {
	path, ok := strings.CutPrefix(p.ARN, "arn:aws:iam::aws:policy/")
	if !ok || path[strings.LastIndexByte(path, '/')+1:] != name {
		return "", fmt.Errorf("policy %q has ARN %q", name, p.ARN)
	}
	document := p.Versions[p.Latest].Document
	if len(document) == 0 {
		return "", fmt.Errorf("policy %q has no document of version %q", name, p.Latest)
	}
	if err := document.Compact(); err != nil {
		return "", fmt.Errorf("policy %q: %w", name, err)
	}
	if strings.ContainsAny(path+p.Latest+string(document), "\t\n") {
		return "", fmt.Errorf("policy %q holds a tab or line break", name)
	}
	return path + "\t" + p.Latest + "\t" + string(document) + "\n", nil
}
