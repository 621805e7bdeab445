package access

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/authz"
)

// hosts are the names by which a partition's policies call services: in China some end in .cn.
// Source: Amazon Web Services in China, "IAM": service principals.
func (g *Graph) hosts(services ...string) []string {
	if g.world.partition() != "aws-cn" {
		return services
	}
	var out []string
	for _, s := range services {
		out = append(out, s, s+".cn")
	}
	return out
}

// services are those that escalations pass roles to.
func services() []string {
	var out []string
	for _, e := range Escalations() {
		if e.Service != "" && !slices.Contains(out, e.Service) {
			out = append(out, e.Service)
		}
	}
	return out
}

func namesService(trust *authz.Policy, service string) bool {
	for i := range trust.Document.Statements {
		for _, p := range trust.Document.Statements[i].Principal {
			if p.Type == "Service" && (p.Text == service || p.Text == "*") {
				return true
			}
		}
	}
	return false
}

// passTo is the request that passes a role to a service, but for the role.
func passTo(host string) *Question {
	return &Question{Action: "iam:PassRole", Keys: map[string][]string{"iam:PassedToService": {host}}}
}

// passing is the request by which p passes a role to a service, by a name by which that may assume it; there must be one.
func (g *Graph) passing(p *Principal, service string, role NodeID) *Question {
	var q *Question
	for _, host := range g.hosts(service) {
		if !slices.Contains(g.byService[host], role) {
			continue
		}
		q = passTo(host)
		q.Resource = g.nodes[role].ARN
		if may(g.world.Can(p, q)) {
			break
		}
	}
	return q
}
