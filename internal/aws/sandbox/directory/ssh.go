package directory

import (
	"crypto/md5" //nolint:gosec // IAM's fingerprint of an SSH key is its MD5 sum
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

const sshPerUser = 5 // IAM User Guide, "IAM and AWS STS quotas"

type sshKey struct {
	id, body, print string
	uploaded        time.Time
	active          bool
}

func listSSHPublicKeys(c *Call, in *iam.ListSSHPublicKeysInput) (*iam.ListSSHPublicKeysOutput, error) {
	u, err := c.self(in.UserName)
	if err != nil {
		return nil, err
	}
	w, err := c.window("ListSSHPublicKeys", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListSSHPublicKeysOutput{SSHPublicKeys: []types.SSHPublicKeyMetadata{}}
	p := listSlice(&w, u.ssh, func(k sshKey) string { return k.id }, func(k sshKey) {
		out.SSHPublicKeys = append(out.SSHPublicKeys, types.SSHPublicKeyMetadata{
			SSHPublicKeyId: &k.id, Status: status(k.active), UploadDate: stamp(k.uploaded), UserName: &u.Name,
		})
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

func sshShape(u *user, k *sshKey) *types.SSHPublicKey {
	return &types.SSHPublicKey{
		SSHPublicKeyId: &k.id, SSHPublicKeyBody: &k.body, Fingerprint: &k.print, Status: status(k.active),
		UploadDate: stamp(k.uploaded), UserName: &u.Name,
	}
}

// getSSHPublicKey gives the key as it was uploaded, whatever encoding is asked for.
func getSSHPublicKey(c *Call, in *iam.GetSSHPublicKeyInput) (*iam.GetSSHPublicKeyOutput, error) {
	u, err := c.st.user(text(in.UserName))
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(u.ssh, func(k sshKey) bool { return k.id == text(in.SSHPublicKeyId) })
	if i < 0 {
		return nil, noSuch("SSH public key", text(in.SSHPublicKeyId))
	}
	return &iam.GetSSHPublicKeyOutput{SSHPublicKey: sshShape(u, &u.ssh[i])}, nil
}

// uploadSSHPublicKey takes keys of the form "ssh-rsa AAAA… comment".
func uploadSSHPublicKey(c *Call, in *iam.UploadSSHPublicKeyInput) (*iam.UploadSSHPublicKeyOutput, error) {
	fields := strings.Fields(text(in.SSHPublicKeyBody))
	if len(fields) < 2 || !strings.HasPrefix(fields[0], "ssh-") {
		return nil, &APIError{http.StatusBadRequest, "UnrecognizedPublicKeyEncoding", "key must begin with its type, such as ssh-rsa", false}
	}
	blob, err := base64.StdEncoding.DecodeString(fields[1])
	if err != nil {
		return nil, &APIError{http.StatusBadRequest, "InvalidPublicKey", "key is not base64", false}
	}
	sum := md5.Sum(blob) //nolint:gosec // see the import
	k := sshKey{body: *in.SSHPublicKeyBody, print: strings.ReplaceAll(fmt.Sprintf("% x", sum), " ", ":"), uploaded: c.Now, active: true}
	out := &iam.UploadSSHPublicKeyOutput{}
	err = c.st.editUser(text(in.UserName), func(u *user) error {
		if len(u.ssh) >= sshPerUser {
			return limit("cannot exceed quota for SSHPublicKeysPerUser: %d", sshPerUser)
		}
		if slices.ContainsFunc(u.ssh, func(o sshKey) bool { return o.print == k.print }) {
			return &APIError{http.StatusBadRequest, "DuplicateSSHPublicKey", "the user has this key already", false}
		}
		k.id = c.st.fresh(prefixSSH, u.Name)
		u.ssh = append(slices.Clip(u.ssh), k)
		out.SSHPublicKey = sshShape(u, &k)
		return nil
	})
	return out, err
}

func updateSSHPublicKey(c *Call, in *iam.UpdateSSHPublicKeyInput) (*iam.UpdateSSHPublicKeyOutput, error) {
	active, err := isActive(in.Status)
	if err != nil {
		return nil, err
	}
	return &iam.UpdateSSHPublicKeyOutput{}, c.st.editUser(text(in.UserName), func(u *user) error {
		u.ssh = slices.Clone(u.ssh)
		for i := range u.ssh {
			if u.ssh[i].id == text(in.SSHPublicKeyId) {
				u.ssh[i].active = active
				return nil
			}
		}
		return noSuch("SSH public key", text(in.SSHPublicKeyId))
	})
}

func deleteSSHPublicKey(c *Call, in *iam.DeleteSSHPublicKeyInput) (*iam.DeleteSSHPublicKeyOutput, error) {
	return &iam.DeleteSSHPublicKeyOutput{}, c.st.editUser(text(in.UserName), func(u *user) error {
		left := without(u.ssh, func(k sshKey) bool { return k.id == text(in.SSHPublicKeyId) })
		if len(left) == len(u.ssh) {
			return noSuch("SSH public key", text(in.SSHPublicKeyId))
		}
		u.ssh = left
		return nil
	})
}
