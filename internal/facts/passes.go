package facts

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ambit-iam/ambit/internal/gsl"
)

func passesRolesFunction() *gsl.Function {
	return &gsl.Function{
		Name: "passesRoles", Min: 2, Max: -1,
		Doc: "Whether every role may be passed to one of the services (iam:PassRole on any role, with iam:PassedToService), and one of the actions " +
			"that follow the service may be allowed, which start something there under the role. On what, as allows.",
		Example: "IamPolicy should not have document passesRoles('lambda.amazonaws.com', 'lambda:CreateFunction', 'ec2.amazonaws.com', 'ec2:RunInstances')",
		Check:   preparePasses,
		Cost:    1,
		Call:    func(c *gsl.Call) gsl.Value { return askAbout(c, "passesRoles", preparePasses) },
	}
}

// preparePasses reads services, each followed by actions.
func preparePasses(args []gsl.Value) (any, error) {
	names, known, err := literals(args)
	if err != nil || !known {
		return nil, err
	}
	q := &question{}
	for len(names) > 0 {
		service := names[0]
		end := 1
		for end < len(names) && strings.Contains(names[end], ":") {
			end++
		}
		switch {
		case strings.Contains(service, ":"):
			return nil, errors.New("want a service, such as 'lambda.amazonaws.com', before its actions")
		case end == 1:
			return nil, fmt.Errorf("service %q: want actions behind it", service)
		}
		one, err := passesQuestion(service, names[1:end])
		if err != nil {
			return nil, err
		}
		q.any = append(q.any, one)
		names = names[end:]
	}
	return q, nil
}

// passesQuestion asks whether every role may be passed to a service, and something started there. In China some services end
// in .cn. Source: Amazon Web Services in China, "IAM": service principals.
func passesQuestion(service string, actions []string) (*question, error) {
	start, err := newQuestion(askSome, actions)
	if err != nil {
		return nil, err
	}
	pass := &question{}
	for _, in := range [...]struct{ host, partition string }{{service, ""}, {service + ".cn", "aws-cn"}} {
		one := askFor("iam:PassRole", "*")
		one.nameless, one.given, one.partition = true, []key{{name: "iam:PassedToService", value: in.host}}, in.partition
		pass.any = append(pass.any, one)
	}
	return &question{all: []*question{start, pass}}, nil
}
