package conn

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Kind says what a failed call means for the caller.
type Kind uint8

// The kinds of failure.
const (
	Other       Kind = iota
	Denied           // the caller lacks the permission
	Credentials      // the credentials are unknown, expired or wrongly signed: every further call will fail too
	Throttled        // too fast, after all attempts
	Network          // no answer
	Unsupported      // the endpoint does not know the operation
	Canceled         // the context ended
)

// Fault is a failed call in words. Text is one line without secrets and request ids, but it may hold
// text of the account.
type Fault struct {
	Kind Kind
	Code string // AWS's error code, such as AccessDenied; empty where AWS gave none
	Text string
}

// codes maps AWS's error codes to what they mean. Source: "Common errors" of the IAM and STS API references.
var codes = map[string]Kind{
	"AccessDenied":                Denied,
	"AccessDeniedException":       Denied,
	"UnauthorizedOperation":       Denied,
	"NotAuthorized":               Denied,
	"ExpiredToken":                Credentials,
	"ExpiredTokenException":       Credentials,
	"RequestExpired":              Credentials,
	"InvalidClientTokenId":        Credentials,
	"InvalidAccessKeyId":          Credentials,
	"UnrecognizedClientException": Credentials,
	"SignatureDoesNotMatch":       Credentials,
	"IncompleteSignature":         Credentials,
	"MissingAuthenticationToken":  Credentials,
	"InvalidIdentityToken":        Credentials,
}

// Diagnose puts the failure of one call into words.
func Diagnose(err error) Fault {
	f := diagnose(err)
	f.Text = oneLine(f.Text)
	if gaveUp, ok := errors.AsType[*retry.MaxAttemptsError](err); ok && gaveUp.Attempt > 1 {
		f.Text += fmt.Sprintf(" (after %d attempts)", gaveUp.Attempt)
	}
	return f
}

func diagnose(err error) Fault {
	if canceled(err) {
		return Fault{Kind: Canceled, Text: "interrupted"}
	}
	if unimplemented(err) {
		return Fault{Kind: Unsupported, Text: "the endpoint does not know this operation: it answered with a web page in place of XML"}
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return refusal(err, api)
	}
	if sent, ok := errors.AsType[*smithyhttp.RequestSendError](err); ok {
		return Fault{Kind: Network, Text: "no answer" + host(err) + ": " + reason(sent.Err)}
	}
	if answer, ok := errors.AsType[*smithyhttp.ResponseError](err); ok && answer.Response != nil {
		return Fault{Text: fmt.Sprintf("the answer (HTTP %d) cannot be read: %v", answer.HTTPStatusCode(), unreadable(answer.Err))}
	}
	return Fault{Text: reason(err)}
}

// refusal is an error that the server put into words. The SDK's UnknownError is one whose words it did not find:
// moto's authoriser has a form of its own.
func refusal(err error, api smithy.APIError) Fault {
	code := api.ErrorCode()
	answer, ok := errors.AsType[*smithyhttp.ResponseError](err)
	if ok && answer.Response != nil && code == "UnknownError" {
		f := Fault{Text: fmt.Sprintf("HTTP %d without an error code", answer.HTTPStatusCode())}
		if answer.HTTPStatusCode() == http.StatusForbidden {
			f.Kind = Denied
		}
		return f
	}
	kind := codes[code]
	if _, slow := retry.DefaultThrottleErrorCodes[code]; slow {
		kind = Throttled
	}
	return Fault{Kind: kind, Code: code, Text: code + ": " + api.ErrorMessage()}
}

// canceled tells the end of the context from a deadline of the transport, such as that of a dial, which
// passes for context.DeadlineExceeded too.
func canceled(err error) bool {
	_, sending := errors.AsType[*smithyhttp.RequestSendError](err)
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) && !sending
}

// unreadable is what is wrong with an answer, without the SDK's words around it.
func unreadable(err error) error {
	if answer, ok := errors.AsType[*smithy.DeserializationError](err); ok {
		return answer.Err
	}
	return err
}

// host names the host that did not answer.
func host(err error) string {
	sent, ok := errors.AsType[*url.Error](err)
	if !ok {
		return ""
	}
	target, parseErr := url.Parse(sent.URL)
	if parseErr != nil {
		return ""
	}
	return " from " + target.Host
}

// reason is the innermost part of a transport error that still says what happened.
func reason(err error) string {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return dns.Err
	}
	if call, ok := errors.AsType[*url.Error](err); ok {
		return call.Err.Error()
	}
	if op, ok := errors.AsType[*smithy.OperationError](err); ok {
		return op.Err.Error()
	}
	return err.Error()
}

// maxText bounds the text of a fault, in runes: an answer may be of any length.
const maxText = 400

// oneLine makes foreign text safe for one line of output.
func oneLine(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if runes := []rune(s); len(runes) > maxText {
		return string(runes[:maxText]) + "…"
	}
	return s
}
