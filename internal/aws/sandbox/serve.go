package sandbox

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/ambit-iam/ambit/internal/aws/sandbox/directory"
	"github.com/ambit-iam/ambit/internal/aws/sandbox/query"
)

// maxBody bounds a request. The longest that IAM takes are policies of a few thousand characters.
const maxBody = 4 << 20

// The API versions, which tell IAM from STS.
const (
	versionIAM = "2010-05-08"
	versionSTS = "2011-06-15"
)

// request is one request on its way to its answer.
type request struct {
	form      url.Values
	service   string // iam or sts
	operation string
	settings  Settings
	who       *session
	keyID     string
	region    string
}

// serve answers one request. The body is read to its end before anything is answered: a client of the SDK may
// otherwise lose a long answer (smithy-go cuts a connection whose request it still writes).
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	q := &request{settings: s.current()}
	begun := clockNow()
	out, fault := s.answer(q, r)
	answer := query.Answer{Namespace: query.NamespaceIAM, Operation: q.operation, RequestID: s.nextID()}
	if q.service == "sts" {
		answer.Namespace = query.NamespaceSTS
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	status, body := encode(answer, (*buffer)[:0], out, fault)
	*buffer = body
	pause(r, max(q.settings.Latency, breath(body))-clockNow().Sub(begun))
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("X-Amzn-Requestid", answer.RequestID)
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that left needs no answer
}

// buffers are for answers: a page of 1,000 roles is megabytes.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// encode writes an answer, or the fault in its place.
func encode(answer query.Answer, b []byte, out any, fault *directory.APIError) (status int, body []byte) {
	if fault == nil {
		body, err := answer.Append(b, out)
		if err == nil {
			return http.StatusOK, body
		}
		fault = &directory.APIError{Status: http.StatusInternalServerError, Code: "InternalFailure", Message: err.Error()}
	}
	return fault.Status, answer.AppendFault(b, fault.Status, fault.Code, fault.Message)
}

// answer lets the request through the gates in the order in which AWS has them, and runs its operation.
func (s *Server) answer(q *request, r *http.Request) (any, *directory.APIError) {
	if fault := s.enter(q, r); fault != nil {
		s.refused()
		return nil, fault
	}
	s.count(q)
	if !s.admit(q.who.account, q.service) {
		return nil, &directory.APIError{Status: http.StatusBadRequest, Code: "Throttling", Message: "Rate exceeded"}
	}
	injected := s.inject(q.operation)
	if injected != nil && !injected.Late {
		return nil, injected.fault()
	}
	out, err := s.run(q)
	if injected != nil {
		return nil, injected.fault()
	}
	if err != nil {
		return nil, asFault(err)
	}
	return out, nil
}

// enter reads the request and finds out who asks for what.
func (s *Server) enter(q *request, r *http.Request) *directory.APIError {
	if !s.exposed && !OnLoopback(r.Host) { // a web page whose name was made to lead here
		return &directory.APIError{Status: http.StatusForbidden, Code: "AccessDenied", Message: "the sandbox answers to 127.0.0.1 and localhost only"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		if _, long := errors.AsType[*http.MaxBytesError](err); long {
			return &directory.APIError{Status: http.StatusRequestEntityTooLarge, Code: "RequestEntityTooLarge", Message: "request is longer than 4 MiB"}
		}
		return badRequest("MalformedQueryString", "request cannot be read")
	}
	if q.form, err = url.ParseQuery(string(body)); err != nil {
		return badRequest("MalformedQueryString", "request is no form")
	}
	if len(q.form) == 0 {
		q.form = r.URL.Query()
	}
	q.operation = q.form.Get("Action")
	switch q.form.Get("Version") {
	case versionIAM:
		q.service = "iam"
	case versionSTS:
		q.service = "sts"
	}
	switch {
	case q.operation == "":
		return badRequest("MissingAction", "request names no Action: this is the query protocol of IAM and STS")
	case q.service == "":
		return badRequest("InvalidAction", fmt.Sprintf("could not find operation %.100s for version %.40q: the sandbox has IAM %s and STS %s",
			q.operation, q.form.Get("Version"), versionIAM, versionSTS))
	case !known(q.service, q.operation):
		return badRequest("InvalidAction", fmt.Sprintf("operation %s:%.100s is not in the sandbox", q.service, q.operation))
	}
	return s.identify(q, r)
}

func badRequest(code, message string) *directory.APIError {
	return &directory.APIError{Status: http.StatusBadRequest, Code: code, Message: message}
}

func known(service, operation string) bool {
	if service == "sts" {
		_, ok := stsOperations[operation]
		return ok
	}
	_, ok := directory.Find(operation)
	return ok
}

// Operations are the names of all operations that the sandbox answers, of IAM and of STS, sorted.
func Operations() []string {
	return slices.Sorted(slices.Values(slices.AppendSeq(directory.Names(), maps.Keys(stsOperations))))
}

// run decodes the input and runs the operation.
func (s *Server) run(q *request) (any, error) {
	if q.service == "sts" {
		return stsOperations[q.operation](s, q)
	}
	op, _ := directory.Find(q.operation)
	in := op.Input()
	if err := query.Decode(q.form, in); err != nil {
		return nil, err
	}
	out, err := q.who.account.Do(directory.Call{
		Now: q.settings.now(), Caller: q.who.caller, Page: q.settings.PageSize, Uptime: clockNow().Sub(s.begun),
		Lag: q.settings.Lag, ReportSteps: q.settings.ReportSteps, Principal: s.principal,
	}, op, in)
	if q.who.user {
		q.who.account.Used(q.keyID, q.service, q.region, q.settings.now())
	}
	return out, err
}

// asFault gives any error of an operation the form in which it goes out.
func asFault(err error) *directory.APIError {
	if f, ok := errors.AsType[*directory.APIError](err); ok {
		return f
	}
	if p, ok := errors.AsType[*query.ParameterError](err); ok {
		return badRequest("ValidationError", fmt.Sprintf("parameter %.100q: want %s", p.Parameter, p.Want))
	}
	return &directory.APIError{Status: http.StatusInternalServerError, Code: "InternalFailure", Message: err.Error()}
}

func (s *Server) count(q *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Calls[q.service+":"+q.operation]++
}

func (s *Server) refused() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Refused++
}

// nextID makes request ids in AWS's form, the same in every run.
func (s *Server) nextID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.issued++
	return fmt.Sprintf("00000000-0000-4000-8000-%012x", s.issued)
}

// breath is how long after its request's end an answer may begin at the earliest. The Go SDK's transport loses
// answers longer than its buffer to servers that are faster than its write loop.
func breath(body []byte) time.Duration {
	if len(body) < 2<<10 {
		return 0
	}
	return 2 * time.Millisecond
}

// pause waits, or less if the client leaves.
func pause(r *http.Request, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}
