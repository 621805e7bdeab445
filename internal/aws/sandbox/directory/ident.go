package directory

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"strconv"
	"strings"
)

// Prefixes of unique ids. Source: IAM User Guide, "IAM identifiers", unique ID prefixes.
const (
	prefixKey     = "AKIA"
	prefixUser    = "AIDA"
	prefixGroup   = "AGPA"
	prefixRole    = "AROA"
	prefixPolicy  = "ANPA"
	prefixProfile = "AIPA"
	prefixCert    = "ASCA"
	prefixSSH     = "APKA"
	prefixService = "ACCA"
)

// ident makes an id of AWS's form, the same for the same parts in every process.
func ident(prefix string, parts ...string) string {
	sum := sha256.Sum256([]byte(prefix + "\x00" + strings.Join(parts, "\x00")))
	return prefix + base32.StdEncoding.EncodeToString(sum[:])[:17]
}

// accessKeyID makes an access key id, which is a character shorter than the others.
func accessKeyID(parts ...string) string { return ident(prefixKey, parts...)[:20] }

// Secret is the secret access key that belongs to an access key id. It guards nothing: signatures are not
// verified, and anyone can compute it.
func Secret(keyID string) string {
	sum := sha256.Sum256([]byte("sandbox secret\x00" + keyID))
	return base64.RawStdEncoding.EncodeToString(sum[:])[:40]
}

// fresh makes an id that the account never had before.
func (s *state) fresh(prefix, name string) string {
	s.serial++
	id := ident(prefix, string(s.id), name, strconv.Itoa(s.serial))
	if prefix == prefixKey {
		return id[:20]
	}
	return id
}
