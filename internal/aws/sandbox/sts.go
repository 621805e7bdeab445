package sandbox

import (
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/aws/sandbox/directory"
	"github.com/ambit-iam/ambit/internal/aws/sandbox/query"
)

var sessionPattern = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)

// stsOperations are the operations of STS that the sandbox has.
var stsOperations = map[string]func(*Server, *request) (any, error){
	"GetCallerIdentity": stsHandler(getCallerIdentity),
	"AssumeRole":        stsHandler(assumeRole),
	"GetSessionToken":   stsHandler(getSessionToken),
}

func stsHandler[I, O any](h func(*Server, *request, *I) (*O, error)) func(*Server, *request) (any, error) {
	return func(s *Server, q *request) (any, error) {
		in := new(I)
		if err := query.Decode(q.form, in); err != nil {
			return nil, err
		}
		return h(s, q, in)
	}
}

func getCallerIdentity(_ *Server, q *request, _ *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
	return &sts.GetCallerIdentityOutput{
		Account: new(string(q.who.account.ID())), Arn: &q.who.caller.ARN, UserId: &q.who.caller.UserID,
	}, nil
}

// assumeRole gives credentials of any role of any account of the sandbox. The trust policy, the external id and
// the MFA code are not looked at.
func assumeRole(s *Server, q *request, in *sts.AssumeRoleInput) (*sts.AssumeRoleOutput, error) {
	if in.RoleSessionName == nil || !sessionPattern.MatchString(*in.RoleSessionName) {
		return nil, badRequest("ValidationError", "value at 'roleSessionName' must have 2 to 64 characters of letters, digits and +=,.@_-")
	}
	refused := &directory.APIError{Status: http.StatusForbidden, Code: "AccessDenied", Message: q.who.caller.ARN + " is not authorized to perform sts:AssumeRole"}
	if in.RoleArn == nil {
		return nil, refused
	}
	a, err := arn.Parse(*in.RoleArn)
	if err != nil {
		return nil, badRequest("ValidationError", "value at 'roleArn' is no ARN")
	}
	d := s.directory(account.ID(a.Account))
	if d == nil {
		return nil, refused
	}
	roleID, longest, ok := d.Role(*in.RoleArn)
	if !ok {
		return nil, refused
	}
	life, fault := duration(in.DurationSeconds, time.Hour, longest)
	if fault != nil {
		return nil, fault
	}
	caller := directory.Caller{
		ARN:    "arn:" + a.Partition + ":sts::" + a.Account + ":assumed-role/" + a.Name() + "/" + *in.RoleSessionName,
		UserID: roleID + ":" + *in.RoleSessionName,
	}
	return &sts.AssumeRoleOutput{
		Credentials:     s.issue(session{account: d, caller: caller}, q.settings.now(), life),
		AssumedRoleUser: &types.AssumedRoleUser{Arn: &caller.ARN, AssumedRoleId: &caller.UserID},
	}, nil
}

// getSessionToken gives temporary credentials of the caller itself, who must not have temporary ones.
func getSessionToken(s *Server, q *request, in *sts.GetSessionTokenInput) (*sts.GetSessionTokenOutput, error) {
	if !q.who.lasting {
		return nil, &directory.APIError{Status: http.StatusForbidden, Code: "AccessDenied", Message: "cannot call GetSessionToken with session credentials"}
	}
	life, fault := duration(in.DurationSeconds, 12*time.Hour, 36*time.Hour)
	if fault != nil {
		return nil, fault
	}
	return &sts.GetSessionTokenOutput{Credentials: s.issue(session{account: q.who.account, caller: q.who.caller}, q.settings.now(), life)}, nil
}

// duration reads how long a session is to live: 15 minutes at least.
func duration(asked *int32, preset, longest time.Duration) (time.Duration, *directory.APIError) {
	if asked == nil {
		return min(preset, longest), nil
	}
	d := time.Duration(*asked) * time.Second
	if d < 15*time.Minute || d > longest {
		return 0, badRequest("ValidationError", "value "+strconv.Itoa(int(*asked))+" at 'durationSeconds' must be between 900 and "+strconv.Itoa(int(longest.Seconds())))
	}
	return d, nil
}

// issue gives out the credentials of a session.
func (s *Server) issue(given session, now time.Time, life time.Duration) *types.Credentials {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.issued++
	id := "ASIA" + digest("session", strconv.Itoa(s.issued))
	secret, token := directory.Secret(id), "sandbox-session-"+digest("token", id)
	given.token, given.expires = token, now.Add(life).UTC().Truncate(time.Second)
	s.sessions[id] = given
	return &types.Credentials{AccessKeyId: &id, SecretAccessKey: &secret, SessionToken: &token, Expiration: &given.expires}
}
