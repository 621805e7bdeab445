package facts

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
)

// FuzzDocument puts any text in the place of a policy and of a trust policy: it is unknown, with a gap, exactly
// where AWS would refuse it; every statement is found where it stands; and the functions agree with one another.
func FuzzDocument(f *testing.F) {
	for _, seed := range []string{
		allowAll, readS3, trustEC2, "", "{", `{"Statement":[]}`, `{"Statement":{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}}`,
		policyDocument(`{"Effect":"Allow","Principal":"*","Action":"sts:*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":true}}}`),
		policyDocument(`{"Effect":"Deny","Action":"*","Resource":"*"}`, `{"Effect":"Allow","Action":"*","Resource":"*"}`),
	} {
		f.Add(seed)
	}
	ask := func(names ...string) *question {
		q := &question{}
		for _, n := range names {
			a, err := parseAction(n)
			if err != nil {
				f.Fatal(err)
			}
			q.actions = append(q.actions, a)
		}
		return q
	}
	one, pattern := ask("iam:DeactivateMFADevice"), ask("iam:*")
	beyond := &question{actions: one.actions, beyondSelf: true}
	f.Fuzz(func(t *testing.T, text string) {
		s := with(func(s *account.Snapshot) {
			s.Policies[0].Document, s.Roles[1].Trust = account.Document(text), account.Document(text)
		})
		kept := string(s.policies[0].src.Document)
		refused := kept == "" || len(policy.Parse(kept).Faults) > 0
		doc := s.policies[0].doc.doc
		if (doc == nil) != refused || refused != (len(s.Gaps()) == 2) {
			t.Fatalf("refused %v, read %v, gaps %+v", refused, doc != nil, s.Gaps())
		}
		if doc == nil {
			return
		}
		e := entity(t, s, "IamPolicy", "read")
		for i := range doc.statements {
			found := Describe(e, doc.statements.At(i))
			if len(found) != 1 || found[0].Pointer != doc.statements[i].parsed.Pointer {
				t.Errorf("statement %d is described as %+v", i, found)
			}
		}
		call := &gsl.Call{Env: &gsl.Env{}}
		if beyond.document(call, doc) && !one.document(call, doc) {
			t.Error("it grants beyond self, and does not grant")
		}
		if adminQuestion.document(call, doc) && len(doc.denies) == 0 && !pattern.document(call, doc) {
			t.Error("it grants everything, and not iam:*")
		}
		if pattern.document(call, doc) && len(doc.denies) == 0 && !one.document(call, doc) {
			t.Error("it grants iam:*, and not one of it")
		}
		if documentAdmits(call, doc, anyone, ownAccount) && !documentAdmits(call, doc, otherAccount, ownAccount) {
			t.Error("it admits anyone, and no other account")
		}
	})
}
