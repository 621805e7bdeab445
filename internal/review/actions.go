package review

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
	"github.com/ambit-iam/ambit/internal/source"
)

// actions looks at a statement's Action or NotAction.
func (l *linter) actions(s *policy.Statement) {
	for _, v := range s.Action {
		l.actionExists(v)
	}
	l.redundantActions(s)
	if s.NotAction && l.grants(s) {
		l.note(AllowNotAction, s.Action[0].Node, "statement allows every action but the named ones", "name the actions to allow, or deny the named ones in a statement of their own")
	}
}

func (l *linter) actionExists(v policy.Value) {
	if element.IsEveryAction(v.Text) || !l.spend(element.ExpandPrice(v.Text)) || l.by.namedBy(v.Text).known {
		return
	}
	prefix, _, ok := strings.Cut(v.Text, ":")
	_, known := iamref.ServiceOf(prefix)
	switch {
	case !ok:
		l.unknownAction(EmptyAction, v, "action "+quote(v.Text)+" names no service")
	case strings.ContainsAny(prefix, "*?"):
		l.unknownAction(EmptyAction, v, "action "+quote(v.Text)+" has a wildcard in its service")
	case !known:
		l.unknownAction(UnknownService, v, "no service "+quote(prefix)+" is known")
	case strings.ContainsAny(v.Text, "*?"):
		l.unknownAction(EmptyAction, v, "no action fits "+quote(v.Text))
	default:
		l.unknownAction(UnknownAction, v, "no action "+quote(v.Text)+" is known")
	}
}

func (l *linter) unknownAction(r Rule, v policy.Value, message string) {
	if !l.full(r) {
		cure := ""
		if name := ClosestAction(v.Text); name != "" {
			cure = "did you mean " + strconv.Quote(name) + "?"
		}
		l.note(r, v.Node, message, cure)
	}
}

// ClosestAction is the action, or the pattern of actions of another service, that name was most likely meant
// to be, or "" where none is near: "s3:GetObjects" gives "s3:GetObject", "cloudwatch:PutLogEvents"
// "logs:PutLogEvents", "s33:Get*" "s3:Get*".
func ClosestAction(name string) string {
	const longest = 128 // AWS's longest is 64
	prefix, action, ok := strings.Cut(strings.TrimSpace(name), ":")
	if len(name) > longest {
		return ""
	}
	service, known := iamref.ServiceOf(prefix)
	switch {
	case !ok:
		return ""
	case !known:
		if near := source.Closest(prefix, servicePrefixes()); near != "" && element.FitsAction(near+":"+action) {
			return spelled(near + ":" + action)
		}
		return ""
	case element.FitsAction(service.Prefix + ":" + action): // spaces around it
		return spelled(service.Prefix + ":" + action)
	case strings.ContainsAny(action, "*?"):
		return ""
	}
	if near := source.Closest(action, actionNames(service.Prefix)); near != "" {
		return service.Prefix + ":" + near
	}
	return elsewhere(action)
}

// spelled is a name as AWS writes it.
func spelled(name string) string {
	if a, ok := iamref.ActionOf(name); ok {
		return a.String()
	}
	return name
}

// elsewhere is the action of that name if exactly one service has it.
func elsewhere(action string) string {
	found := ""
	for s := range iamref.Services() {
		if a, ok := iamref.ActionOf(s.Prefix + ":" + action); ok {
			if found != "" {
				return ""
			}
			found = a.String()
		}
	}
	return found
}

func servicePrefixes() []string {
	var all []string
	for s := range iamref.Services() {
		all = append(all, s.Prefix)
	}
	return all
}

func actionNames(prefix string) []string {
	var all []string
	for a := range iamref.Expand(prefix + ":*") {
		all = append(all, a.Name)
	}
	return all
}

// redundantActions finds values that another value of the list covers.
func (l *linter) redundantActions(s *policy.Statement) {
	l.redundantValues(RedundantAction, s.Action, &ofActions)
}

// manages reports wildcards that reach actions which manage permissions. A name that is written out is meant.
func (l *linter) manages(s *policy.Statement, denied element.ActionSet) {
	if !l.grants(s) || l.kind == policy.Trust {
		return
	}
	if s.NotAction {
		if !l.full(ManagesPermissions) && l.spend(element.EverythingPrice) {
			l.managed(s.Action[0].Node, "all but the named actions", element.ActionsOf(s).Minus(denied))
		}
		return
	}
	for _, v := range s.Action {
		if strings.ContainsAny(v.Text, "*?") && !l.full(ManagesPermissions) && l.spend(element.ExpandPrice(v.Text)) {
			l.managed(v.Node, quote(v.Text), element.ActionsLike(v.Text).Minus(denied))
		}
	}
}

func (l *linter) managed(at *policy.Node, what string, reached element.ActionSet) {
	const shown = 3
	var names []string
	for i := range reached.All() {
		if a := iamref.ActionAt(i); a.Level == iamref.PermissionsManagement {
			names = append(names, a.String())
		}
	}
	if len(names) == 0 {
		return
	}
	list := strings.Join(names[:min(shown, len(names))], ", ")
	if len(names) > shown {
		list += fmt.Sprintf(" and %d more", len(names)-shown)
	}
	l.note(ManagesPermissions, at, what+" reaches "+list, "name the actions that are needed, or deny these").Actions = names
}
