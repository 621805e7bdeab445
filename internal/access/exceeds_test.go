package access_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/authz"
)

// pair is an account with users p and q of one inline policy each.
func pair(tb testing.TB, p, q string) (w *access.World, one, other *access.Principal) {
	tb.Helper()
	user := func(name, statement string) string {
		return `{"name":"` + name + `","inline":[{"name":"x","document":{"Version":"2012-10-17","Statement":[` + statement + `]}}]}`
	}
	w = access.New(decode(tb, `"users":[`+user("p", p)+`,`+user("q", q)+`]`), nil)
	return w, w.Principal("p")[0], w.Principal("q")[0]
}

func TestWorld_Exceeds(t *testing.T) {
	t.Parallel()
	const all = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	for name, tt := range map[string]struct {
		p, q string
		want []string // action on resource
	}{
		"the same":     {all, all, nil},
		"one action":   {`{"Effect":"Allow","Action":["sqs:SendMessage","sqs:GetQueueUrl"],"Resource":"*"}`, `{"Effect":"Allow","Action":"sqs:G*","Resource":"*"}`, []string{"sqs:SendMessage arn:aws:sqs:us-east-1:111122223333:any"}},
		"one resource": {`{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]}`, `{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a/*"}`, []string{"s3:GetObject arn:aws:s3:::b/any"}},
		"a denied one": {`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/k"}`, all + `,{"Effect":"Deny","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"}`, []string{"s3:GetObject arn:aws:s3:::b/k"}},
		"one denied to all else alike": {
			`{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}`, all + `,{"Effect":"Deny","Action":"s3:PutObject","Resource":"arn:aws:s3:::logs/*"}`,
			[]string{"s3:PutObject arn:aws:s3:::logs/any"},
		},
		"a condition":    {`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`, nil},
		"less":           {`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`, all, nil},
		"nothing at all": {`{"Effect":"Deny","Action":"*","Resource":"*"}`, all, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, p, q := pair(t, tt.p, tt.q)
			var got []string
			for _, d := range w.Exceeds(p, q) {
				got = append(got, d.Action.String()+" "+d.Resource)
				question := access.Question{Action: d.Action.String(), Resource: d.Resource}
				if mine, theirs := w.Can(p, &question), w.Can(q, &question); mine != d.Decision || theirs != d.Against ||
					mine == authz.ImplicitlyDenied || theirs == authz.Allowed {
					t.Errorf("%s on %s: %v and %v, said %v and %v", d.Action, d.Resource, mine, theirs, d.Decision, d.Against)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func BenchmarkWorld_Exceeds(b *testing.B) {
	w, p, q := pair(b, `{"Effect":"Allow","Action":"*","Resource":"*"}`, `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`)
	for b.Loop() {
		w.Exceeds(p, q)
	}
}
