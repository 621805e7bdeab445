package engine_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/conn"
	"github.com/ambit-iam/ambit/internal/aws/conn/conntest"
	"github.com/ambit-iam/ambit/internal/aws/read"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
	"github.com/ambit-iam/ambit/internal/engine"
)

// motoAccount is the account that moto has by itself.
const motoAccount = "123456789012"

// motoDiffers lists where moto is known not to be like AWS, by the beginning of a verdict's key.
var motoDiffers = map[string]string{
	"root-": "its credential report has no row of the root user",
}

// populate makes the same state through the API of any server.
func populate(t *testing.T, c *iam.Client) {
	t.Helper()
	ctx := t.Context()
	calls := 0
	do := func(_ any, err error) {
		t.Helper()
		must(t, err)
		calls++
	}
	policyARN := func(name string) *string { return aws.String("arn:aws:iam::" + motoAccount + ":policy/" + name) }
	for name, document := range map[string]string{
		"mfa":     `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:Deactivate*"],"Resource":"*"}]}`,
		"admin":   `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
		"reading": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}`,
		"unused":  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}]}`,
	} {
		do(c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: &document}))
	}
	for _, name := range []string{"full", "empty"} {
		do(c.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: &name}))
	}
	do(c.AttachGroupPolicy(ctx, &iam.AttachGroupPolicyInput{GroupName: aws.String("full"), PolicyArn: policyARN("mfa")}))
	for _, name := range []string{"guarded", "bare", "worker", "=1+1"} {
		do(c.CreateUser(ctx, &iam.CreateUserInput{UserName: &name}))
	}
	for _, name := range []string{"guarded", "bare"} {
		do(c.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: &name, Password: aws.String("Correct-horse-9-battery")}))
		do(c.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: aws.String("full"), UserName: &name}))
	}
	device, err := c.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("guarded")})
	do(device, err)
	do(c.EnableMFADevice(ctx, &iam.EnableMFADeviceInput{
		UserName: aws.String("guarded"), SerialNumber: device.VirtualMFADevice.SerialNumber,
		AuthenticationCode1: aws.String("123456"), AuthenticationCode2: aws.String("654321"),
	}))
	do(c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: aws.String("worker"), PolicyArn: policyARN("admin")}))
	do(c.PutUserPolicy(ctx, &iam.PutUserPolicyInput{
		UserName: aws.String("=1+1"), PolicyName: aws.String("own"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`),
	}))
	for range 2 {
		do(c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("worker")}))
	}
	key, err := c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("bare")})
	do(key, err)
	do(c.UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{UserName: aws.String("bare"), AccessKeyId: key.AccessKey.AccessKeyId, Status: types.StatusTypeInactive}))
	for name, trust := range map[string]string{
		"open":    `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"},"Action":"sts:AssumeRole"}]}`,
		"asking":  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"999988887777"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x"}}}]}`,
		"service": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`,
	} {
		do(c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust}))
	}
	do(c.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("service"), PolicyArn: policyARN("reading")}))
	do(c.UpdateAccountPasswordPolicy(ctx, &iam.UpdateAccountPasswordPolicyInput{MinimumPasswordLength: aws.Int32(10), RequireNumbers: true, MaxPasswordAge: aws.Int32(400)}))
	do(c.CreateAccountAlias(ctx, &iam.CreateAccountAliasInput{AccountAlias: aws.String("compared")}))
	t.Logf("%d calls made the state", calls)
}

// connect opens a connection of full speed to an endpoint.
func connect(t *testing.T, l *conn.Local) *conn.Client {
	t.Helper()
	client, err := conn.Open(t.Context(), conn.Settings{Rate: -1, Local: l})
	must(t, err)
	return client
}

// TestMoto_verdicts holds the sandbox against an implementation of the AWS API that somebody else wrote: the same
// state, made by the same calls, gets the same verdicts, but for what moto is known to do otherwise.
func TestMoto_verdicts(t *testing.T) {
	t.Parallel()
	moto := &conn.Local{Endpoint: conntest.Moto(t, "MOTO_IAM_LOAD_MANAGED_POLICIES=true"), KeyID: "test", Secret: "test"}
	server, err := sandbox.New(sandbox.Options{}, &account.Snapshot{
		Schema: account.SchemaV1, Account: motoAccount, Partition: "aws", TakenAt: time.Now(), Source: "demo", Summary: map[string]int{},
	})
	must(t, err)
	t.Cleanup(func() { _ = server.Close() })
	id, secret := server.Key(motoAccount)

	said := map[string]map[string]string{}
	for name, local := range map[string]*conn.Local{"moto": moto, "sandbox": {Endpoint: server.URL(), KeyID: id, Secret: secret}} {
		client := connect(t, local)
		populate(t, client.IAM)
		reader := connect(t, local) // counts the reads alone
		source := &engine.Live{Client: reader, Options: read.Options{Managed: managed, Now: later}}
		judged, err := engine.Judge(t.Context(), []engine.Source{source}, engine.Options{Rules: compiled(t), Confirm: 10})
		must(t, err)
		said[name] = map[string]string{}
		for key, verdict := range verdicts(judged) {
			if !isKnownDeviation(key) {
				said[name][withoutKeyTime(key)] += " " + string(verdict)
			}
		}
		for call := range reader.Calls() {
			if _, operation, _ := strings.Cut(call, ":"); !strings.HasPrefix(operation, "Get") && !strings.HasPrefix(operation, "List") && operation != "GenerateCredentialReport" {
				t.Errorf("the scan of %s called %s, which is no read", name, call)
			}
		}
	}
	if len(said["moto"]) < 50 {
		t.Fatalf("only %d verdicts to compare", len(said["moto"]))
	}
	if diff := gocmp.Diff(said["moto"], said["sandbox"]); diff != "" {
		t.Errorf("moto (-) and the sandbox (+) differ:\n%s", diff)
	}
	t.Logf("%d verdicts compared", len(said["moto"]))
}

// later is a clock that does not see two servers make the same thing in different seconds.
func later() time.Time { return time.Now().Add(time.Minute) }

func isKnownDeviation(key string) bool {
	for prefix := range motoDiffers {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

// keyTime is the time of creation, by which a key is told apart, and which no two servers share.
var keyTime = regexp.MustCompile(`/20\S+ \S+`)

func withoutKeyTime(key string) string { return keyTime.ReplaceAllString(key, "") }
