package sandbox_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/accounttest"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
	"github.com/ambit-iam/ambit/internal/aws/sandbox/directory"
	"github.com/ambit-iam/ambit/internal/aws/sandbox/query"
)

// quota is an account as large as AWS lets one be.
func quota() *account.Snapshot {
	return accounttest.Quota(1, accounttest.Size{Users: 5000, Roles: 5000, Policies: 1500, Groups: 300})
}

func BenchmarkNew_quota(b *testing.B) {
	s := quota()
	for b.Loop() {
		if _, err := directory.New(s); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDetails_page is the server's share of one page of 1,000: the operation and the encoding.
func BenchmarkDetails_page(b *testing.B) {
	d, err := directory.New(quota())
	if err != nil {
		b.Fatal(err)
	}
	op, _ := directory.Find("GetAccountAuthorizationDetails")
	answer := query.Answer{Namespace: query.NamespaceIAM, Operation: op.Name}
	for name, marker := range map[string]string{"users": "0", "roles": "2", "policies": "3"} {
		b.Run(name, func(b *testing.B) {
			filter := url.Values{"MaxItems": {"1000"}, "Filter.member.1": {map[string]string{"0": "User", "2": "Role", "3": "LocalManagedPolicy"}[marker]}}
			var body []byte
			for b.Loop() {
				in := op.Input()
				if err := query.Decode(filter, in); err != nil {
					b.Fatal(err)
				}
				out, err := d.Do(directory.Call{}, op, in)
				if err != nil {
					b.Fatal(err)
				}
				if body, err = answer.Append(body[:0], out); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(body))/1e6, "MB/page")
		})
	}
}

// BenchmarkDetails_account is a client of the SDK that reads the whole account in pages of 1,000.
func BenchmarkDetails_account(b *testing.B) {
	fixture := quota()
	s := server(b, sandbox.Options{}, fixture)
	client, _ := clients(s, fixture.Account)
	for b.Loop() {
		pages, n := 0, 0
		p := iam.NewGetAccountAuthorizationDetailsPaginator(client, &iam.GetAccountAuthorizationDetailsInput{MaxItems: new(int32(1000))})
		for p.HasMorePages() {
			out, err := p.NextPage(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			pages++
			n += len(out.UserDetailList) + len(out.RoleDetailList) + len(out.GroupDetailList) + len(out.Policies)
		}
		b.ReportMetric(float64(pages), "pages")
		b.ReportMetric(float64(n), "entities")
	}
}

// BenchmarkDetails_raw reads the same over HTTP without the SDK's decoding.
func BenchmarkDetails_raw(b *testing.B) {
	fixture := quota()
	s := server(b, sandbox.Options{}, fixture)
	key, _ := s.Key(fixture.Account)
	for b.Loop() {
		form := "Action=GetAccountAuthorizationDetails&Version=2010-05-08&MaxItems=1000"
		r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, s.URL(), strings.NewReader(form))
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+key+"/20260601/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}

// BenchmarkWrite attaches and detaches in the large account: a write copies the table that it changes.
func BenchmarkWrite(b *testing.B) {
	fixture := quota()
	d, err := directory.New(fixture)
	if err != nil {
		b.Fatal(err)
	}
	attach, _ := directory.Find("AttachUserPolicy")
	detach, _ := directory.Find("DetachUserPolicy")
	user, policy := &fixture.Users[2500].Name, new("arn:aws:iam::aws:policy/AmazonPollyReadOnlyAccess")
	for b.Loop() {
		if _, err := d.Do(directory.Call{}, attach, &iam.AttachUserPolicyInput{UserName: user, PolicyArn: policy}); err != nil {
			b.Fatal(err)
		}
		if _, err := d.Do(directory.Call{}, detach, &iam.DetachUserPolicyInput{UserName: user, PolicyArn: policy}); err != nil {
			b.Fatal(err)
		}
	}
}
