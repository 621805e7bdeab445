package sandbox_test

import (
	"context"
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

func ExampleNew() {
	s, err := sandbox.New(sandbox.Options{}, &account.Snapshot{
		Account: "111122223333", Users: []account.User{{Name: "ada"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = s.Close() }()

	key, secret := s.Key("111122223333")
	client := iam.New(iam.Options{
		BaseEndpoint: aws.String(s.URL()), Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider(key, secret, ""),
	})
	attach := &iam.AttachUserPolicyInput{UserName: aws.String("ada"), PolicyArn: aws.String("arn:aws:iam::aws:policy/AdministratorAccess")}
	if _, err := client.AttachUserPolicy(context.Background(), attach); err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Snapshot("111122223333").Users[0].Attached)
	// Output: [arn:aws:iam::aws:policy/AdministratorAccess]
}
