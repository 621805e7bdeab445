// Package differential holds authz against an independent simulator, the npm package
// @cloud-copilot/iam-simulate, run as one separate process.
//
// Contract: tests only; there is no code here to import.
// Limits: skipped, with one line that says so, where Node or the package (AMBIT_IAM_SIMULATE, the path of its
// ES module) is absent. AMBIT_DIFFERENTIAL sets the number of requests.
// Floor: 4.
package differential
