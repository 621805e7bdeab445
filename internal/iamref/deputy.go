package iamref

import (
	"slices"
	"strings"
)

// SourceKeys says where a service names the resource for which it acts, in aws:SourceArn or aws:SourceAccount,
// so that a policy can hold it to resources of one account: when it assumes a role, and when it calls a
// resource that has a policy of its own. A service that is not known to do so has neither: a condition on these
// keys would lock it out.
type SourceKeys struct{ Trust, Resource bool }

// SourceKeysOf finds a service by its principal, such as "sns.amazonaws.com"; the name of a region in it does
// not count. Source: the pages on the confused deputy in the guides of the services that are named; AWS
// publishes no list, so this one holds only what such a page says.
func SourceKeysOf(principal string) SourceKeys {
	name, ok := strings.CutSuffix(strings.TrimSuffix(strings.ToLower(principal), ".cn"), ".amazonaws.com")
	if !ok {
		return SourceKeys{}
	}
	if before, last, more := cutLast(name); more && isRegion(last) {
		name = before
	}
	return SourceKeys{Trust: has(namesSourceInTrust, name), Resource: has(namesSourceToResource, name)}
}

const namesSourceInTrust = `
	airflow airflow-env amplify appsync autoscaling batch batchoperations.s3 bedrock bedrock-agentcore codebuild
	codepipeline cognito-idp comprehend databrew datasync dlm dms ecs-tasks eks-fargate-pods elasticmapreduce
	emr-serverless events export.rds fis forecast grafana greengrass iot iotevents iotsitewise iottwinmaker
	kafkaconnect kendra kinesisanalytics lexv2 logs lookoutmetrics monitoring.rds omics personalize pipes pods.eks
	rds rekognition sagemaker scheduler ses ssm ssm-incidents states storagegateway textract transcribe transfer
	translate voiceid vpc-flow-logs`

const namesSourceToResource = `
	apigateway bedrock budgets cloudtrail cloudwatch cloudwatch.alarms codestar-notifications config delivery.logs
	events guardduty inspector2 iot logging.s3 logs macie s3 scheduler ses sns`

func has(list, name string) bool { return slices.Contains(strings.Fields(list), name) }

func cutLast(name string) (before, last string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return name, "", false
	}
	return name[:i], name[i+1:], true
}

// isRegion reports whether a part of a host name looks like a region: us-east-1, us-gov-west-1.
func isRegion(part string) bool {
	n := strings.Count(part, "-")
	return n >= 2 && n <= 3 && part[len(part)-1] >= '1' && part[len(part)-1] <= '9' && strings.IndexByte(part, '-') == 2
}
