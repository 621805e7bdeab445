package capture

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
)

// owner is the account that an output belongs to, as far as it tells.
type owner struct {
	id        account.ID
	partition string
	prefix    string // of the ARNs seen so far
	given     string // Account of GetCallerIdentity
	caller    string // Arn of GetCallerIdentity
}

// learn takes the account of an ARN. ARNs of AWS's own policies, and what is no ARN, tell nothing.
func (o *owner) learn(resource string) error {
	if o.prefix != "" && strings.HasPrefix(resource, o.prefix) {
		return nil
	}
	a, err := arn.Parse(resource)
	if err != nil || !arn.IsAccountID(a.Account) {
		return nil //nolint:nilerr // not every id is an ARN: the serial of a hardware device is none
	}
	if o.id != "" && o.id != account.ID(a.Account) {
		return fmt.Errorf("it names two accounts, %s and %s", o.id, a.Account)
	}
	o.id, o.partition = account.ID(a.Account), a.Partition
	o.prefix = "arn:" + a.Partition + ":" + a.Service + "::" + a.Account + ":"
	return nil
}

var arnInText = regexp.MustCompile(`arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:`)

// learnFrom takes the account from the first ARN in an error message.
func (o *owner) learnFrom(text string) {
	_ = o.learn(arnInText.FindString(text)) // the first ARN cannot contradict another
}

// findOwner learns from every ARN that belongs to the account itself.
func (o *output) findOwner() error {
	var arns []string
	add := func(resource string) { arns = append(arns, resource) }
	for i := range o.users {
		add(o.users[i].ARN)
	}
	for i := range o.groups {
		add(o.groups[i].ARN)
	}
	for i := range o.roles {
		add(o.roles[i].ARN)
	}
	for i := range o.policies {
		add(o.policies[i].ARN)
	}
	for i := range o.profiles {
		add(o.profiles[i].ARN)
	}
	for i := range o.devices {
		add(o.devices[i].Serial)
	}
	for i := range o.certs {
		add(o.certs[i].ARN)
	}
	for i := range o.saml {
		add(o.saml[i].ARN)
	}
	for i := range o.oidc {
		add(o.oidc[i].ARN)
	}
	if o.report != nil {
		for i := range o.report.Rows {
			add(o.report.Rows[i].ARN)
		}
	}
	add(o.owner.caller)
	for _, resource := range arns {
		if err := o.owner.learn(resource); err != nil {
			return err
		}
	}
	if id := o.owner.given; o.owner.id == "" && arn.IsAccountID(id) {
		o.owner.id = account.ID(id)
	}
	return nil
}

// assignAccounts gives every output its account: its own, else that of the others in its file, of its folder, of all.
func assignAccounts(outputs []*output) error {
	for _, o := range outputs {
		if o.capture != nil {
			o.owner.id, o.owner.partition = o.capture.Account, o.capture.Partition
		}
	}
	files, dirs, all := map[string]*accounts{}, map[string]*accounts{}, &accounts{}
	for _, o := range outputs {
		in(files, o.file).add(o)
		in(dirs, o.dir).add(o)
		all.add(o)
	}
	for _, o := range outputs {
		if o.owner.id != "" {
			continue
		}
		known := in(files, o.file)
		if len(known.ids) == 0 {
			known = in(dirs, o.dir)
		}
		if len(known.ids) == 0 {
			known = all
		}
		switch len(known.ids) {
		case 0:
			return &InputError{
				File: o.file, Msg: "no file tells which account this is",
				Hint: "add the output of aws sts get-caller-identity",
			}
		case 1:
			o.owner.id, o.owner.partition = known.ids[0], known.partition
		default:
			return &InputError{
				File: o.file, Msg: fmt.Sprintf("it may belong to account %s or %s: it names none", known.ids[0], known.ids[1]),
				Hint: "put the files of each account into a folder of their own",
			}
		}
	}
	return nil
}

// accounts are the accounts that some outputs name.
type accounts struct {
	ids       []account.ID
	partition string
}

func (a *accounts) add(o *output) {
	id := o.owner.id
	if id == "" {
		return
	}
	if !slices.Contains(a.ids, id) {
		a.ids, a.partition = append(a.ids, id), o.owner.partition
	}
}

func in(m map[string]*accounts, key string) *accounts {
	if m[key] == nil {
		m[key] = &accounts{}
	}
	return m[key]
}
