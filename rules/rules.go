// Package rules holds Ambit's own rules, one txtar file each, and the frameworks that they may belong to.
//
// Contract: data alone; internal/rule says how a file is read. Adding a rule is adding a file.
// Limits: none of the files is read here.
// Floor: 1.
package rules

import "embed"

// FS holds frameworks.yaml and every rule, in a folder for each subject.
//
//go:embed frameworks.yaml */*.txtar
var FS embed.FS
