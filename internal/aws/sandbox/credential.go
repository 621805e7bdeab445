package sandbox

import (
	"crypto/sha256"
	"encoding/base32"
	"net/http"
	"strings"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/sandbox/directory"
)

// session is whom an access key stands for.
type session struct {
	account *directory.Directory
	caller  directory.Caller
	lasting bool   // it does not expire, and can ask for session tokens
	user    bool   // it is a user's own key
	token   string // session token that must come with it
	expires time.Time
}

// operatorKey is the id of the key that Env gives out for an account.
func operatorKey(id account.ID) string { return "AKIA" + digest("operator", string(id)) }

// digest is 16 characters of the alphabet of key ids.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return base32.StdEncoding.EncodeToString(sum[:])[:16]
}

// operator is the caller behind an account's operator key: a role session, as most people have it.
func operator(d *directory.Directory) directory.Caller {
	return directory.Caller{
		ARN:    "arn:" + d.Partition() + ":sts::" + string(d.ID()) + ":assumed-role/AmbitSandbox/operator",
		UserID: "AROA" + digest("role", string(d.ID())) + "A:operator",
	}
}

// scope is the credential of an AWS signature of version 4: KEY/20260102/us-east-1/iam/aws4_request.
type scope struct{ keyID, region, service string }

// parseScope reads the credential from the Authorization header. Presigned requests, whose credential is a
// parameter, are not taken: a browser could be made to send one from any page.
func parseScope(r *http.Request) (scope, *directory.APIError) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return scope{}, &directory.APIError{Status: http.StatusForbidden, Code: "MissingAuthenticationToken", Message: "request is not signed"}
	}
	fields, ok := strings.CutPrefix(header, "AWS4-HMAC-SHA256 ")
	if !ok {
		return scope{}, badRequest("IncompleteSignature", "Authorization must begin with AWS4-HMAC-SHA256")
	}
	found := make(map[string]string)
	for field := range strings.SplitSeq(fields, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		found[name] = value
	}
	if found["SignedHeaders"] == "" || found["Signature"] == "" {
		return scope{}, badRequest("IncompleteSignature", "Authorization must hold Credential, SignedHeaders and Signature")
	}
	parts := strings.Split(found["Credential"], "/")
	if len(parts) != 5 || parts[0] == "" || parts[4] != "aws4_request" {
		return scope{}, badRequest("IncompleteSignature", "credential must have the form KEY/DATE/REGION/SERVICE/aws4_request")
	}
	return scope{keyID: parts[0], region: parts[2], service: parts[3]}, nil
}

// identify finds the account and the caller of a request's access key.
func (s *Server) identify(q *request, r *http.Request) *directory.APIError {
	at, fault := parseScope(r)
	if fault != nil {
		return fault
	}
	if at.service != q.service {
		return &directory.APIError{
			Status: http.StatusForbidden, Code: "SignatureDoesNotMatch",
			Message: "credential should be scoped to service " + q.service,
		}
	}
	q.keyID, q.region = at.keyID, at.region
	s.mu.Lock()
	found, ok := s.sessions[at.keyID]
	s.mu.Unlock()
	if ok {
		q.who = &found
		return found.admits(r, q)
	}
	for _, d := range s.accounts {
		if key, ok := d.Key(at.keyID); ok && key.Active {
			q.who = &session{account: d, caller: key.Caller, lasting: true, user: true}
			return nil
		}
	}
	return invalidToken()
}

// admits checks the session token of temporary credentials, and their life.
func (s *session) admits(r *http.Request, q *request) *directory.APIError {
	switch {
	case s.lasting:
		return nil
	case r.Header.Get("X-Amz-Security-Token") != s.token:
		return invalidToken()
	case q.settings.now().After(s.expires):
		return &directory.APIError{Status: http.StatusForbidden, Code: "ExpiredToken", Message: "the session's credentials have expired"}
	}
	return nil
}

func invalidToken() *directory.APIError {
	return &directory.APIError{
		Status: http.StatusForbidden, Code: "InvalidClientTokenId",
		Message: "the access key is of no account of this sandbox, or is not active",
	}
}
