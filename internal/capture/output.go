package capture

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/wire"
)

// output is one saved answer of AWS, or one capture.
type output struct {
	file, dir string
	modTime   time.Time
	call      *call  // nil for a capture
	failed    string // the error code of a call that failed
	owner     owner

	capture   *account.Snapshot
	truncated bool // AWS says that more follows
	next      string
	users     []account.User
	groups    []account.Group
	roles     []role
	policies  []policy
	version   *account.Version
	profiles  []account.InstanceProfile
	devices   []account.VirtualMFA
	certs     []account.ServerCert
	saml      []account.SAMLProvider
	oidc      []account.OIDCProvider
	aliases   []string
	summary   map[string]int
	passwords *account.PasswordPolicy
	content   string // of the credential report, base64
	generated time.Time
	state     string // of the credential report that is being made
	report    *account.CredentialReport
	has       map[string]bool // the members that it has, of those that are read
}

// outputTable reads the members of every call: no two calls use one name for different things, but for Policies.
var outputTable = wire.NewObject(
	wire.Field("UserDetailList", wire.List(userTable), func(o *output) *[]account.User { return &o.users }),
	wire.Field("GroupDetailList", wire.List(groupTable), func(o *output) *[]account.Group { return &o.groups }),
	wire.Field("RoleDetailList", wire.List(roleTable), func(o *output) *[]role { return &o.roles }),
	wire.Field("Policies", wire.List(policyTable), func(o *output) *[]policy { return &o.policies }),
	flag("IsTruncated", func(o *output) *bool { return &o.truncated }),
	plain("NextToken", func(o *output) *string { return &o.next }),
	plain("Content", func(o *output) *string { return &o.content }),
	instant("GeneratedTime", func(o *output) *time.Time { return &o.generated }),
	wire.Field("SummaryMap", wire.Counts(), func(o *output) *map[string]int { return &o.summary }),
	wire.Field("PasswordPolicy", wire.Pointer(passwordTable), func(o *output) **account.PasswordPolicy { return &o.passwords }),
	wire.Field("AccountAliases", wire.List(wire.Text[string]()), func(o *output) *[]string { return &o.aliases }),
	wire.Field("VirtualMFADevices", wire.List(deviceTable), func(o *output) *[]account.VirtualMFA { return &o.devices }),
	wire.Field("ServerCertificateMetadataList", wire.List(certificateTable), func(o *output) *[]account.ServerCert { return &o.certs }),
	wire.Field("SAMLProviderList", wire.List(samlTable), func(o *output) *[]account.SAMLProvider { return &o.saml }),
	wire.Field("OpenIDConnectProviderList", wire.List(oidcTable), func(o *output) *[]account.OIDCProvider { return &o.oidc }),
	wire.Field("InstanceProfiles", wire.List(profileTable), func(o *output) *[]account.InstanceProfile { return &o.profiles }),
	wire.Field("Roles", wire.List(roleTable), func(o *output) *[]role { return &o.roles }),
	wire.Field("Users", wire.List(userTable), func(o *output) *[]account.User { return &o.users }),
	wire.Field("Groups", wire.List(groupTable), func(o *output) *[]account.Group { return &o.groups }),
	wire.Field("Policy", wire.Codec[[]policy](onePolicy{}), func(o *output) *[]policy { return &o.policies }),
	wire.Field("PolicyVersion", wire.Pointer(versionTable), func(o *output) **account.Version { return &o.version }),
	plain("State", func(o *output) *string { return &o.state }),
	plain("Account", func(o *output) *string { return &o.owner.given }),
	plain("Arn", func(o *output) *string { return &o.owner.caller }),
)

// onePolicy reads the one policy of GetPolicy.
type onePolicy struct{}

func (onePolicy) Read(r *wire.Reader, v *[]policy) error {
	*v = make([]policy, 1)
	return policyTable.Read(r, &(*v)[0])
}
func (onePolicy) Write(w *wire.Writer, v *[]policy) { policyTable.Write(w, &(*v)[0]) }
func (onePolicy) Zero(v *[]policy) bool             { return len(*v) == 0 }

// readInput reads every answer that a file holds.
func readInput(in *Input) (outputs []*output, err error) {
	f, err := in.Open()
	if err != nil {
		return nil, err
	}
	defer func() {
		_ = f.Close() // it was only read
		for _, o := range outputs {
			o.file, o.dir, o.modTime = in.Name, in.Dir, in.ModTime
		}
	}()
	r, head := open(f)
	switch sniff(head) {
	case formJSON:
		return readJSON(wire.NewReader(r))
	case formReport:
		return one(readReport(r))
	case formEncoded:
		return one(readReport(base64.NewDecoder(base64.StdEncoding, r)))
	case formFailure:
		return one(readFailure(string(head)), nil)
	case formEmpty:
		// A disk that fails looks empty too.
		if _, err := io.Copy(io.Discard, r); err != nil {
			return nil, err
		}
		return nil, &InputError{Msg: "the file is empty", Hint: "the call that should have filled it may have failed: save it again, or leave it out"}
	case formCompressed:
		return nil, &InputError{Msg: "the file is compressed", Hint: "unpack it first"}
	case formOtherOutput:
		return nil, &InputError{Msg: "the output of the AWS CLI is not JSON", Hint: "save it again with --output json"}
	default:
		return nil, notRecognised("")
	}
}

func one(o *output, err error) ([]*output, error) {
	if err != nil {
		return nil, err
	}
	return []*output{o}, nil
}

func notRecognised(found string) *InputError {
	return &InputError{Msg: "not recognised" + found, Hint: "give " + recognised()}
}

// readJSON reads answers that follow one another, or stand in arrays.
func readJSON(r *wire.Reader) ([]*output, error) {
	var outputs []*output
	found := false
	read := func() error {
		o, err := readOutput(r)
		found = true
		if o != nil {
			outputs = append(outputs, o)
		}
		return err
	}
	for !r.End() {
		var err error
		if r.Kind() == '[' {
			err = r.Elements(read)
		} else {
			err = read()
		}
		if err != nil {
			return nil, err
		}
	}
	if !found {
		return nil, notRecognised(": an empty list")
	}
	return outputs, nil
}

// readOutput reads one answer; nil for one that tells nothing of an account.
func readOutput(r *wire.Reader) (*output, error) {
	at := r.Next()
	if r.Kind() != '{' && r.Kind() != 0 {
		return nil, r.FailAt(at, "not recognised: want an object", "give "+recognised())
	}
	o := &output{has: map[string]bool{}}
	var decoding *account.Decoding
	var seen wire.Seen
	var others []string
	err := r.Members(func(name []byte) error {
		name = bytes.Clone(name) // looking at the value's kind below may move the buffer that it stands in
		switch {
		case decoding == nil && len(o.has)+len(others) == 0 && account.IsMember(string(name)):
			decoding = account.NewDecoding(r)
			return decoding.Member(name)
		case decoding != nil:
			return decoding.Member(name)
		case !outputTable.Has(string(name)) || foreign(string(name), r):
			if len(others) < 4 { // enough to say what it is
				others = append(others, wire.Cut(string(name)))
			}
			return r.Skip()
		case o.has[string(name)]:
			return r.Fail(fmt.Sprintf("member %q stands twice", wire.Cut(string(name))), "give one answer for each object")
		}
		o.has[string(name)] = true
		return outputTable.ReadMember(r, o, name, &seen)
	})
	if err != nil {
		return nil, err
	}
	if decoding != nil {
		o.capture, err = decoding.Finish()
		return o, err
	}
	if !o.identify() {
		if slices.Contains(reportStates, o.state) {
			return nil, nil //nolint:nilnil // an answer of GenerateCredentialReport, saved beside the report
		}
		return nil, r.FailAt(at, "not recognised: "+describe(others), "give "+recognised())
	}
	return o, o.finish(r, at)
}

// foreign reports whether the value that follows cannot be what IAM has under that name, as with the Policy of
// `aws lambda get-policy`, which is a string.
func foreign(name string, r *wire.Reader) bool {
	switch name {
	case "Policy", "PolicyVersion", "SummaryMap", "PasswordPolicy":
		return r.Kind() == '"' || r.Kind() == '['
	case "IsTruncated":
		return r.Kind() == '"'
	case "Content", "NextToken", "State", "Account", "Arn":
		return r.Kind() == '{' || r.Kind() == '['
	case "GeneratedTime":
		return false
	}
	return r.Kind() == '{' || r.Kind() == '"'
}

func describe(members []string) string {
	if len(members) == 0 {
		return "an object without members"
	}
	return "an object of " + quoted(members)
}

func quoted(names []string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = strconv.Quote(name)
	}
	return strings.Join(list, ", ")
}

// identify finds the call by the members of its output.
func (o *output) identify() bool {
	for i := range calls {
		if slices.ContainsFunc(calls[i].members, func(m string) bool { return o.has[m] }) {
			o.call = &calls[i]
			return true
		}
	}
	return false
}

// finish judges what the members say together; at is where the object begins.
func (o *output) finish(r *wire.Reader, at int64) error {
	o.truncated = o.truncated || o.next != ""
	if o.call.name == listPolicies && hasVersions(o.policies) {
		o.call = callOf("UserDetailList")
	}
	switch o.call.name {
	case credentialReport:
		report, err := account.ParseCredentialReport(base64.NewDecoder(base64.StdEncoding, strings.NewReader(o.content)))
		if err != nil {
			return &InputError{Pos: r.Pos(at), Msg: "Content is not a credential report: " + err.Error()}
		}
		report.Generated = o.generated
		o.report, o.content = report, ""
	case policyVersion:
		if o.version == nil {
			return r.FailAt(at, "PolicyVersion is missing", "")
		}
	}
	if !o.ofIAM() {
		return r.FailAt(at, "not recognised: the "+o.call.members[0]+" are not those of IAM", "give "+recognised())
	}
	if err := o.findOwner(); err != nil {
		return r.FailAt(at, err.Error(), "give the output of one account for each file")
	}
	return nil
}

// ofIAM reports whether entities whose lists other services name alike have ARNs of IAM.
func (o *output) ofIAM() bool {
	ok := true
	check := func(resource string) { ok = ok && strings.Contains(resource, ":iam::") }
	for i := range o.users {
		check(o.users[i].ARN)
	}
	for i := range o.groups {
		check(o.groups[i].ARN)
	}
	for i := range o.roles {
		check(o.roles[i].ARN)
	}
	for i := range o.policies {
		check(o.policies[i].ARN)
	}
	return ok
}

func hasVersions(policies []policy) bool {
	for i := range policies {
		if len(policies[i].Versions) > 0 {
			return true
		}
	}
	return false
}

func readReport(r io.Reader) (*output, error) {
	report, err := account.ParseCredentialReport(r)
	if err != nil {
		return nil, err
	}
	o := &output{call: callOf("Content"), report: report}
	if err := o.findOwner(); err != nil {
		return nil, &InputError{Msg: err.Error(), Hint: "give the report of one account for each file"}
	}
	return o, nil
}

// readFailure reads what the CLI said of a call that failed.
func readFailure(text string) *output {
	found := failure.FindStringSubmatch(text)
	o := &output{failed: found[1], call: callNamed(found[2])}
	if o.call == nil {
		o.call = &call{name: "aws:" + found[2]}
	}
	o.owner.learnFrom(text)
	return o
}
