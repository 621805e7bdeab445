package iamref

import (
	_ "embed" // for the packed documents
	"iter"
	"slices"
	"strings"
	"sync"
)

// packed is gzip over lines sorted by path: path, tab, version id, tab, compact JSON document. The path is
// what follows managedPrefix in an ARN.
//
//go:embed managed.tsv.gz
var packed string

const managedPrefix = ":iam::aws:policy/"

// Managed is the default version of an AWS managed policy, as it was when the data was made.
type Managed struct {
	Name     string
	ARN      string // in the partition that was asked for
	Version  string // such as "v5"
	Document string // compact JSON, as it is in partition aws
	Exact    bool   // false in any partition but aws, where the document may differ: its ARNs do
}

// ManagedPolicy finds the AWS managed policy with this ARN, in any partition. False: there is none, or it
// is newer than the data, or exists in another partition only.
func ManagedPolicy(arn string) (Managed, bool) {
	prefix, path, ok := strings.Cut(arn, managedPrefix)
	partition, isARN := strings.CutPrefix(prefix, "arn:")
	if !ok || !isARN || partition != "aws" && !strings.HasPrefix(partition, "aws-") {
		return Managed{}, false
	}
	rows := unpacked()
	i, found := slices.BinarySearchFunc(rows, path, func(r row, path string) int { return strings.Compare(r.path, path) })
	if !found {
		return Managed{}, false
	}
	return rows[i].managed(partition), true
}

// ManagedPolicies yields all AWS managed policies of partition aws, by ARN.
func ManagedPolicies() iter.Seq[Managed] {
	return func(yield func(Managed) bool) {
		for _, r := range unpacked() {
			if !yield(r.managed("aws")) {
				return
			}
		}
	}
}

// row is one line of the packed data. Its fields share one text.
type row struct{ path, version, document string }

func (r row) managed(partition string) Managed {
	return Managed{
		Name:     r.path[strings.LastIndexByte(r.path, '/')+1:],
		ARN:      "arn:" + partition + managedPrefix + r.path,
		Version:  r.version,
		Document: r.document,
		Exact:    partition == "aws",
	}
}

// unpacked decompresses once, when the first policy is asked for: about 3 MB that stay.
var unpacked = sync.OnceValue(unpack)

func unpack() []row {
	text := gunzip(packed)
	rows := make([]row, 0, strings.Count(text, "\n"))
	for line := range strings.Lines(text) {
		path, rest, _ := strings.Cut(line, "\t")
		version, document, _ := strings.Cut(strings.TrimSuffix(rest, "\n"), "\t")
		rows = append(rows, row{path, version, document})
	}
	return rows
}
