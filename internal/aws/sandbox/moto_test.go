package sandbox_test

import (
	"context"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/conn/conntest"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

// motoAccount is the account that moto acts in by default.
const motoAccount account.ID = "123456789012"

// made holds what one server named itself, for later calls to it.
type made map[string]*string

// probe is one call of the sequence that both servers get.
type probe struct {
	name string
	call func(ctx context.Context, c *iam.Client, m made) (any, error)
	// deviates says why moto answers otherwise, and that it does: "" means that both must agree.
	deviates string
}

// TestServer_moto plays one sequence of calls to moto, an independent implementation, and to the sandbox.
func TestServer_moto(t *testing.T) {
	t.Parallel()
	there := iam.NewFromConfig(config(conntest.Moto(t, "MOTO_IAM_LOAD_MANAGED_POLICIES=true"), "AKIAMOTO", "secret", ""))
	s := server(t, sandbox.Options{Settings: sandbox.Settings{Clock: time.Now}}, &account.Snapshot{Account: motoAccount})
	here, _ := clients(s, motoAccount)
	theirs, ours := made{}, made{}
	agreed := 0
	sequence := probes()
	for _, p := range sequence {
		want, got := play(t.Context(), p, there, theirs), play(t.Context(), p, here, ours)
		switch {
		case want == got && p.deviates != "":
			t.Errorf("%s: moto agrees now; the table says: %s", p.name, p.deviates)
		case want != got && p.deviates == "":
			t.Errorf("%s\n   moto: %s\nsandbox: %s", p.name, want, got)
		case want == got:
			agreed++
		}
	}
	t.Logf("%d calls, %d agreed, %d deviations of moto's that the table explains", len(sequence), agreed, len(sequence)-agreed)
	if agreed < 80 {
		t.Errorf("only %d calls agreed: is this moto?", agreed)
	}
}

// play makes one call and gives its outcome as text: the error's code and status, or what is said in the answer.
func play(ctx context.Context, p probe, c *iam.Client, m made) string {
	out, err := p.call(ctx, c, m)
	if _, ok := errors.AsType[smithy.APIError](err); err != nil && !ok {
		return "not an answer of IAM's"
	}
	if err != nil {
		return code(err)
	}
	return view(reflect.ValueOf(out))
}

// accidental are fields that no two servers fill alike.
var accidental = []string{
	"ResultMetadata", "Marker", "UserId", "GroupId", "RoleId", "PolicyId", "InstanceProfileId", "AccessKeyId", "SecretAccessKey",
	"CertificateId", "SSHPublicKeyId", "ServerCertificateId", "Base32StringSeed", "QRCodePNG", "Region",
	"CreateDate", "UpdateDate", "EnableDate", "UploadDate", "Expiration", "ValidUntil", "LastUsedDate", "GeneratedTime",
	"RoleLastUsed", "Description", "SAMLProviderUUID", "PermissionsBoundaryUsageCount",
}

// view writes what an answer says: without accidental fields and empty values, lists sorted, documents decoded.
func view(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return ""
		}
		return view(v.Elem())
	case reflect.Struct:
		var b strings.Builder
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() || slices.Contains(accidental, f.Name) {
				continue
			}
			if text := view(v.Field(i)); text != "" {
				fmt.Fprintf(&b, "%s:%s ", f.Name, text)
			}
		}
		return strings.TrimSpace(b.String())
	case reflect.Slice:
		var items []string
		for i := range v.Len() {
			items = append(items, "{"+view(v.Index(i))+"}")
		}
		slices.Sort(items)
		return strings.Join(items, "")
	case reflect.Map:
		var items []string
		for _, k := range v.MapKeys() {
			items = append(items, fmt.Sprint(k)+"="+view(v.MapIndex(k)))
		}
		slices.Sort(items)
		return strings.Join(items, " ")
	case reflect.String:
		text := v.String()
		if decoded, err := url.PathUnescape(text); err == nil && strings.HasPrefix(text, "%7B") {
			return decoded
		}
		return strings.TrimSpace(text)
	case reflect.Bool:
		if !v.Bool() {
			return ""
		}
	}
	return fmt.Sprint(v.Interface())
}

// on makes a probe's call of an operation.
func on[I, O any](op func(*iam.Client, context.Context, *I, ...func(*iam.Options)) (*O, error), in func(made) *I, keep ...func(*O, made)) func(context.Context, *iam.Client, made) (any, error) {
	return func(ctx context.Context, c *iam.Client, m made) (any, error) {
		out, err := op(c, ctx, in(m))
		if err != nil {
			return nil, err
		}
		for _, k := range keep {
			k(out, m)
		}
		return out, nil
	}
}

// always is an input that needs nothing of what came before.
func always[I any](in I) func(made) *I { return func(made) *I { return &in } }

// selfSigned is a certificate that lasts until 2046, of a key that nobody has.
var selfSigned = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: mustBase64(selfSignedDER)}))

func mustBase64(s string) []byte {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

const selfSignedDER = "MIIBDzCBt6ADAgECAgEBMAoGCCqGSM49BAMCMBIxEDAOBgNVBAMTB2V4YW1wbGUwHhcNMjMxMTE0MjIxMzIwWhcNNDYwMTAxMDAwMDAwWjASMR" +
	"AwDgYDVQQDEwdleGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAElHFdkvmlTij4xXEul2YyK0hiuCo3e/7CpeN2dtchLQeIlHAXWg/p" +
	"9ey4RDljdMs/wTcHANK/JiiK0xhps2EZmzAKBggqhkjOPQQDAgNHADBEAiBhUsBi64dv6g0otRT0T9tsDnMLR91wQ+gPrRpTBO7kzgIgZ/e5bR" +
	"lIWLLZfZNBS+KnPV3TGiC/mgkfkWnP1U3Lf00="
