// Package iamref knows AWS's own identity data: the documents of all AWS managed policies, embedded.
//
// Contract: pure look-ups over data that `go generate` made; PROVENANCE.md says from what. Data is
// decompressed once, when it is first asked for.
// Limits: one version of each policy, as of the data's date, in partition aws. A policy that AWS has changed
// since is found in its older version: compare Managed.Version with what the account says. The data does not
// tell which policies AWS has deprecated.
// Floor: 1.
package iamref
