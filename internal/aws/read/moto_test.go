package read

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/conn"
	"github.com/ambit-iam/ambit/internal/aws/conn/conntest"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

// samlDocument is as long as the API wants it to be.
var samlDocument = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com"><!--` +
	strings.Repeat("x", 1000) + `--></EntityDescriptor>`

const motoAccount = "123456789012"

const (
	trustDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	readDocument  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::a+b/100%/*"}]}`
	writeDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Put*","iam:*"],"Resource":"*"}]}`
)

// populate makes an account through the API: the same calls for moto and for our sandbox.
func populate(t *testing.T, c *iam.Client) {
	t.Helper()
	ctx := t.Context()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	deploy := aws.String("arn:aws:iam::" + motoAccount + ":policy/eng/deploy")
	must(c.CreateAccountAlias(ctx, &iam.CreateAccountAliasInput{AccountAlias: aws.String("differential")}))
	must(c.UpdateAccountPasswordPolicy(ctx, &iam.UpdateAccountPasswordPolicyInput{
		MinimumPasswordLength: aws.Int32(14), RequireNumbers: true, RequireSymbols: true, MaxPasswordAge: aws.Int32(90), PasswordReusePrevention: aws.Int32(5), AllowUsersToChangePassword: true,
	}))
	must(c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("deploy"), Path: aws.String("/eng/"), PolicyDocument: aws.String(readDocument)}))
	must(c.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: deploy, PolicyDocument: aws.String(writeDocument), SetAsDefault: true}))
	must(c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("spare"), PolicyDocument: aws.String(readDocument)}))
	must(c.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: aws.String("devs"), Path: aws.String("/eng/")}))
	must(c.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: aws.String("empty")}))
	must(c.PutGroupPolicy(ctx, &iam.PutGroupPolicyInput{GroupName: aws.String("devs"), PolicyName: aws.String("in"), PolicyDocument: aws.String(readDocument)}))
	must(c.AttachGroupPolicy(ctx, &iam.AttachGroupPolicyInput{GroupName: aws.String("devs"), PolicyArn: deploy}))
	for _, user := range []string{"ann", "bob", "svc", "=1+1"} {
		must(c.CreateUser(ctx, &iam.CreateUserInput{UserName: &user, Path: aws.String("/eng/"), Tags: []types.Tag{{Key: aws.String("note"), Value: aws.String("é @:/=+- " + user)}}}))
	}
	for _, user := range []string{"ann", "bob"} {
		must(c.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: &user, Password: aws.String("Correct-horse-battery-9")}))
		must(c.AddUserToGroup(ctx, &iam.AddUserToGroupInput{UserName: &user, GroupName: aws.String("devs")}))
		must(c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: &user}))
	}
	key, err := c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("bob")})
	must(nil, err)
	must(c.UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{UserName: aws.String("bob"), AccessKeyId: key.AccessKey.AccessKeyId, Status: types.StatusTypeInactive}))
	must(c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: aws.String("svc"), PolicyArn: deploy}))
	must(c.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: aws.String("svc"), PolicyName: aws.String("own"), PolicyDocument: aws.String(writeDocument)}))
	device, err := c.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("ann")})
	must(nil, err)
	must(c.EnableMFADevice(ctx, &iam.EnableMFADeviceInput{
		UserName: aws.String("ann"), SerialNumber: device.VirtualMFADevice.SerialNumber, AuthenticationCode1: aws.String("123456"), AuthenticationCode2: aws.String("654321"),
	}))
	must(c.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("loose")}))
	must(c.CreateRole(ctx, &iam.CreateRoleInput{
		RoleName: aws.String("ops"), Path: aws.String("/eng/"), AssumeRolePolicyDocument: aws.String(trustDocument), Description: aws.String("runs it"),
		MaxSessionDuration: aws.Int32(7200), PermissionsBoundary: deploy, Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("1")}},
	}))
	must(c.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("ops"), PolicyArn: aws.String(readOnly)}))
	must(c.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String("ops"), PolicyName: aws.String("in"), PolicyDocument: aws.String(readDocument)}))
	must(c.CreateInstanceProfile(ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("web")}))
	must(c.AddRoleToInstanceProfile(ctx, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: aws.String("web"), RoleName: aws.String("ops")}))
	must(c.CreateInstanceProfile(ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("unused")}))
	must(c.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{
		Url: aws.String("https://token.actions.githubusercontent.com"), ClientIDList: []string{"sts.amazonaws.com"}, ThumbprintList: []string{strings.Repeat("a", 40)},
	}))
	must(c.CreateSAMLProvider(ctx, &iam.CreateSAMLProviderInput{Name: aws.String("idp"), SAMLMetadataDocument: aws.String(samlDocument)}))
	certificate, private := selfSigned(t)
	must(c.UploadServerCertificate(ctx, &iam.UploadServerCertificateInput{ServerCertificateName: aws.String("tls"), CertificateBody: &certificate, PrivateKey: &private}))
}

func selfSigned(t *testing.T) (certificate, private string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "example.com"}, NotAfter: time.Now().AddDate(1, 0, 0)}
	body, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: body})), string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret}))
}

// common leaves of a snapshot what moto and AWS have in common. Gone are: ids and all times (the two servers were
// filled at different moments; moto's certificates expired in 2012); the report's root row, which moto lacks; what
// moto writes for unused keys; of the summary, all but the counts; documents and versions of AWS managed policies,
// of which moto carries its own collection.
func common(s *account.Snapshot) {
	var never time.Time
	s.TakenAt = never
	for i := range s.Users {
		s.Users[i].ID, s.Users[i].Created = "", never
	}
	for i := range s.Groups {
		s.Groups[i].ID, s.Groups[i].Created = "", never
	}
	for i := range s.Roles {
		s.Roles[i].ID, s.Roles[i].Created = "", never
	}
	for i := range s.Policies {
		p := &s.Policies[i]
		p.ID, p.Created, p.Updated = "", never, never
		if isAWSManaged(p.ARN) {
			p.Version, p.Document = "", ""
		}
		for j := range p.Versions {
			p.Versions[j].Created = never
		}
	}
	for i := range s.InstanceProfiles {
		s.InstanceProfiles[i].ID, s.InstanceProfiles[i].Created = "", never
	}
	for i := range s.VirtualMFADevices {
		s.VirtualMFADevices[i].Enabled = never
	}
	for i := range s.ServerCerts {
		s.ServerCerts[i] = account.ServerCert{Name: s.ServerCerts[i].Name, ARN: s.ServerCerts[i].ARN, Path: s.ServerCerts[i].Path}
	}
	for i := range s.SAMLProviders {
		s.SAMLProviders[i] = account.SAMLProvider{ARN: s.SAMLProviders[i].ARN}
	}
	commonReport(s)
	counts := map[string]int{}
	for _, entry := range []string{"Users", "Groups", "Roles", "Policies", "InstanceProfiles", "MFADevices", "MFADevicesInUse", "Providers", "ServerCertificates"} {
		counts[entry] = s.Summary[entry]
	}
	s.Summary = counts
}

func commonReport(s *account.Snapshot) {
	if s.Report == nil {
		return
	}
	var rows []account.Credential
	for _, row := range s.Report.Rows {
		if row.User == account.RootUser {
			continue
		}
		plain := account.Credential{User: row.User, ARN: row.ARN, PasswordEnabled: row.PasswordEnabled, MFA: row.MFA}
		for i, key := range row.Keys {
			plain.Keys[i].Active = key.Active
		}
		rows = append(rows, plain)
	}
	s.Report = &account.CredentialReport{Rows: rows}
}

// TestAccount_moto reads the same account from moto and from our sandbox, after the same calls.
func TestAccount_moto(t *testing.T) {
	t.Parallel()
	url := conntest.Moto(t, "MOTO_IAM_LOAD_MANAGED_POLICIES=true")
	moto, err := conn.Open(t.Context(), conn.Settings{Rate: -1, Local: &conn.Local{Endpoint: url, KeyID: "test", Secret: "test"}})
	if err != nil {
		t.Fatal(err)
	}
	empty := &account.Snapshot{Account: motoAccount, TakenAt: time.Now(), Policies: []account.Policy{{ARN: readOnly, Version: "v1", Document: readDocument}}}
	empty.Normalize()
	ours, _ := open(t, sandbox.Settings{Clock: time.Now}, empty)
	read := func(c *conn.Client) *account.Snapshot {
		populate(t, c.IAM)
		s, err := Account(t.Context(), c, Options{MaxSession: true, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	got, want := read(moto), read(ours)
	for _, p := range got.Policies {
		if isAWSManaged(p.ARN) && !strings.Contains(string(p.Document), `"Statement"`) {
			t.Errorf("moto's document of %s: %.80q", p.Name, p.Document)
		}
	}
	common(got)
	common(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-sandbox +moto):\n%s", diff)
	}
	confirmBoth(t, moto, ours, got, want)
	leastPrivilege(t, url, moto)
}

// confirmBoth asks both servers about all users.
func confirmBoth(t *testing.T, moto, ours *conn.Client, got, want *account.Snapshot) {
	t.Helper()
	var asks []Ask
	for _, user := range want.Users {
		asks = append(asks, Ask{User: user.Name, MFA: true, Keys: true})
	}
	asks = append(asks, Ask{User: "nobody", MFA: true})
	confirm := func(c *conn.Client, s *account.Snapshot) *account.Snapshot {
		s, err := Confirm(t.Context(), c, s, asks, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Confirmations {
			s.Confirmations[i].At = time.Time{}
			for j := range *s.Confirmations[i].Keys {
				key := &(*s.Confirmations[i].Keys)[j]
				key.ID, key.Created = "", time.Time{}
			}
		}
		for i := range s.Gaps {
			s.Gaps[i].Error, _, _ = strings.Cut(s.Gaps[i].Error, ":") // the two word it differently
		}
		return s
	}
	fromMoto, fromOurs := confirm(moto, got), confirm(ours, want)
	for _, c := range []*account.Snapshot{fromMoto, fromOurs} {
		for i := range c.Confirmations {
			active := 0
			for _, key := range *c.Confirmations[i].Keys {
				if key.Active {
					active++
				}
			}
			c.Confirmations[i].Keys = &[]account.LiveKey{{ID: "active", Active: active > 0}}
		}
	}
	if diff := cmp.Diff(fromOurs, fromMoto); diff != "" {
		t.Errorf("confirmed (-sandbox +moto):\n%s", diff)
	}
}

// leastPrivilege lets moto judge every call: a user with our policy reads everything, one without reads nothing.
func leastPrivilege(t *testing.T, url string, admin *conn.Client) {
	t.Helper()
	user := func(name, document string) *conn.Client {
		t.Helper()
		_, err := admin.IAM.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name})
		if err != nil {
			t.Fatal(err)
		}
		if document != "" {
			_, err = admin.IAM.PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{UserName: &name, PolicyName: aws.String("p"), PolicyDocument: &document})
		}
		if err != nil {
			t.Fatal(err)
		}
		key, err := admin.IAM.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &name})
		if err != nil {
			t.Fatal(err)
		}
		c, err := conn.Open(t.Context(), conn.Settings{Rate: -1, Local: &conn.Local{Endpoint: url, KeyID: *key.AccessKey.AccessKeyId, Secret: *key.AccessKey.SecretAccessKey}})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	reader, stranger := user("reader", string(Permissions("aws"))), user("stranger", "")
	judge(t, url)
	s, err := Account(t.Context(), reader, Options{MaxSession: true, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if s, err = Confirm(t.Context(), reader, s, []Ask{{User: "ann", MFA: true, Keys: true}}, time.Now); err != nil {
		t.Fatal(err)
	}
	if len(s.Gaps) > 0 || len(s.Confirmations) != 1 {
		t.Errorf("with our policy: gaps %+v", s.Gaps)
	}
	s, err = Account(t.Context(), stranger, Options{MaxSession: true, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range account.Parts() {
		if gap := s.Gap(part); gap == nil || gap.Permission == "" {
			t.Errorf("without a policy: %s has the gap %+v", part, gap)
		}
	}
}

// judge switches moto's authoriser on.
func judge(t *testing.T, url string) {
	t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url+"/moto-api/reset-auth", strings.NewReader("0"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "text/plain")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("moto answers %s", answer.Status)
	}
}
