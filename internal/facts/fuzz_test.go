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
	ask := func(kind kindOfQuestion, name string) *question {
		q, err := newQuestion(kind, []string{name})
		if err != nil {
			f.Fatal(err)
		}
		return q
	}
	one, some, whole := ask(askSome, "iam:DeactivateMFADevice"), ask(askSome, "iam:*"), ask(askWhole, "iam:*")
	beyond, every := ask(askOther, "iam:DeactivateMFADevice"), ask(askAll, "iam:*MFADevice")
	admin, plain := newAdminQuestion(false), newAdminQuestion(true)
	implied := []struct {
		name       string
		when, then *question
	}{
		{"beyond self, and not at all", beyond, one},
		{"one, and not its pattern", one, some},
		{"a whole pattern, and nothing of it", whole, some},
		{"every one, and not one of them", every, one},
		{"everything for sure, and perhaps not", plain, admin},
		{"everything, and not all of MFA", admin, some},
	}
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
			found := new(Describer).Describe(e, doc.statements.At(i))
			if len(found) != 1 || found[0].Pointer != doc.statements[i].parsed.Pointer {
				t.Errorf("statement %d is described as %+v", i, found)
			}
		}
		r := newRun(s)
		for _, tt := range implied {
			if r.answer(tt.when, doc) && !r.answer(tt.then, doc) {
				t.Errorf("it grants %s", tt.name)
			}
		}
		admits := func(kind string) bool {
			role := &gsl.Call{Env: &gsl.Env{Host: r}, Self: gsl.RecordOf(doc), Args: []gsl.Value{gsl.StringOf(kind)}}
			return admits(role).Number() == 1
		}
		for _, narrow := range []string{"anyone", "other-account-unguarded"} {
			if admits(narrow) && !admits("other-account") {
				t.Errorf("it admits %s, and no other account", narrow)
			}
		}
		if admits("service-without-source") && !admits("service") {
			t.Error("it admits a service without its source, and no service")
		}
	})
}
