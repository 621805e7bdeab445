package iamref

import (
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/arn"
)

func TestActionOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want string
		level      Level
		types      string // with ! where required
		keys       string // some of them
	}{
		{"s3:GetObject", "s3:GetObject", Read, "accesspointobject object", "s3:signatureversion"},
		{"S3:LISTBUCKET", "s3:ListBucket", List, "accesspoint bucket", "s3:prefix"},
		{"iam:PassRole", "iam:PassRole", Write, "role!", "iam:PassedToService"},
		{"iam:AttachUserPolicy", "iam:AttachUserPolicy", PermissionsManagement, "user!", "iam:PolicyARN"},
		{"iam:TagUser", "iam:TagUser", Tagging, "user!", "aws:TagKeys"},
		{"iam:ListUsers", "iam:ListUsers", List, "", ""},
		{"s3:ListAllMyBuckets", "s3:ListAllMyBuckets", List, "", ""},
		{"sts:AssumeRole", "sts:AssumeRole", Write, "role!", "sts:ExternalId"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, ok := ActionOf(tt.name)
			if !ok || a.String() != tt.want || a.Level != tt.level || ActionAt(a.Index).String() != tt.want {
				t.Fatalf("got %s %s, %t", a, a.Level, ok)
			}
			var types []string
			for _, r := range a.Resources {
				if r.Required {
					r.Name += "!"
				}
				types = append(types, r.Name)
			}
			if got := strings.Join(types, " "); !strings.Contains(got, tt.types) {
				t.Errorf("resource types are %s", got)
			}
			if tt.keys != "" && !slices.Contains(a.Keys, tt.keys) {
				t.Errorf("keys are %s", a.Keys)
			}
		})
	}
	for _, name := range []string{"", "s3", "s3:", ":", "s3:GetObjec", "s3:GetObjects", "s3:*", "*", "nosuch:GetObject", "s3:Get:Object", "iam:ResyncMFADevicem"} {
		if a, ok := ActionOf(name); ok {
			t.Errorf("%q: found %s", name, a)
		}
	}
}

func TestServices(t *testing.T) {
	t.Parallel()
	services, controlled, actions := 0, 0, 0
	last := ""
	for s := range Services() {
		services++
		if s.ControlPolicies {
			controlled++
		}
		if s.Prefix <= last || s.Name == "" || s.Prefix != strings.ToLower(s.Prefix) {
			t.Errorf("service %+v follows %q", s, last)
		}
		last = s.Prefix
		if again, ok := ServiceOf(strings.ToUpper(s.Prefix)); !ok || again != s {
			t.Errorf("%s is found as %+v", s.Prefix, again)
		}
		for a := range Expand(s.Prefix + ":*") {
			if a.Index != actions || a.Service != s.Prefix || a.Level < List || a.Level > PermissionsManagement {
				t.Fatalf("action %d of %s is %+v", actions, s.Prefix, a)
			}
			if again, ok := ActionOf(a.String()); !ok || again.Index != a.Index {
				t.Errorf("%s is not found by its name", a)
			}
			actions++
		}
	}
	if services < 400 || actions < 20_000 || actions != ActionCount() {
		t.Errorf("%d services, %d actions of %d", services, actions, ActionCount())
	}
	if controlled != 62 {
		t.Errorf("%d services heed resource control policies, want 62", controlled)
	}
	if _, ok := ServiceOf("no-such-service"); ok || ResourceTypes("no-such-service") != nil {
		t.Error("found a service that does not exist")
	}
	for range Services() {
		break // an early end must do no harm
	}
	for range Expand("*") {
		break
	}
	t.Logf("%d services, %d actions in %d bytes", services, actions, len(packedServices))
}

func TestResourceTypes(t *testing.T) {
	t.Parallel()
	types := ResourceTypes("S3")
	i := slices.IndexFunc(types, func(r ResourceType) bool { return r.Name == "object" })
	if i < 0 {
		t.Fatalf("s3 has no type object: %v", types)
	}
	if diff := cmp.Diff([]string{"arn:${Partition}:s3:::${BucketName}/${ObjectName}"}, types[i].ARNs); diff != "" {
		t.Errorf("ARNs (-want +got):\n%s", diff)
	}
	templates := 0
	for s := range Services() {
		for _, r := range ResourceTypes(s.Prefix) {
			for _, template := range r.ARNs {
				templates++
				if !strings.HasPrefix(template, "arn:") || strings.Count(template, ":") < 5 || strings.Count(template, "${") != strings.Count(template, "}") {
					t.Errorf("%s %s has template %q", s.Prefix, r.Name, template)
				}
			}
		}
	}
	if templates < 2000 {
		t.Errorf("only %d templates", templates)
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		want ConditionKey
	}{
		{"aws:SourceIp", ConditionKey{"aws:SourceIp", IPKey, false, true}},
		{"AWS:SOURCEIP", ConditionKey{"aws:SourceIp", IPKey, false, true}},
		{"aws:multifactorauthpresent", ConditionKey{"aws:MultiFactorAuthPresent", BoolKey, false, true}},
		{"aws:CalledVia", ConditionKey{"aws:CalledVia", StringKey, true, true}},
		{"aws:TagKeys", ConditionKey{"aws:TagKeys", StringKey, true, true}},
		{"aws:PrincipalTag/Team", ConditionKey{"aws:PrincipalTag/${TagKey}", StringKey, false, true}},
		{"aws:requesttag/a/b:c", ConditionKey{"aws:RequestTag/${TagKey}", StringKey, false, true}},
		{"s3:ExistingObjectTag/x", ConditionKey{"s3:ExistingObjectTag/${TagKey}", StringKey, false, false}},
		{"kms:EncryptionContext:x", ConditionKey{"kms:EncryptionContext:${EncryptionContextKey}", StringKey, false, false}},
		{"iam:PassedToService", ConditionKey{"iam:PassedToService", StringKey, false, false}},
		{"sts:ExternalId", ConditionKey{"sts:ExternalId", StringKey, false, false}},
		{"token.actions.githubusercontent.com:repository", ConditionKey{"token.actions.githubusercontent.com:repository", StringKey, false, false}},
		{"events:Metadata/x/Matcher", ConditionKey{"events:Metadata/${MetadataKey}/Matcher", StringKey, false, false}},
		{"lambda:SourceFunctionArn", ConditionKey{"lambda:SourceFunctionArn", ARNKey, false, true}},
	}
	for _, tt := range tests {
		got, ok := Key(tt.name)
		if got.Name == "" || got.Name != tt.want.Name || !ok {
			t.Errorf("%s: got %+v, %t", tt.name, got, ok)
			continue
		}
		if tt.name != "events:Metadata/x/Matcher" && got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
	for _, name := range []string{"", "aws:", "aws:NoSuchKey", "aws:PrincipalTag", "aws:PrincipalTag/", "SourceIp", "nosuch:Key"} {
		if got, ok := Key(name); ok {
			t.Errorf("%q: found %+v", name, got)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	n, global := 0, 0
	last := ""
	for k := range Keys() {
		n++
		if k.Global {
			global++
		}
		if compareFold(k.Name, last) <= 0 || k.Type < StringKey || k.Type > IPKey {
			t.Errorf("%+v follows %s", k, last)
		}
		if got, ok := Key(k.Name); !ok || got != k {
			t.Errorf("%s is found as %+v", k.Name, got)
		}
		last = k.Name
	}
	if n < 1500 || global < 50 {
		t.Errorf("%d keys, %d of them global", n, global)
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	tests := []struct{ pattern, want string }{
		{"iam:PassRole", "iam:PassRole"},
		{"IAM:passrole", "iam:PassRole"},
		{"iam:*AccessKey", "iam:CreateAccessKey iam:DeleteAccessKey iam:UpdateAccessKey"},
		{"iam:???ateAccessKey", "iam:CreateAccessKey iam:UpdateAccessKey"},
		{"sts:Get*Identity", "sts:GetCallerIdentity"},
		{"sts:GetCallerIdentity*", "sts:GetCallerIdentity"},
		{"sts:GetCallerIdentity?", ""},
		{"*:PassRole", ""}, // the service takes no wildcard
		{"ia*:PassRole", ""},
		{"iam", ""},
		{"", ""},
		{"iam:", ""},
		{" iam:PassRole", ""},
		{"iam:PassRole ", ""},
	}
	for _, tt := range tests {
		if got := strings.Join(names(Expand(tt.pattern)), " "); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.pattern, got, tt.want)
		}
	}
}

func names(actions iter.Seq[Action]) []string {
	var out []string
	for a := range actions {
		out = append(out, a.String())
	}
	return out
}

// TestExpand_property: a pattern stands for exactly the actions of its service that match it.
func TestExpand_property(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := ActionAt(rapid.IntRange(0, ActionCount()-1).Draw(t, "action"))
		name := []byte(a.Name)
		for range rapid.IntRange(0, 3).Draw(t, "wildcards") {
			at := rapid.IntRange(0, len(name)).Draw(t, "at")
			wildcard := rapid.SampledFrom([]byte("*?Ss")).Draw(t, "wildcard")
			cut := rapid.IntRange(0, len(name)-at).Draw(t, "cut")
			name = slices.Concat(name[:at], []byte{wildcard}, name[at+cut:])
		}
		pattern := a.Service + ":" + string(name)
		got := names(Expand(pattern))
		var want []string
		for b := range Expand(a.Service + ":*") {
			if arn.MatchFold(pattern, b.String()) {
				want = append(want, b.String())
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", pattern, diff)
		}
	})
}

// FuzzFits holds the room's own matcher against that of package arn.
func FuzzFits(f *testing.F) {
	f.Add("Get*Object?", "getBigObjects")
	f.Add("**a*b", "aab")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if strings.IndexFunc(pattern+name, func(r rune) bool { return r >= 0x80 }) >= 0 {
			t.Skip("action names are ASCII")
		}
		if got, want := fits(pattern, name), arn.MatchFold(pattern, name); got != want {
			t.Errorf("fits(%q, %q) = %t, want %t", pattern, name, got, want)
		}
	})
}
