// Package iamref knows AWS's own identity data: services, their actions with access levels, resource types
// and condition keys, and the documents of all AWS managed policies, embedded.
//
// Contract: pure look-ups over data that `go generate` made; PROVENANCE.md says from what. Each of the two
// files is decompressed once, when it is first asked for. Slices that are handed out are shared: read, never
// change.
// Limits: one version of each policy, as of the data's date, in partition aws. A policy that AWS has changed
// since is found in its older version: compare Managed.Version with what the account says. The data does not
// tell which policies AWS has deprecated. An action or key that is newer than the data is not known: "unknown
// here" is not "does not exist".
// Floor: 1.
package iamref
