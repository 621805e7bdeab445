package engine

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/aws/read"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/rule"
)

// want is what a rule reads of the credential report that can be asked live.
type want struct{ mfa, keys bool }

// asksOf lists the users to ask about: those on whom a rule fails that rests on the credential report, which
// may be four hours old. Sorted by name.
func asksOf(findings []finding.Finding, rules []*rule.Compiled) []read.Ask {
	wants := make(map[string]want, len(rules))
	for _, r := range rules {
		if w := wantOf(r); w != (want{}) {
			wants[r.Rule.ID] = w
		}
	}
	byUser := map[string]want{}
	for i := range findings {
		f := &findings[i]
		w, rests := wants[f.Rule]
		if !rests || f.Verdict != finding.Fail {
			continue
		}
		if name, ok := userOf(f.Subject); ok {
			have := byUser[name]
			byUser[name] = want{have.mfa || w.mfa, have.keys || w.keys}
		}
	}
	asks := make([]read.Ask, 0, len(byUser))
	for _, name := range slices.SortedFunc(maps.Keys(byUser), cmp.Compare[string]) {
		asks = append(asks, read.Ask{User: name, MFA: byUser[name].mfa, Keys: byUser[name].keys})
	}
	return asks
}

// wantOf says what a rule reads: ListMFADevices and ListAccessKeys are the calls that could say otherwise.
func wantOf(r *rule.Compiled) want {
	var w want
	for _, program := range slices.Concat(r.Programs, r.Vendor) {
		for _, field := range program.Reads() {
			switch {
			case field == "IamUser.mfaActive" || field == "IamUser.mfaType":
				w.mfa = true
			case strings.HasPrefix(field, "IamAccessKey."), strings.HasPrefix(field, "IamUser.firstAccessKey"),
				strings.HasPrefix(field, "IamUser.secondAccessKey"):
				w.keys = true
			}
		}
	}
	return w
}

// userOf is the name of the user that a subject is, or whose key it is. Nobody but root itself can be asked
// about root.
func userOf(s *finding.Subject) (string, bool) {
	parsed, err := arn.Parse(s.ARN)
	if err != nil || !strings.HasPrefix(parsed.Resource, "user/") {
		return "", false
	}
	return parsed.Resource[strings.LastIndexByte(parsed.Resource, '/')+1:], true
}
