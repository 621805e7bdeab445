package gsl_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/source"
)

// now is 31 January, so that months have to be clamped.
var now = time.Date(2026, time.January, 31, 12, 0, 0, 0, time.UTC)

const day = 86400

// daysAgo is a date.
func daysAgo(n float64) float64 { return float64(now.Unix()) - n*day }

type user struct {
	name, account         string
	passwordEnabled, mfa  gsl.Value
	created, passwordUsed float64
	groups                gsl.Strings
	keys                  gsl.PointerSeq[key]
	inline                gsl.StructSeq[inlinePolicy]
	data                  gsl.Record
	holes                 gsl.Values
	hidden, hiddenList    gsl.Value
}

type key struct {
	active        gsl.Value
	rotated, used float64
}

type inlinePolicy struct {
	name     string
	document gsl.Record
}

type role struct {
	name, account string
	trust         gsl.Record
}

type policy struct {
	name        string
	attachments int
	document    gsl.Record
	hole        bool
}

var (
	keyType = &gsl.Type{Name: "AccessKey", Properties: []*gsl.Property{
		gsl.Prop("isActive", gsl.Bool, "", func(k *key) gsl.Value { return k.active }),
		gsl.Prop("lastRotated", gsl.Number, "", func(k *key) gsl.Value { return gsl.NumberOf(k.rotated) }).AsDate(),
		gsl.Prop("lastUsedDate", gsl.Number, "", func(k *key) gsl.Value { return gsl.NumberOf(k.used) }).AsDate(),
	}}
	inlineType = &gsl.Type{Name: "InlinePolicy", Properties: []*gsl.Property{
		gsl.Prop("name", gsl.String, "", func(p *inlinePolicy) gsl.Value { return gsl.StringOf(p.name) }),
		gsl.Prop("document", gsl.Object, "", func(p *inlinePolicy) gsl.Value { return gsl.RecordOf(p.document) }),
	}}
	userType = &gsl.Type{Name: "IamUser", Properties: []*gsl.Property{
		gsl.Prop("name", gsl.String, "", func(u *user) gsl.Value { return gsl.StringOf(u.name) }),
		gsl.Prop("accountNumber", gsl.String, "", func(u *user) gsl.Value { return gsl.StringOf(u.account) }),
		gsl.Prop("path", gsl.String, "", func(*user) gsl.Value { return gsl.Value{} }),
		gsl.Prop("passwordEnabled", gsl.Bool, "", func(u *user) gsl.Value { return u.passwordEnabled }),
		gsl.Prop("mfaActive", gsl.Bool, "", func(u *user) gsl.Value { return u.mfa }),
		gsl.Prop("createDate", gsl.Number, "", func(u *user) gsl.Value { return gsl.NumberOf(u.created) }).AsDate(),
		gsl.Prop("passwordLastUsed", gsl.Number, "", func(u *user) gsl.Value { return gsl.NumberOf(u.passwordUsed) }).AsDate(),
		gsl.Prop("attachedGroups", gsl.List, "", func(u *user) gsl.Value { return gsl.ListOf(&u.groups) }),
		gsl.Prop("firstAccessKey", gsl.Object, "", func(u *user) gsl.Value { return u.slot(0) }).WithElem(keyType),
		gsl.Prop("secondAccessKey", gsl.Object, "", func(u *user) gsl.Value { return u.slot(1) }).WithElem(keyType),
		gsl.Prop("keys", gsl.List, "", func(u *user) gsl.Value { return gsl.ListOf(&u.keys) }).WithElem(keyType),
		gsl.Prop("inlinePolicies", gsl.List, "", func(u *user) gsl.Value { return gsl.ListOf(&u.inline) }).WithElem(inlineType),
		gsl.Prop("data", gsl.Object, "", func(u *user) gsl.Value { return gsl.RecordOf(u.data) }),
		gsl.Prop("hidden", gsl.String, "", func(u *user) gsl.Value { return u.hidden }),
		gsl.Prop("hiddenDate", gsl.Number, "", func(u *user) gsl.Value { return u.hidden }).AsDate(),
		gsl.Prop("hiddenList", gsl.List, "", func(u *user) gsl.Value { return u.hiddenList }),
		gsl.Prop("holes", gsl.List, "", func(u *user) gsl.Value { return gsl.ListOf(&u.holes) }),
		gsl.Prop("noList", gsl.List, "", func(*user) gsl.Value { return gsl.Value{} }),
	}}
	roleType = &gsl.Type{Name: "IamRole", Properties: []*gsl.Property{
		gsl.Prop("name", gsl.String, "", func(r *role) gsl.Value { return gsl.StringOf(r.name) }),
		gsl.Prop("accountNumber", gsl.String, "", func(r *role) gsl.Value { return gsl.StringOf(r.account) }),
		gsl.Prop("assumeRolePolicy", gsl.Object, "", func(r *role) gsl.Value { return gsl.RecordOf(r.trust) }),
	}}
	policyType = &gsl.Type{Name: "IamPolicy", Properties: []*gsl.Property{
		gsl.Prop("name", gsl.String, "", func(p *policy) gsl.Value { return gsl.StringOf(p.name) }),
		gsl.Prop("attachmentCount", gsl.Number, "", func(p *policy) gsl.Value { return gsl.NumberOf(float64(p.attachments)) }),
		gsl.Prop("document", gsl.Object, "", func(p *policy) gsl.Value {
			if p.hole {
				return gsl.UnknownOf("document")
			}
			return gsl.RecordOf(p.document)
		}),
	}}
)

func (u *user) slot(i int) gsl.Value {
	if i >= len(u.keys) {
		return gsl.Value{}
	}
	return gsl.PointerOf(u.keys[i])
}

// schema is what the tests compile against.
var schema = &gsl.Schema{
	Entities: []*gsl.Type{userType, roleType, policyType},
	Planned:  []gsl.Planned{{Name: "LogProfile", Why: "Azure is not read"}, {Name: "cloudtrail", Why: "events come later"}},
	Functions: []*gsl.Function{
		{
			Name: "hasAny", Min: 1, Max: -1, Example: "attachedGroups hasAny('dev')",
			Check: func(args []gsl.Value) (any, error) {
				var names []string
				for i, a := range args {
					if a.Kind() != gsl.String {
						return nil, fmt.Errorf("argument %d must be a string", i+1)
					}
					names = append(names, a.Text())
				}
				return names, nil
			},
			Call: hasAny,
		},
		{Name: "isHidden", Call: func(*gsl.Call) gsl.Value { return gsl.UnknownOf("key") }},
		{Name: "echo", Max: 1, Call: func(c *gsl.Call) gsl.Value {
			if len(c.Args) > 0 {
				return c.Args[0]
			}
			return c.Self
		}},
		{Name: "keysOf", Elem: keyType, Call: func(c *gsl.Call) gsl.Value {
			return gsl.ListOf(&c.Entity.(*user).keys)
		}},
		{Name: "hostName", Free: true, Call: func(c *gsl.Call) gsl.Value {
			s, _ := c.Env.Host.(string)
			return gsl.StringOf(s)
		}},
	},
}

func hasAny(c *gsl.Call) gsl.Value {
	found := false
	if list := c.Self.Sequence(); list != nil {
		for i := range list.Len() {
			for _, name := range c.Prepared.([]string) {
				if v := list.At(i); v.Text() == name {
					c.Prove(v)
					found = true
				}
			}
		}
	}
	return gsl.BoolOf(found)
}

// alice is the user that most expressions are about.
func alice() *user {
	return &user{
		name: "Alice", account: "111122223333",
		passwordEnabled: gsl.BoolOf(true), mfa: gsl.BoolOf(false),
		created: daysAgo(400), passwordUsed: gsl.NoDate,
		groups: gsl.Strings{"dev", "ops"},
		keys: gsl.PointerSeq[key]{
			{active: gsl.BoolOf(true), rotated: daysAgo(100), used: gsl.NoDate},
		},
		inline: gsl.StructSeq[inlinePolicy]{{name: "p1", document: object(`{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`)}},
		holes:  gsl.Values{gsl.StringOf("dev"), gsl.UnknownOf("groups")},
		hidden: gsl.UnknownOf("credentialReport"), hiddenList: gsl.UnknownOf("users"),
		data: object(`{
			"five":5, "fiveText":"5", "zero":0, "yes":"true", "no":"FALSE", "empty":"", "one":1, "t":true,
			"list":["a","b"], "none":[], "null":null, "numbers":[1,2,3], "nested":{"x":{"y":"deep"}},
			"a.b":"dotted", "a":{"b":"plain", "c":"inner"}, "key with blanks":"x",
			"single":{"Effect":"Allow"}, "many":[{"Effect":"Allow","Action":["s3:Get*","s3:Put"]},{"Effect":"Deny","Action":"*"}],
			"arns":["arn:aws:iam::1:root","arn:aws:iam::2:root"],
			"filter":"{($.eventName=ConsoleLogin)||($.eventName = \"X\")}",
			"private":"10.1.0.0/16", "public":"8.8.8.8", "all":"0.0.0.0/0", "six":"2001:4860::/32",
			"acl":[
				{"number":200,"action":"allow","cidr":"0.0.0.0/0","fromPort":22,"toPort":22},
				{"number":100,"action":"DENY","cidr":"0.0.0.0/1"},
				{"number":50,"action":"Allow","cidr":"10.0.0.0/24","fromPort":0,"toPort":65535},
				{"number":300,"action":"deny","cidr":"0.0.0.0/0"}]}`),
	}
}

func run(tb testing.TB, text string, env gsl.Env, self any) gsl.Judgement {
	tb.Helper()
	return compile(tb, text, gsl.Options{}).Judge(&env, self)
}

func compile(tb testing.TB, text string, o gsl.Options) *gsl.Program {
	tb.Helper()
	f := source.File{Text: text}
	p, remarks := gsl.Compile(schema, f, o)
	if p == nil {
		var sb strings.Builder
		if err := source.Print(&sb, f, remarks); err != nil {
			tb.Fatal(err)
		}
		tb.Fatal(sb.String())
	}
	return p
}

// record is a Record for tests: a JSON object.
type record struct {
	names  []string
	values []gsl.Value
	text   string // compact
}

func (r *record) Lookup(name string) (gsl.Value, bool) {
	for i, n := range r.names {
		if n == name {
			return r.values[i], true
		}
	}
	return gsl.Value{}, false
}

func (r *record) Longest(path string, below int) (v gsl.Value, length int) {
	for i, n := range r.names {
		if len(n) > length && len(n) < below && gsl.Leads(n, path) {
			v, length = r.values[i], len(n)
		}
	}
	return v, length
}

func (r *record) AppendJSON(to []byte) []byte { return append(to, r.text...) }

// object reads a JSON object; the order of members is kept in its text only.
func object(text string) *record {
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		panic(err)
	}
	return recordOf(v)
}

func recordOf(v map[string]any) *record {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	r := &record{text: string(text)}
	for name, member := range v {
		r.names = append(r.names, name)
		r.values = append(r.values, valueOf(member))
	}
	return r
}

func valueOf(v any) gsl.Value {
	switch v := v.(type) {
	case nil:
		return gsl.Value{}
	case bool:
		return gsl.BoolOf(v)
	case float64:
		return gsl.NumberOf(v)
	case string:
		return gsl.StringOf(v)
	case []any:
		list := make(gsl.Values, len(v))
		for i, e := range v {
			list[i] = valueOf(e)
		}
		return gsl.ListOf(&list)
	case map[string]any:
		return gsl.RecordOf(recordOf(v))
	}
	panic("no JSON: " + strconv.Quote(fmt.Sprint(v)))
}

func file(text string) source.File { return source.File{Text: text} }
