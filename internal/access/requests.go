package access

// questionsOn are the requests for one action of an escalation, but for the resource: one of them is enough.
func (g *Graph) questionsOn(p *Principal, e *Escalation, action string) []*Question {
	switch action {
	case "sts:AssumeRole":
		if e.needs("iam:UpdateAssumeRolePolicy") {
			return []*Question{{Action: action, Policy: g.trust}}
		}
	case "iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:AttachGroupPolicy":
		return g.attaching(p, action)
	case "iam:PutUserPermissionsBoundary", "iam:PutRolePermissionsBoundary":
		return g.rebinding(p, action)
	}
	return []*Question{{Action: action}}
}

// resourcesOn are what an action on a target works on: itself, its policies, its groups, or those that would make an
// administrator of it.
func (g *Graph) resourcesOn(action string, target NodeID) []string {
	switch action {
	case "iam:CreatePolicyVersion":
		return g.ownPolicies(&g.nodes[target])
	case "iam:PutGroupPolicy", "iam:AttachGroupPolicy":
		return g.ownGroups(g.nodes[target].Principal)
	case "iam:AddUserToGroup":
		return g.raising(target)
	}
	return []string{g.nodes[target].ARN}
}

// witnessOn is the request by which p does one action of an escalation on a target; false where it may not.
func (g *Graph) witnessOn(p *Principal, e *Escalation, action string, target NodeID) (*Question, bool) {
	for _, resource := range g.resourcesOn(action, target) {
		for _, q := range g.questionsOn(p, e, action) {
			q.Resource = resource
			if may(g.world.Can(p, q)) && (action != "iam:CreatePolicyVersion" || g.adminByRewriting(target, resource)) {
				return q, true
			}
		}
	}
	return nil, false
}
