package conn

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/middleware"
	"golang.org/x/time/rate"
)

// gate is what every call of a connection passes: the account's token bucket and the count.
type gate struct {
	bucket *rate.Limiter

	mu    sync.Mutex
	count map[string]Count
}

// Count says how often an operation was called, how many attempts that took, and how many of these
// AWS refused as too fast.
type Count struct{ Calls, Attempts, Throttled int }

// newGate makes a bucket that holds a second's worth of tokens and is full at the start.
func newGate(perSecond float64) *gate {
	if perSecond == 0 {
		perSecond = DefaultRate
	}
	bucket := rate.NewLimiter(rate.Inf, 0)
	if perSecond > 0 && !math.IsInf(perSecond, 1) {
		bucket = rate.NewLimiter(rate.Limit(perSecond), int(math.Ceil(perSecond)))
	}
	return &gate{bucket: bucket, count: map[string]Count{}}
}

// install is an APIOptions function. The attempt's step stands between retry and signing, so that a request
// which waited for its token is signed after the wait.
func (g *gate) install(stack *middleware.Stack) error {
	call := middleware.InitializeMiddlewareFunc("ambitCall", g.call)
	if err := stack.Initialize.Add(call, middleware.Before); err != nil {
		return err
	}
	attempt := middleware.FinalizeMiddlewareFunc("ambitAttempt", g.attempt)
	return stack.Finalize.Insert(attempt, "Retry", middleware.After)
}

func (g *gate) call(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	g.add(ctx, Count{Calls: 1})
	return next.HandleInitialize(ctx, in)
}

func (g *gate) attempt(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	if err := g.bucket.Wait(ctx); err != nil {
		return middleware.FinalizeOutput{}, middleware.Metadata{}, fmt.Errorf("conn: waiting for the account's rate limit: %w", err)
	}
	out, metadata, err := next.HandleFinalize(ctx, in)
	done := Count{Attempts: 1}
	if err != nil && retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err).Bool() {
		done.Throttled = 1
	}
	g.add(ctx, done)
	return out, metadata, err
}

func (g *gate) add(ctx context.Context, c Count) {
	name := operation(middleware.GetServiceID(ctx), middleware.GetOperationName(ctx))
	g.mu.Lock()
	defer g.mu.Unlock()
	sum := g.count[name]
	sum.Calls += c.Calls
	sum.Attempts += c.Attempts
	sum.Throttled += c.Throttled
	g.count[name] = sum
}

// operation names a call as IAM policies name its action: iam:ListUsers.
func operation(service, name string) string { return strings.ToLower(service) + ":" + name }

// Counts says what was called so far, by operation such as iam:ListUsers.
func (c *Client) Counts() map[string]Count {
	c.gate.mu.Lock()
	defer c.gate.mu.Unlock()
	return maps.Clone(c.gate.count)
}

// Calls is the number of calls so far by operation such as iam:ListUsers; a retried call counts once.
func (c *Client) Calls() map[string]int {
	calls := map[string]int{}
	for name, count := range c.Counts() {
		calls[name] = count.Calls
	}
	return calls
}

// Restrict returns the same connection, bucket and count included, that refuses every operation that is not
// listed (iam:ListUsers) before anything is sent. A room that only reads takes its connection through it.
func (c *Client) Restrict(operations []string) *Client {
	guard := middleware.InitializeMiddlewareFunc("ambitGuard", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		if name := operation(middleware.GetServiceID(ctx), middleware.GetOperationName(ctx)); !slices.Contains(operations, name) {
			return middleware.InitializeOutput{}, middleware.Metadata{}, &ForbiddenError{Operation: name}
		}
		return next.HandleInitialize(ctx, in)
	})
	install := func(stack *middleware.Stack) error { return stack.Initialize.Add(guard, middleware.Before) }
	narrow := *c
	narrow.IAM = iam.New(c.IAM.Options(), iam.WithAPIOptions(install))
	narrow.STS = sts.New(c.STS.Options(), sts.WithAPIOptions(install))
	return &narrow
}

// ForbiddenError is an operation that Restrict refused: a fault of our own program.
type ForbiddenError struct{ Operation string }

func (e *ForbiddenError) Error() string {
	return "conn: " + e.Operation + " is not among the operations that this part of Ambit may call"
}
