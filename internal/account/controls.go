package account

// Controls are the control policies that an organization puts over the account. Source: Organizations User Guide,
// "Service control policies", "Resource control policies".
type Controls struct {
	SCPs []ControlLevel `json:"scps,omitempty"` // from the organization's root to the account; none: they do not bind it
	RCPs []ControlLevel `json:"rcps,omitempty"`
}

// ControlLevel is the root, an organizational unit or the account itself, with the control policies attached to it. A
// level of SCPs without one lets nothing pass.
type ControlLevel struct {
	Name     string         `json:"name,omitempty"`
	Policies []InlinePolicy `json:"policies,omitempty"`
}

// Title is what reasons call a policy of the level.
func (l *ControlLevel) Title(p *InlinePolicy) string {
	if l.Name == "" {
		return p.Name
	}
	return p.Name + " of " + l.Name
}

func (c *Controls) normalize() {
	if c == nil {
		return
	}
	for _, levels := range [...]*[]ControlLevel{&c.SCPs, &c.RCPs} {
		if len(*levels) == 0 {
			*levels = nil
		}
		for i := range *levels {
			(*levels)[i].Policies = inline((*levels)[i].Policies)
		}
	}
}
