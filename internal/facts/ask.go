package facts

import (
	"fmt"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
)

// kindOfQuestion tells the functions apart that take actions.
type kindOfQuestion uint8

const (
	askSome  kindOfQuestion = iota // allows
	askAll                         // allowsAll
	askWhole                       // grants
	askOther                       // grantsBeyondSelf
	askSelf                        // allowsOnSelf
)

// newQuestion takes actions, which may be patterns.
func newQuestion(kind kindOfQuestion, names []string) (*question, error) {
	q := &question{beyondSelf: kind == askOther, onSelf: kind == askSelf}
	for _, n := range names {
		a, err := parseAction(n)
		if err != nil {
			return nil, err
		}
		if kind != askAll {
			q.asks = append(q.asks, ask{action: a, names: a.expand(), whole: a.wild && kind != askSome && kind != askSelf})
			continue
		}
		for _, name := range a.expand() {
			q.all = append(q.all, askFor(name))
		}
	}
	return q, nil
}

// askFor is the question for one action.
func askFor(name string, resources ...string) *question {
	return &question{asks: []ask{{action: action{text: name}, names: []string{name}}}, resources: resources}
}

// onQuestion is the question of allowsOn: one of some actions on one resource.
func onQuestion(names []string, resource string) (*question, error) {
	q, err := newQuestion(askSome, names)
	if err != nil {
		return nil, err
	}
	if resource != "*" && !strings.HasPrefix(resource, "arn:") {
		return nil, fmt.Errorf("resource %q: want an ARN, or '*' for every one", resource)
	}
	q.resources, q.nameless = []string{resource}, strings.ContainsAny(resource, "*?")
	return q, nil
}

// givenQuestion is the question of allowsGiven: a key and its value, "" where requests lack it, and actions.
func givenQuestion(args []string) (*question, error) {
	q, err := newQuestion(askSome, args[2:])
	if err != nil {
		return nil, err
	}
	q.given = []key{{name: args[0], value: args[1], absent: args[1] == ""}}
	return q, nil
}

// newAdminQuestion asks for everything that the organization leaves to the account, where nobody has more: anything of
// a service that does not exist yet, and one action that grants the rest.
func newAdminQuestion(plain bool) *question {
	anything := askFor(authz.Anything, "arn:*:"+authz.Probe+":*:*:thing/*")
	anything.plain, anything.unruled = plain, true
	rest := &question{plain: plain, resources: []string{"*"}}
	for _, granting := range authz.Granting {
		rest.asks = append(rest.asks, askFor(granting.Action).asks...)
	}
	return &question{all: []*question{anything, rest}}
}
