package conn

import (
	"errors"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// maxBackoff bounds the wait before a retry; the bucket and the adaptive limit do the rest of the slowing down.
const maxBackoff = 10 * time.Second

// newRetryer is the retry policy of a client: adaptive, and without the SDK's retry quota, which under
// steady throttling gives up on calls that would have come through.
func newRetryer(attempts int) func() aws.Retryer {
	if attempts == 0 {
		attempts = DefaultAttempts
	}
	standard := func(o *retry.StandardOptions) {
		o.MaxAttempts = attempts
		o.MaxBackoff = maxBackoff
		o.RateLimiter = ratelimit.None
		o.Retryables = append([]retry.IsErrorRetryable{retry.IsErrorRetryableFunc(hopeless)}, o.Retryables...)
	}
	return func() aws.Retryer {
		return retry.NewAdaptiveMode(func(o *retry.AdaptiveModeOptions) {
			o.StandardOptions = append(o.StandardOptions, standard)
		})
	}
}

// hopeless rejects what the SDK would retry for a minute in vain: a port on which nobody listens, and a
// server that does not know the operation.
func hopeless(err error) aws.Ternary {
	if errors.Is(err, syscall.ECONNREFUSED) || unimplemented(err) {
		return aws.FalseTernary
	}
	return aws.UnknownTernary
}

// unimplemented reports a 500 or 501 with an HTML page: how moto, and other endpoints than AWS, answer an
// operation that they lack. AWS answers in XML.
func unimplemented(err error) bool {
	answer, ok := errors.AsType[*smithyhttp.ResponseError](err)
	if !ok || answer.Response == nil {
		return false
	}
	code := answer.HTTPStatusCode()
	return (code == http.StatusInternalServerError || code == http.StatusNotImplemented) &&
		strings.HasPrefix(answer.Response.Header.Get("Content-Type"), "text/html")
}
