package authz

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
)

// Claim is what a token says, as a condition key of AWS's.
type Claim struct {
	Key, Value string
	Absent     bool // the token may come without it
}

// ownClaim is a claim of an issuer's tokens that says whose they are: nobody but its owner gets a token with that value.
type ownClaim struct {
	name     string
	owned    bool // OWNER/…: who the first part is, is whose it is
	number   bool
	optional bool
}

// issuer is one that customers of AWS share, or that says more than a subject.
type issuer struct {
	hosts  []string // patterns
	claims []ownClaim
}

// issuers have the claims that AWS makes condition keys of and that tell a stranger's token apart. Those that anybody may
// choose are left out: a branch, an environment, the name of a workflow, pipeline or cluster. Source: IAM User Guide,
// "Available keys for AWS OIDC federation", and the condition keys of AWS STS in the Service Authorization Reference.
var issuers = [...]issuer{
	{
		[]string{"token.actions.githubusercontent.com", "token.actions.githubusercontent.com/*", "token.actions.*.ghe.com"},
		[]ownClaim{
			{name: "repository", owned: true},
			{name: "job_workflow_ref", owned: true},
			{name: "repository_id", number: true},
			{name: "repository_owner_id", number: true},
			{name: "enterprise_id", number: true, optional: true},
			{name: "actor"},
			{name: "actor_id", number: true},
		},
	},
	{
		[]string{"gitlab.com"},
		[]ownClaim{{name: "project_id", number: true}, {name: "namespace_id", number: true}, {name: "user_id", number: true}, {name: "user_login"}, {name: "user_email"}},
	},
	{
		[]string{"agent.buildkite.com", "agent.*.buildkite.dev", "agent.*.buildkite.site"},
		[]ownClaim{{name: "organization_id"}, {name: "organization_slug"}, {name: "pipeline_id"}, {name: "cluster_id", optional: true}},
	},
	{[]string{"oidc.circleci.com/org/*"}, []ownClaim{{name: "oidc.circleci.com/project-id"}}},
	{[]string{"accounts.google.com"}, []ownClaim{{name: "google/organization_number", number: true, optional: true}}},
	{[]string{"idcs-*.identity.oraclecloud.com"}, []ownClaim{{name: "rpst_id"}}},
}

// maxTokens bounds the tokens that are made of patterns.
const maxTokens = 1024

// StrayTokens are tokens of an issuer that no policy means, with the claims that conditions name. Values gives what the
// conditions say of a key.
func StrayTokens(host string, values func(key string) []string) [][]Claim {
	var out [][]Claim
	for _, subject := range StraySubjects(values(host + ":sub")) {
		out = append(out, []Claim{{Key: host + ":sub", Value: subject}})
	}
	at := slices.IndexFunc(issuers[:], func(i issuer) bool {
		return slices.ContainsFunc(i.hosts, func(pattern string) bool { return arn.Match(pattern, host) })
	})
	if at < 0 {
		return out
	}
	for _, c := range issuers[at].claims {
		key := host + ":" + c.name
		if named := values(key); len(named) > 0 {
			out = with(out, c.strays(key, named))
		}
	}
	return out
}

// with is each token with each of some claims.
func with(tokens [][]Claim, claims []Claim) [][]Claim {
	var out [][]Claim
	for _, t := range tokens {
		for _, c := range claims {
			if len(out) < maxTokens {
				out = append(out, append(slices.Clone(t), c))
			}
		}
	}
	return out
}

// strays are values of a claim that nobody has in mind, and those that fit a pattern which leaves the owner open.
func (c *ownClaim) strays(key string, patterns []string) []Claim {
	out := []Claim{{Key: key, Value: Probe}}
	switch {
	case c.number:
		out[0].Value = "990099009900"
	case c.owned:
		out[0].Value = Probe + "/" + Probe + "/.github/workflows/" + Probe + ".yml@refs/heads/main"
		if c.name == "repository" {
			out[0].Value = Probe + "/" + Probe
		}
	}
	if c.optional {
		out = append(out, Claim{Key: key, Absent: true})
	}
	fill := strings.NewReplacer("*", Probe, "?", "q")
	if c.number {
		fill = strings.NewReplacer("*", "9900", "?", "9")
	}
	for _, p := range patterns {
		owner := p
		if c.owned {
			owner, _, _ = strings.Cut(p, "/")
		}
		if strings.ContainsAny(owner, "*?") {
			out = append(out, Claim{Key: key, Value: fill.Replace(p)})
		}
	}
	return out
}
