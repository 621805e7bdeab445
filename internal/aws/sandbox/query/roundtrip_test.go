package query_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ambit-iam/ambit/internal/aws/sandbox/query"
)

// Operations that the codec cannot carry, with the reason. Nothing else may fail.
var uncarried = map[string]string{}

// peer is the far end of a round trip: it decodes what the SDK sent and answers what the test wants.
type peer struct {
	input, output any // pointers: what was decoded; what to answer
	err           error
	namespace     string
}

// RoundTrip answers without a network.
func (p *peer) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	p.err = query.Decode(form, p.input)
	answer := query.Answer{Namespace: p.namespace, Operation: form.Get("Action"), RequestID: "r-1"}
	text, err := answer.Append(nil, p.output)
	if err != nil {
		p.err = err
	}
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "text/xml")
	_, _ = w.Write(text)
	return w.Result(), nil
}

// fill sets every field below v to a value that names its place; union reports whether it met an interface.
func fill(v reflect.Value, n *int, depth int) (union bool) {
	*n++
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(1_700_000_000+int64(*n), 0).UTC()))
		return false
	case v.Type() == reflect.TypeFor[[]byte]():
		v.SetBytes(fmt.Appendf(nil, "\x00\xff blob %d", *n))
		return false
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return fill(v.Elem(), n, depth)
	case reflect.String:
		v.SetString(fmt.Sprintf("<&> \"text\" %%25 +\n é %d", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n) + 0.5)
	case reflect.Slice:
		if depth > 4 { // a type that contains itself
			return false
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		return fill(v.Index(0), n, depth+1) || fill(v.Index(1), n, depth+1)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		union = fill(key, n, depth+1) || fill(value, n, depth+1)
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "ResultMetadata" {
				union = fill(v.Field(i), n, depth) || union
			}
		}
	case reflect.Interface:
		if v.Type() != reflect.TypeFor[types.PolicyIdentifier]() {
			return true
		}
		members := []types.PolicyIdentifier{
			new(types.PolicyIdentifierMemberPolicyArn), new(types.PolicyIdentifierMemberPolicyType), new(types.PolicyIdentifierMemberInlinePolicyIdentifier),
		}
		v.Set(reflect.ValueOf(members[*n%len(members)]))
		return fill(v.Elem().Elem(), n, depth)
	default:
		return true
	}
	return union
}

func TestRoundTrip_everyOperation(t *testing.T) {
	t.Parallel()
	p := &peer{}
	config := aws.Config{
		Region: "us-east-1", HTTPClient: &http.Client{Transport: p}, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", ""),
	}
	for namespace, client := range map[string]any{
		query.NamespaceIAM: iam.NewFromConfig(config, func(o *iam.Options) { o.BaseEndpoint = aws.String("http://sandbox.invalid") }),
		query.NamespaceSTS: sts.NewFromConfig(config, func(o *sts.Options) { o.BaseEndpoint = aws.String("http://sandbox.invalid") }),
	} {
		ran, carried := 0, 0
		p.namespace = namespace
		v := reflect.ValueOf(client)
		for i := range v.NumMethod() {
			name, method := v.Type().Method(i).Name, v.Method(i)
			if name == "Options" {
				continue
			}
			ran++
			reason, known := uncarried[name]
			if problem := roundTrip(t, p, method); problem != "" && !known {
				t.Errorf("%s: %s", name, problem)
			} else if problem == "" && known {
				t.Errorf("%s is carried now, though the list says it is not: %s", name, reason)
			} else if problem == "" {
				carried++
			}
		}
		t.Logf("%s: %d operations, %d exact both ways", namespace, ran, carried)
		if namespace == query.NamespaceIAM && (ran < 180 || carried != ran-len(uncarried)) {
			t.Errorf("ran %d IAM operations, %d exact; want at least 180 and all but %d", ran, carried, len(uncarried))
		}
	}
}

// roundTrip calls one operation with everything filled and says what differs, or "".
func roundTrip(t *testing.T, p *peer, method reflect.Value) string {
	t.Helper()
	n := 0
	input := reflect.New(method.Type().In(1).Elem())
	output := reflect.New(method.Type().Out(0).Elem())
	if fill(input.Elem(), &n, 0) {
		return "the input holds a union"
	}
	if fill(output.Elem(), &n, 0) {
		return "the output holds a union"
	}
	p.input, p.output, p.err = reflect.New(input.Type().Elem()).Interface(), output.Interface(), nil
	got := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), input})
	if err, failed := reflect.TypeAssert[error](got[1]); failed {
		return err.Error()
	}
	if p.err != nil {
		return p.err.Error()
	}
	metadata := cmp.FilterPath(func(path cmp.Path) bool { return path.Last().String() == ".ResultMetadata" }, cmp.Ignore())
	unexported := cmp.FilterPath(func(path cmp.Path) bool {
		f, ok := path.Last().(cmp.StructField)
		return ok && strings.HasPrefix(f.Name(), "noSmithy")
	}, cmp.Ignore())
	if diff := cmp.Diff(input.Interface(), p.input, metadata, unexported, cmpopts.EquateEmpty()); diff != "" {
		return "input (-sent +decoded):\n" + diff
	}
	if diff := cmp.Diff(p.output, got[0].Interface(), metadata, unexported, cmpopts.EquateEmpty()); diff != "" {
		return "output (-answered +read):\n" + diff
	}
	return ""
}

func TestAnswer_AppendFault(t *testing.T) {
	t.Parallel()
	a := query.Answer{Namespace: query.NamespaceIAM, Operation: "GetUser", RequestID: "r"}
	got := a.AppendFault(nil, 404, "NoSuchEntity", "user <x> is not here")
	want := `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>` +
		`<Message>user &lt;x&gt; is not here</Message></Error><RequestId>r</RequestId></ErrorResponse>`
	if !bytes.Equal(got, []byte(want)) {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
