// Package gsl compiles GSL (the Governance Specification Language) to closures and runs it on three values.
//
// Contract: a rule compiles once against a Schema, to a Program that is safe for concurrent use; judging
// allocates nothing for scalar properties. A value behind a gap is unknown and stays so: and, or and not follow
// Kleene. The language itself is described in docs/gsl.md.
// Limits: 64 KiB of text, 100 levels, regular expressions of 1,000 characters (Go's, linear time).
// It knows nothing of AWS: entities and their functions are declared by a Schema.
// Floor: 3.
package gsl
