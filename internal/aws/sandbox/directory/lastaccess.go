package directory

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/policy"
)

// job is a report on the services that an entity may use and did use. The sandbox knows of a use only what access
// keys tell: service, region and date of each key's last one. A service is listed where an Allow statement names
// it ("s3:Get*"); a bare star lists none.
type job struct {
	id, arn     string
	granularity types.AccessAdvisorUsageGranularityType
	made        time.Time
	read        bool // it was asked for once: the next time it is complete
}

// generateServiceLastAccessedDetails takes the ARN of a user, group, role or managed policy.
func generateServiceLastAccessedDetails(c *Call, in *iam.GenerateServiceLastAccessedDetailsInput) (*iam.GenerateServiceLastAccessedDetailsOutput, error) {
	if _, _, ok := c.st.access(text(in.Arn)); !ok {
		return nil, noSuch("entity", text(in.Arn))
	}
	id := strings.ToLower(c.st.fresh("", text(in.Arn)))
	granularity := in.Granularity
	if granularity == "" {
		granularity = types.AccessAdvisorUsageGranularityTypeServiceLevel
	}
	c.st.jobs.put(id, &job{id: id, arn: *in.Arn, granularity: granularity, made: c.Now})
	return &iam.GenerateServiceLastAccessedDetailsOutput{JobId: &id}, nil
}

// finished finds a job; the first look at one finds it in progress.
func (c *Call) finished(id *string) (j *job, done bool, err error) {
	j, ok := c.st.jobs.get(text(id))
	if !ok {
		return nil, false, noSuch("job", text(id))
	}
	done = j.read || c.ReportSteps == 0
	edit(&c.st.jobs, j.id, func(j *job) { j.read = true })
	return j, done, nil
}

func getServiceLastAccessedDetails(c *Call, in *iam.GetServiceLastAccessedDetailsInput) (*iam.GetServiceLastAccessedDetailsOutput, error) {
	j, done, err := c.finished(in.JobId)
	if err != nil {
		return nil, err
	}
	w, err := c.window("GetServiceLastAccessedDetails", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.GetServiceLastAccessedDetailsOutput{
		JobCreationDate: &j.made, JobType: j.granularity, JobStatus: types.JobStatusTypeInProgress, ServicesLastAccessed: []types.ServiceLastAccessed{},
	}
	if !done {
		return out, nil
	}
	out.JobStatus, out.JobCompletionDate = types.JobStatusTypeCompleted, &j.made
	services, users, _ := c.st.access(j.arn)
	p := listSlice(&w, services, itself, func(service string) {
		line := types.ServiceLastAccessed{ServiceName: &service, ServiceNamespace: &service, TotalAuthenticatedEntities: new(int32(0))}
		for _, u := range users {
			k := u.lastUse(service)
			if k == nil {
				continue
			}
			*line.TotalAuthenticatedEntities++
			if line.LastAuthenticated == nil || k.used.After(*line.LastAuthenticated) {
				line.LastAuthenticated, line.LastAuthenticatedEntity, line.LastAuthenticatedRegion = &k.used, &u.ARN, &k.region
			}
		}
		out.ServicesLastAccessed = append(out.ServicesLastAccessed, line)
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

func getServiceLastAccessedDetailsWithEntities(c *Call, in *iam.GetServiceLastAccessedDetailsWithEntitiesInput) (*iam.GetServiceLastAccessedDetailsWithEntitiesOutput, error) {
	j, done, err := c.finished(in.JobId)
	if err != nil {
		return nil, err
	}
	w, err := c.window("GetServiceLastAccessedDetailsWithEntities", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.GetServiceLastAccessedDetailsWithEntitiesOutput{
		JobCreationDate: &j.made, JobCompletionDate: &j.made, JobStatus: types.JobStatusTypeInProgress, EntityDetailsList: []types.EntityDetails{},
	}
	if !done {
		return out, nil
	}
	out.JobStatus = types.JobStatusTypeCompleted
	_, users, _ := c.st.access(j.arn)
	p := listSlice(&w, users, func(u *user) string { return fold(u.Name) }, func(u *user) {
		line := types.EntityDetails{EntityInfo: &types.EntityInfo{
			Arn: &u.ARN, Id: &u.ID, Name: &u.Name, Path: &u.Path, Type: types.PolicyOwnerEntityTypeUser,
		}}
		if k := u.lastUse(text(in.ServiceNamespace)); k != nil {
			line.LastAuthenticated = &k.used
		}
		out.EntityDetailsList = append(out.EntityDetailsList, line)
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

// lastUse is the key of u that used a service last; nil where none did.
func (u *user) lastUse(service string) *accessKey {
	var last *accessKey
	for _, k := range held(u.keys[:]) {
		if k.service == service && !k.used.IsZero() && (last == nil || k.used.After(last.used)) {
			last = k
		}
	}
	return last
}

// access gives the services that an entity's policies name, and the users whose uses count for it.
func (s *state) access(entity string) (services []string, users []*user, ok bool) {
	a, err := arn.Parse(entity)
	if err != nil {
		return nil, nil, false
	}
	named := make(map[string]bool)
	noun, _, _ := strings.Cut(a.Resource, "/")
	switch noun {
	case "user":
		u, err := s.user(a.Name())
		if err != nil {
			return nil, nil, false
		}
		s.name(named, u.Attached, u.Inline)
		for _, g := range u.Groups {
			if g, err := s.group(g); err == nil {
				s.name(named, g.Attached, g.Inline)
			}
		}
		users = []*user{u}
	case "group":
		g, err := s.group(a.Name())
		if err != nil {
			return nil, nil, false
		}
		s.name(named, g.Attached, g.Inline)
		users = s.members()[fold(g.Name)]
	case "role":
		r, err := s.role(a.Name())
		if err != nil {
			return nil, nil, false
		}
		s.name(named, r.Attached, r.Inline)
	case "policy":
		m, found := s.policy(entity)
		if !found {
			return nil, nil, false
		}
		nameServices(named, m.Document)
		for u := range s.users.all() {
			if slices.Contains(u.Attached, entity) {
				users = append(users, u)
			}
		}
	default:
		return nil, nil, false
	}
	return slices.Sorted(maps.Keys(named)), users, true
}

// name notes the services of attached and inline policies.
func (s *state) name(named map[string]bool, attached []string, inline []account.InlinePolicy) {
	for _, policy := range attached {
		if m, ok := s.policy(policy); ok {
			nameServices(named, m.Document)
		}
	}
	for _, p := range inline {
		nameServices(named, p.Document)
	}
}

func nameServices(named map[string]bool, d account.Document) {
	for _, statement := range policy.Parse(string(d)).Statements {
		if statement.Effect != policy.Allow || statement.NotAction {
			continue
		}
		for _, action := range statement.Action {
			if service, _, ok := strings.Cut(action.Text, ":"); ok && !strings.ContainsAny(service, "*?") {
				named[strings.ToLower(service)] = true
			}
		}
	}
}
