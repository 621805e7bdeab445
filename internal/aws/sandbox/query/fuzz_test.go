package query_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ambit-iam/ambit/internal/aws/sandbox/query"
)

// inputs are types with every shape that a form can carry: lists, structures, maps, numbers, times, blobs.
func inputs() []any {
	type shapes struct {
		Blob   []byte
		Time   *time.Time
		Float  float64
		Number *int32
		Lists  [][]string
		Map    map[string]struct{ A, B *string }
	}
	return []any{new(shapes), new(iam.CreateUserInput), new(iam.GetAccountAuthorizationDetailsInput), new(iam.UpdateAccountPasswordPolicyInput), new(iam.AcquireRoleInput), new(iam.SimulatePrincipalPolicyInput)}
}

// form writes a value as a client does: the decoder's inverse, written apart from it.
func form(into url.Values, v reflect.Value, path string) {
	join := func(name string) string { return strings.TrimPrefix(path+"."+name, ".") }
	switch value := v.Interface().(type) {
	case time.Time:
		into.Set(path, value.Format(time.RFC3339Nano))
		return
	case []byte:
		if value != nil {
			into.Set(path, base64.StdEncoding.EncodeToString(value))
		}
		return
	}
	if k := v.Kind(); path != "" && (k == reflect.Struct || (k == reflect.Slice || k == reflect.Map) && !v.IsNil()) {
		into.Set(path, "") // it is there, though it may be empty
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			form(into, v.Elem(), path)
		}
	case reflect.Interface: // a union: the member's type ends in its name
		if !v.IsNil() {
			_, member, _ := strings.Cut(v.Elem().Type().Elem().Name(), "Member")
			form(into, v.Elem().Elem().FieldByName("Value"), join(member))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				form(into, v.Field(i), join(f.Name))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			form(into, v.Index(i), fmt.Sprintf("%s.member.%d", path, i+1))
		}
	case reflect.Map:
		for i, key := range v.MapKeys() {
			entry := fmt.Sprintf("%s.entry.%d", path, i+1)
			into.Set(entry+".key", key.String())
			form(into, v.MapIndex(key), entry+".value")
		}
	default:
		into.Set(path, fmt.Sprint(v.Interface()))
	}
}

// FuzzDecode: whatever a form says, decoding it ends, and what was read can be written and read again unchanged.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"Action=CreateUser&UserName=a&Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.3.Key=l",
		"Filter.member.2=User&Filter.member.999999999=Role&MaxItems=7&Filter=",
		"Blob=AAE%3D&Time=2026-01-02T03:04:05.5Z&Float=1e3&Number=-2147483648&Lists.member.1.member.1=x",
		"Map.entry.1.key=a&Map.entry.1.value.A=b&Map.entry.2.key=a&Map.entry.2.value.B=c",
		"Tags.member.0.Key=x", "Tags.member.01.Key=x", "Tags.member.-1.Key=x", "Tags.member.1=x&Tags.member.1.Key=y",
		"MaxItems=2147483648", "PolicyExclusionList.member.1.PolicyArn=a&PolicyExclusionList.member.2.InlinePolicyIdentifier.PolicyName=b",
		"PolicyExclusionList.member.1.PolicyArn=a&PolicyExclusionList.member.1.PolicyType=inline", "PolicyExclusionList.member.1.X=a", "RequireSymbols=TRUE", strings.Repeat("a.", 40) + "a=1", "...=&.=&=",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		values, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		for _, first := range inputs() {
			if err := query.Decode(values, first); err != nil {
				if _, ok := err.(*query.ParameterError); !ok { //nolint:errorlint // the contract is the bare type
					t.Fatalf("got %T, want *ParameterError", err)
				}
				continue
			}
			written := url.Values{}
			form(written, reflect.ValueOf(first), "")
			second := reflect.New(reflect.TypeOf(first).Elem()).Interface()
			if err := query.Decode(written, second); err != nil {
				t.Fatalf("%v\nform %v", err, written)
			}
			if diff := cmp.Diff(first, second, cmpopts.EquateEmpty(), cmpopts.EquateNaNs(), cmp.FilterPath(func(p cmp.Path) bool {
				field, ok := p.Last().(cmp.StructField)
				return ok && strings.HasPrefix(field.Name(), "noSmithy")
			}, cmp.Ignore())); diff != "" {
				t.Fatalf("(-first +second):\n%s\nform %v", diff, written)
			}
		}
	})
}

func TestDecode_errors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Tags.member.x.Key=1":        `query: parameter "Tags.member.x": want a number from 1 on`,
		"Tags.member.01.Key=1":       `query: parameter "Tags.member.01": want a number from 1 on`,
		strings.Repeat("a.", 40):     "want at most 8 levels",
		"UserName=x&Tags.member.1.a": "",
	} {
		values, err := url.ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		err = query.Decode(values, new(iam.CreateUserInput))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	values, err := url.ParseQuery("Action=GetAccountAuthorizationDetails&Version=2010-05-08&MaxItems=1000&Filter.member.1=User&Filter.member.2=Role")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := query.Decode(values, new(iam.GetAccountAuthorizationDetailsInput)); err != nil {
			b.Fatal(err)
		}
	}
}
