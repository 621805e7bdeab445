package authz_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// hostile are documents that policy.Parse takes and that are dear to evaluate, with the value of the key k that
// makes them so. Their patterns begin and end as the text does, so that no look at the ends tells.
func hostile(n int) map[string]struct{ document, resource, value string } {
	const open = `{"Version":"2012-10-17","Statement":[`
	statement := func(resource, condition string) string {
		return `{"Effect":"Allow","Action":"s3:*","Resource":` + resource + `,"Condition":` + condition + `}`
	}
	like := func(pattern string) string { return `{"StringLike":{"k":"` + pattern + `"}}` }
	half := strings.Repeat("a", n/2)
	long := strings.Repeat("a", n)
	return map[string]struct{ document, resource, value string }{
		"many stars":         {open + statement(`"*"`, like(strings.Repeat("*a", n/2)+"b*a")) + "]}", "*", long},
		"star and long tail": {open + statement(`"*"`, like("*"+half+"b*a")) + "]}", "*", long},
		"star and marks":     {open + statement(`"*"`, like("*"+strings.Repeat("a?", n/4)+"b*a")) + "]}", "*", long},
		"bound stars":        {open + statement(`"arn:`+strings.Repeat("*a", n/2)+`*b*:s3:::y"`, "{}") + "]}", "arn:" + long + ":s3:::y", ""},
		"lists of bound stars": {
			open + statement(`["`+strings.Repeat("arn:"+strings.Repeat("*a", min(n, 2000)/2)+`*b*:s3:::y","`, n/2000)+`arn:aws:s3:::q"]`, "{}") + "]}",
			"arn:" + strings.Repeat("a", min(n, 2000)) + ":s3:::y", "",
		},
		"bound stars and marks": {open + statement(`"arn:`+strings.Repeat("*?", n/2)+`*b*:s3:::y"`, "{}") + "]}", "arn:" + long + ":s3:::y", ""},
		"marks in a list": {
			open + statement(`["`+strings.Repeat("arn:aws:s3:::*x?y*x\",\"", n/22)+`arn:aws:s3:::q"]`, "{}") + "]}", "arn:aws:s3:::" + strings.Repeat("x", 1024), "",
		},
		"one long literal":   {open + statement(`"arn:aws:s3:::`+long+`"`, "{}") + "]}", "arn:aws:s3:::" + long, ""},
		"escapes":            {open + statement(`"*"`, like(strings.Repeat("${*}", n/4)+"?b*")) + "]}", "*", strings.Repeat("*", n)},
		"unclosed variables": {open + statement(`"*"`, like(strings.Repeat("${", n/2)+"b")) + "]}", "*", strings.Repeat("${", n/2)},
		"variables":          {open + statement(`"*"`, like(strings.Repeat("${k}", n/4))) + "]}", "*", strings.Repeat("a", 64)},
		"wildcards in a list": {
			open + statement(`["`+strings.Repeat("arn:aws:s3:::*x*y*x\",\"", n/22)+`arn:aws:s3:::q"]`, "{}") + "]}", "arn:aws:s3:::" + strings.Repeat("x", 1024), "",
		},
		"statements": {open + strings.Repeat(statement(`"arn:aws:s3:::*b"`, "{}")+",", n/85) + statement(`"*"`, "{}") + "]}", "arn:aws:s3:::a", ""},
	}
}

func hostileStack(tb interface{ Fatal(...any) }, document, resource, value string) (*authz.Stack, *authz.Request) {
	d := policy.Parse(document)
	p, err := authz.Compile("hostile", d)
	if err != nil {
		tb.Fatal(err)
	}
	who, err := authz.ParsePrincipal("arn:aws:iam::111111111111:user/alice")
	if err != nil {
		tb.Fatal(err)
	}
	c := authz.NewContext(false)
	c.Set("k", value)
	return &authz.Stack{Identity: []*authz.Policy{p}}, &authz.Request{Principal: who, Action: "s3:GetObject", Resource: resource, Context: c}
}

// TestHostile_refused: a document of one MiB, the most that policy.Parse takes, is refused for its wildcards or
// compiles; what is refused has a fault that says so. BenchmarkCompile_hostile and BenchmarkDecide_hostile have the costs.
func TestHostile_refused(t *testing.T) {
	t.Parallel()
	refused := 0
	for name, h := range hostile(1<<20 - 4096) {
		d := policy.Parse(h.document)
		_, err := authz.Compile("hostile", d)
		if (err != nil) != (len(d.Faults) > 0) {
			t.Errorf("%s: faults %v, error %v", name, d.Faults, err)
		}
		if err != nil {
			refused++
		}
	}
	if refused < 6 {
		t.Errorf("%d documents are refused for their wildcards, want most of those that are made of them", refused)
	}
}

// largest is about the longest document of a shape that policy.Parse takes, and that at most 1 MiB.
func largest(name string) (document, resource, value string) {
	for n := 1<<20 - 4096; ; n -= n / 8 {
		h := hostile(n)[name]
		if len(policy.Parse(h.document).Faults) == 0 {
			return h.document, h.resource, h.value
		}
	}
}

// BenchmarkCompile_hostile compiles the largest documents that are taken.
func BenchmarkCompile_hostile(b *testing.B) {
	for name := range hostile(1) {
		document, _, _ := largest(name)
		d := policy.Parse(document)
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			for b.Loop() {
				if _, err := authz.Compile("hostile", d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestHostile_budget: a match beyond the budget is unknown, as an Allow and as a Deny.
func TestHostile_budget(t *testing.T) {
	t.Parallel()
	h := hostile(20 << 10)["star and marks"]
	stack, request := hostileStack(t, h.document, h.resource, h.value)
	if got := stack.Decide(request); got != authz.Depends {
		t.Errorf("as an Allow: %v", got)
	}
	denying, _ := hostileStack(t, strings.Replace(h.document, `"Allow"`, `"Deny"`, 1), h.resource, h.value)
	allowing, _ := hostileStack(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, "*", "")
	allowing.Identity = append(allowing.Identity, denying.Identity...)
	if got := allowing.Decide(request); got != authz.Depends {
		t.Errorf("as a Deny: %v", got)
	}
}

// TestPattern_oracle holds resource patterns, with stars that stop at a colon and stars that do not, to the regexp
// package.
func TestPattern_oracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringMatching(`[a*?]{0,4}`), 5, 7).Draw(t, "parts")
		text := "arn:" + strings.Join(rapid.SliceOfN(rapid.StringMatching(`[a:]{0,4}`), 4, 7).Draw(t, "text"), ":")
		pattern := "arn:" + strings.Join(parts, ":")
		var expression strings.Builder
		colons := 0
		for i := range pattern {
			switch c := pattern[i]; {
			case c == '*' && colons < 5 && i+1 < len(pattern) && pattern[i+1] != ':':
				expression.WriteString("[^:]*")
			case c == '*':
				expression.WriteString(".*")
			case c == '?':
				expression.WriteByte('.')
			default:
				if c == ':' {
					colons++
				}
				expression.WriteByte(c)
			}
		}
		want := authz.ImplicitlyDenied
		if regexp.MustCompile("^" + expression.String() + "$").MatchString(text) {
			want = authz.Allowed
		}
		stack, request := hostileStack(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"`+pattern+`"}}`, text, "")
		if got := stack.Decide(request); got != want {
			t.Fatalf("%s on %s: %v, want %v", pattern, text, got, want)
		}
	})
}

// BenchmarkDecide_hostile decides by patterns near the budget of a match, 2,000 bytes on a text as long, and by the
// largest documents that are taken.
func BenchmarkDecide_hostile(b *testing.B) {
	for name, h := range hostile(2000) {
		benchmarkHostile(b, name, h.document, h.resource, h.value)
		document, resource, value := largest(name)
		benchmarkHostile(b, name, document, resource, value)
	}
}

func benchmarkHostile(b *testing.B, name, document, resource, value string) {
	b.Helper()
	stack, request := hostileStack(b, document, resource, value)
	b.Run(fmt.Sprintf("%s-%d", strings.ReplaceAll(name, " ", "-"), len(document)), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			stack.Decide(request)
		}
	})
}
