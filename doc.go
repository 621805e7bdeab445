// Package ambit is the root of the Ambit project: the bounds of an authority, for identity in AWS.
//
// It holds no code. The program is cmd/ambit, the rules are in rules, and everything else is under internal;
// docs/architecture.md walks through the rooms, and house_test.go holds the plan of them as a test.
package ambit
