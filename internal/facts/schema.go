package facts

import (
	"sync"

	"github.com/ambit-iam/ambit/internal/gsl"
)

// Schema is everything that a rule may name. All calls give the same one: do not change it.
func Schema() *gsl.Schema { return schema() }

var schema = sync.OnceValue(func() *gsl.Schema {
	return &gsl.Schema{
		Entities: []*gsl.Type{
			userType(), groupType(), roleType(), policyType(), iamType(), keyType(), serverCertificateType(), profileType(), virtualType(), samlType(), oidcType(),
		},
		Planned:   planned,
		Functions: functions(),
	}
})

// planned are the entity types that GSL knows and Ambit does not read. Source: gsl.md section 2.
var planned = func() []gsl.Planned {
	named := func(why string, names ...string) []gsl.Planned {
		out := make([]gsl.Planned, len(names))
		for i, n := range names {
			out[i] = gsl.Planned{Name: n, Why: why}
		}
		return out
	}
	var all []gsl.Planned
	all = append(all, named("CloudTrail's trails and events come with the watch verb", "CloudTrail")...)
	all = append(all, named("Ambit reads identity only, and not this service",
		"ConfigurationRecorder", "GuardDutyDetector", "Instance", "KMS", "KmsAliases", "Lambda", "LogGroup", "LogProfile",
		"MetricAlarm", "MetricFilter", "Region", "S3Bucket", "SnsSubscription")...)
	all = append(all, named("its data stands in Iam.stats", "IamAccountSummary")...)
	all = append(all, named("its data stands in Iam.passwordPolicy", "PasswordPolicy")...)
	all = append(all, named("it is called VirtualMfaDevice here", "VirtualMfaDevices")...)
	all = append(all, named("it is called IamAccessKey here", "AwsIamAccessKey")...)
	all = append(all, named("infrastructure code is not read yet", "AWS_IAM_Role", "aws_iam_policy_attachment")...)
	return all
}()
