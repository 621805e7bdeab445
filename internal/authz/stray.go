package authz

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
)

// Probe is in what stands for a caller that nobody has in mind.
const Probe = "ambit-probe"

// owners are how the issuers that many share begin a subject: the name of its owner follows, which anybody may choose
// who is the first to take it. Source: the issuers' own pages on their tokens (GitHub Actions, GitLab CI, HCP Terraform).
var owners = [...]string{"repo:", "project_path:", "organization:"}

// StraySubjects are subjects of tokens that no policy means, as issuers write them, and subjects of a made-up owner that
// fit one of a condition's patterns all the same.
func StraySubjects(patterns []string) []string {
	out := []string{
		Probe, "repo:" + Probe + "/" + Probe + ":ref:refs/heads/main", "project_path:" + Probe + "/" + Probe + ":ref_type:branch:ref:main",
		"organization:" + Probe + ":project:" + Probe + ":workspace:" + Probe + ":run_phase:apply", "system:serviceaccount:" + Probe + ":" + Probe,
	}
	fill := strings.NewReplacer("*", Probe, "?", "q")
	for _, p := range patterns {
		if !strings.ContainsAny(p, "*?") {
			continue
		}
		for _, owner := range owners {
			text := fill.Replace(p)
			if rest := strings.TrimLeft(p, "*"); rest != p {
				text = owner + Probe + fill.Replace(rest)
			}
			rest, ok := strings.CutPrefix(text, owner)
			if !ok {
				continue
			}
			if end := strings.IndexAny(rest, "/:"); end >= 0 && strings.HasPrefix(p, owner+rest[:end+1]) {
				continue // the pattern says who the owner is
			}
			out = append(out, text)
		}
	}
	return out
}

// StrayPrincipals are ARNs of a role and a user of an account that nobody has in mind, as far as they fit a pattern of
// aws:PrincipalArn that leaves the account open.
func StrayPrincipals(pattern, partition, account string) []string {
	if a, err := arn.Parse(pattern); err == nil {
		if arn.IsAccountID(a.Account) {
			return nil
		}
		if !strings.ContainsAny(a.Partition, "*?") {
			partition = a.Partition
		}
		if like, ok := arn.AccountLike(a.Account); ok && !arn.Match(a.Account, account) {
			account = like
		}
	}
	var out []string
	for _, kind := range [...]string{"role/", "user/"} {
		if text, ok := arn.Fitting(pattern, "arn:"+partition+":iam::"+account+":"+kind, Probe); ok {
			if strings.HasSuffix(text, "/") {
				text += Probe
			}
			out = append(out, text)
		}
	}
	return out
}
