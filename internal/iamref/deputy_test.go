package iamref

import "testing"

func TestSourceKeysOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		principal string
		want      SourceKeys
	}{
		{"events.amazonaws.com", SourceKeys{Trust: true, Resource: true}},
		{"ecs-tasks.amazonaws.com", SourceKeys{Trust: true}},
		{"SNS.amazonaws.com", SourceKeys{Resource: true}},
		{"logs.eu-west-1.amazonaws.com", SourceKeys{Trust: true, Resource: true}},
		{"states.us-gov-west-1.amazonaws.com", SourceKeys{Trust: true}},
		{"monitoring.rds.amazonaws.com", SourceKeys{Trust: true}},
		{"events.amazonaws.com.cn", SourceKeys{Trust: true, Resource: true}},
		{"ec2.amazonaws.com", SourceKeys{}},
		{"lambda.amazonaws.com", SourceKeys{}},
		{"elastictranscoder.amazonaws.com", SourceKeys{}},
		{"events.example.com", SourceKeys{}},
		{"amazonaws.com", SourceKeys{}},
		{".amazonaws.com", SourceKeys{}},
		{"", SourceKeys{}},
	}
	for _, tt := range tests {
		if got := SourceKeysOf(tt.principal); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.principal, got, tt.want)
		}
	}
}
