package access

import "github.com/ambit-iam/ambit/internal/account"

// tern is yes, no, or not known.
type tern uint8

const (
	unread tern = iota
	yes
	no
)

// holding is what a user has to sign in with. Keys is -1 where nobody knows.
type holding struct {
	keys     int
	password tern
}

// holders answers for the users of a snapshot.
type holders struct {
	byUser map[string]holding
}

func newHolders(s *account.Snapshot) *holders {
	h := &holders{byUser: map[string]holding{}}
	if s.Report != nil {
		for i := range s.Report.Rows {
			row := &s.Report.Rows[i]
			held := holding{}
			for _, k := range row.Keys {
				if k.Exists() {
					held.keys++
				}
			}
			if row.PasswordEnabled != nil {
				held.password = no
				if *row.PasswordEnabled {
					held.password = yes
				}
			}
			h.byUser[row.User] = held
		}
	}
	for _, c := range s.Confirmations {
		if c.Keys != nil {
			held := h.of(c.User)
			held.keys = len(*c.Keys)
			h.byUser[c.User] = held
		}
	}
	return h
}

func (h *holders) of(user string) holding {
	held, ok := h.byUser[user]
	if !ok {
		return holding{keys: -1}
	}
	return held
}

// fits reports whether an escalation can make a credential for the holder.
func (h holding) fits(e *Escalation) bool {
	switch {
	case e.needs("iam:DeleteAccessKey"):
		return h.keys != 0 // one must go, or nobody knows
	case e.needs("iam:CreateAccessKey"):
		return h.keys < 2
	case e.needs("iam:CreateLoginProfile"):
		return h.password != yes
	case e.needs("iam:UpdateLoginProfile"):
		return h.password != no
	}
	return true
}
