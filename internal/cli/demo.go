package cli

import (
	"context"
	"time"

	"github.com/ambit-iam/ambit/internal/aws/conn"
	"github.com/ambit-iam/ambit/internal/aws/read"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
	"github.com/ambit-iam/ambit/internal/demo"
	"github.com/ambit-iam/ambit/internal/engine"
)

// demoServer serves the demo company.
func demoServer(o sandbox.Options) (*sandbox.Server, error) {
	accounts, err := demo.Accounts()
	if err != nil {
		return nil, err
	}
	return sandbox.New(o, accounts...)
}

// openDemo serves the demo company in this process and connects to each of its accounts, as to AWS. Its clock
// stands at the time of its fixtures, so that ages do not move.
func (a *app) openDemo(ctx context.Context, in *input, progress func(read.Step)) (*opened, error) {
	accounts, err := demo.Accounts()
	if err != nil {
		return nil, err
	}
	clock := func() time.Time { return accounts[0].TakenAt }
	server, err := sandbox.New(sandbox.Options{Settings: sandbox.Settings{Clock: clock}}, accounts...)
	if err != nil {
		return nil, err
	}
	options := a.readOptions(in, progress)
	options.Now = clock
	o := &opened{close: func() { _ = server.Close() }} // it dies with the process anyway
	for _, id := range server.Accounts() {
		key, secret := server.Key(id)
		client, err := conn.Open(ctx, conn.Settings{
			Rate: -1, Local: &conn.Local{Endpoint: server.URL(), KeyID: key, Secret: secret},
		})
		if err != nil {
			o.close()
			return nil, err
		}
		o.clients = append(o.clients, client)
		o.sources = append(o.sources, &engine.Live{Client: client, Options: options, Label: "demo"})
	}
	return o, nil
}
