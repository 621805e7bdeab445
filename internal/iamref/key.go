package iamref

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// KeyType is the type of a condition key's values.
type KeyType uint8

// The types of a condition key.
const (
	StringKey KeyType = iota + 1
	ARNKey
	BoolKey
	NumericKey
	DateKey
	IPKey
)

var keyTypeNames = [...]string{"", "String", "ARN", "Bool", "Numeric", "Date", "IPAddress"}

// String is the type as AWS writes it.
func (t KeyType) String() string { return keyTypeNames[t] }

// ConditionKey is a condition key, or a family of them.
type ConditionKey struct {
	Name   string // as AWS writes it; of a family with its free part: "aws:RequestTag/${TagKey}"
	Type   KeyType
	Many   bool // multi-valued: wants ForAllValues or ForAnyValue
	Global bool // every service has it
}

// Key finds a condition key, whatever the letter case. A key such as aws:RequestTag/team is found in its
// family.
func Key(name string) (ConditionKey, bool) {
	t := reference().keys
	if k, ok := t.exact[strings.ToLower(name)]; ok {
		return k, true
	}
	for _, k := range t.families {
		if inFamily(k.Name, name) {
			return k, true
		}
	}
	return ConditionKey{}, false
}

// Keys yields all condition keys and families by name.
func Keys() iter.Seq[ConditionKey] { return slices.Values(reference().keys.all) }

// inFamily reports whether name is the family with some text in place of its one free part.
func inFamily(family, name string) bool {
	before, rest, _ := strings.Cut(family, "${")
	_, behind, _ := strings.Cut(rest, "}")
	return len(name) > len(before)+len(behind) && hasPrefixFold(name, before) &&
		strings.EqualFold(name[len(name)-len(behind):], behind)
}

// keyTable is every condition key.
type keyTable struct {
	all      []ConditionKey
	exact    map[string]ConditionKey // by lower-case name, families too
	families []ConditionKey          // the longest fixed part first
}

func newKeyTable() keyTable { return keyTable{exact: map[string]ConditionKey{}} }

// add keeps the first of keys with the same name: global keys come before those of services.
func (t *keyTable) add(k ConditionKey) {
	name := strings.ToLower(k.Name)
	if _, known := t.exact[name]; known {
		return
	}
	t.exact[name] = k
	t.all = append(t.all, k)
	if strings.Contains(k.Name, "${") {
		t.families = append(t.families, k)
	}
}

func (t *keyTable) sort() {
	slices.SortFunc(t.all, func(a, b ConditionKey) int { return compareFold(a.Name, b.Name) })
	slices.SortStableFunc(t.families, func(a, b ConditionKey) int { return cmp.Compare(len(b.Name), len(a.Name)) })
}
