package directory

import (
	"crypto/sha512"
	"encoding/base32"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
)

const (
	longestDevice = 226
	mfaPerUser    = 8 // IAM User Guide, "IAM and AWS STS quotas"
)

var (
	serialPattern = regexp.MustCompile(`^[\w+=/:,.@-]{9,256}$`)
	codePattern   = regexp.MustCompile(`^[0-9]{6}$`)
)

func listMFADevices(c *Call, in *iam.ListMFADevicesInput) (*iam.ListMFADevicesOutput, error) {
	u, err := c.self(in.UserName)
	if err != nil {
		return nil, err
	}
	w, err := c.window("ListMFADevices", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListMFADevicesOutput{MFADevices: []types.MFADevice{}}
	p := listSlice(&w, u.mfa, serialOf, func(m enabledMFA) {
		out.MFADevices = append(out.MFADevices, types.MFADevice{EnableDate: stamp(m.enabled), SerialNumber: &m.serial, UserName: &u.Name})
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

func serialOf(m enabledMFA) string { return m.serial }

// getMFADevice tells of a device that the user has enabled; of a virtual one also before.
func getMFADevice(c *Call, in *iam.GetMFADeviceInput) (*iam.GetMFADeviceOutput, error) {
	out := &iam.GetMFADeviceOutput{SerialNumber: in.SerialNumber, UserName: in.UserName}
	if in.UserName == nil {
		d, err := c.st.device(text(in.SerialNumber))
		if err != nil {
			return nil, err
		}
		out.EnableDate = stamp(d.Enabled)
		return out, nil
	}
	u, err := c.st.user(*in.UserName)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(u.mfa, func(m enabledMFA) bool { return m.serial == text(in.SerialNumber) })
	if i < 0 {
		return nil, noSuch("MFA device", text(in.SerialNumber)+" of user "+u.Name)
	}
	out.EnableDate = stamp(u.mfa[i].enabled)
	return out, nil
}

func listVirtualMFADevices(c *Call, in *iam.ListVirtualMFADevicesInput) (*iam.ListVirtualMFADevicesOutput, error) {
	w, err := c.window("ListVirtualMFADevices", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListVirtualMFADevicesOutput{VirtualMFADevices: []types.VirtualMFADevice{}}
	p := list(&w, &c.st.devices, func(d *device) bool {
		switch in.AssignmentStatus {
		case types.AssignmentStatusTypeAssigned:
			return d.User != ""
		case types.AssignmentStatusTypeUnassigned:
			return d.User == ""
		}
		return true
	}, func(d *device) {
		out.VirtualMFADevices = append(out.VirtualMFADevices, types.VirtualMFADevice{
			SerialNumber: &d.Serial, EnableDate: stamp(d.Enabled), User: c.st.bearer(d.User),
		})
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

// bearer is the user of an assigned device. Of the root there is no name.
func (s *state) bearer(holder string) *types.User {
	if holder == "" {
		return nil
	}
	if holder == s.rootARN() {
		return &types.User{Arn: &holder, UserId: &s.root.ID, CreateDate: stamp(s.root.Created)}
	}
	if a, err := arn.Parse(holder); err == nil {
		if u, ok := s.users.get(fold(a.Name())); ok {
			return new(userShape(u))
		}
	}
	return &types.User{Arn: &holder}
}

// createVirtualMFADevice gives the seed as base32 text, and no picture of it.
func createVirtualMFADevice(c *Call, in *iam.CreateVirtualMFADeviceInput) (*iam.CreateVirtualMFADeviceOutput, error) {
	asked, err := checkNew("virtualMFADeviceName", in.VirtualMFADeviceName, longestDevice, in.Path, in.Tags)
	if err != nil {
		return nil, err
	}
	serial := c.st.arn("mfa", asked.path, asked.name)
	if c.st.devices.has(serial) {
		return nil, exists("virtual MFA device", serial)
	}
	d := &device{account.VirtualMFA{Serial: serial, Tags: asked.tags}}
	c.st.devices.put(serial, d)
	sum := sha512.Sum512([]byte("sandbox seed\x00" + serial))
	seed := base32.StdEncoding.EncodeToString(sum[:40]) // 64 characters, as AWS's
	return &iam.CreateVirtualMFADeviceOutput{VirtualMFADevice: &types.VirtualMFADevice{
		SerialNumber: &d.Serial, Tags: someTags(asked.tags), Base32StringSeed: []byte(seed),
	}}, nil
}

func deleteVirtualMFADevice(c *Call, in *iam.DeleteVirtualMFADeviceInput) (*iam.DeleteVirtualMFADeviceOutput, error) {
	d, err := c.st.device(text(in.SerialNumber))
	if err != nil {
		return nil, err
	}
	if d.User != "" {
		return nil, conflict("must deactivate the MFA device first")
	}
	c.st.devices.remove(d.Serial)
	return &iam.DeleteVirtualMFADeviceOutput{}, nil
}

func checkCodes(first, second *string) error {
	if !codePattern.MatchString(text(first)) || !codePattern.MatchString(text(second)) || *first == *second {
		return &APIError{http.StatusForbidden, "InvalidAuthenticationCode", "want two different codes of six digits", false}
	}
	return nil
}

// enableMFADevice takes a virtual device that exists, or any serial number of a hardware device.
func enableMFADevice(c *Call, in *iam.EnableMFADeviceInput) (*iam.EnableMFADeviceOutput, error) {
	serial := text(in.SerialNumber)
	d, virtual := c.st.devices.get(serial)
	a, err := arn.Parse(serial)
	switch {
	case !serialPattern.MatchString(serial):
		return nil, invalid("value at 'serialNumber' must have 9 to 256 characters of letters, digits and +=/:,.@-")
	case err == nil && !virtual && a.Service == "iam":
		return nil, noSuch("virtual MFA device", serial)
	case virtual && d.User != "":
		return nil, exists("MFA device", serial+" in use")
	}
	if err := checkCodes(in.AuthenticationCode1, in.AuthenticationCode2); err != nil {
		return nil, err
	}
	var holder string
	err = c.st.editUser(text(in.UserName), func(u *user) error {
		if len(u.mfa) >= mfaPerUser {
			return limit("cannot exceed quota for MFADevicesPerUser: %d", mfaPerUser)
		}
		if slices.ContainsFunc(u.mfa, func(m enabledMFA) bool { return m.serial == serial }) {
			return exists("MFA device", serial+" of user "+u.Name)
		}
		u.mfa = append(slices.Clip(u.mfa), enabledMFA{serial, c.Now})
		holder = u.ARN
		return nil
	})
	if err != nil {
		return nil, err
	}
	if virtual {
		edit(&c.st.devices, serial, func(d *device) { d.User, d.Enabled = holder, c.Now })
	}
	return &iam.EnableMFADeviceOutput{}, nil
}

func deactivateMFADevice(c *Call, in *iam.DeactivateMFADeviceInput) (*iam.DeactivateMFADeviceOutput, error) {
	self, err := c.self(in.UserName)
	if err != nil {
		return nil, err
	}
	serial := text(in.SerialNumber)
	u := *self
	u.mfa = without(self.mfa, func(m enabledMFA) bool { return m.serial == serial })
	if len(u.mfa) == len(self.mfa) {
		return nil, noSuch("MFA device", serial+" of user "+u.Name)
	}
	c.st.users.put(fold(u.Name), &u)
	edit(&c.st.devices, serial, func(d *device) { d.User, d.Enabled = "", time.Time{} })
	return &iam.DeactivateMFADeviceOutput{}, nil
}

// resyncMFADevice changes nothing that can be read.
func resyncMFADevice(c *Call, in *iam.ResyncMFADeviceInput) (*iam.ResyncMFADeviceOutput, error) {
	u, err := c.st.user(text(in.UserName))
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(u.mfa, func(m enabledMFA) bool { return m.serial == text(in.SerialNumber) }) {
		return nil, noSuch("MFA device", text(in.SerialNumber)+" of user "+u.Name)
	}
	return &iam.ResyncMFADeviceOutput{}, checkCodes(in.AuthenticationCode1, in.AuthenticationCode2)
}
