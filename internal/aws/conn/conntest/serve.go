package conntest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// Request is one call as the server got it.
type Request struct {
	Action string // such as ListUsers
	Form   url.Values
	KeyID  string // of the access key that signed it; empty without a signature
	Agent  string // the User-Agent header
}

// Answer is what the server gives back. A zero Status is 200.
type Answer struct {
	Status int
	Type   string // content type; default text/xml
	Body   string
}

// Server answers calls of the query protocol, which IAM and STS speak, and keeps what it was asked.
type Server struct {
	URL    string
	answer func(Request) Answer

	mu       sync.Mutex
	requests []Request
}

// Serve starts a server that answers as told.
func Serve(tb testing.TB, answer func(Request) Answer) *Server {
	tb.Helper()
	s := &Server{answer: answer}
	server := httptest.NewServer(s)
	tb.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// NewHandler is a Server without a listener, for a test that brings its own, such as one with TLS.
func NewHandler(answer func(Request) Answer) *Server { return &Server{answer: answer} }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, after, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	key, _, _ := strings.Cut(after, "/")
	request := Request{Action: form.Get("Action"), Form: form, KeyID: key, Agent: r.UserAgent()}
	s.mu.Lock()
	s.requests = append(s.requests, request)
	s.mu.Unlock()
	a := s.answer(request)
	if a.Type == "" {
		a.Type = "text/xml"
	}
	w.Header().Set("Content-Type", a.Type)
	if a.Status != 0 {
		w.WriteHeader(a.Status)
	}
	_, _ = io.WriteString(w, a.Body)
}

// Requests is what the server was asked so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// Actions are the names of the calls so far, in order.
func (s *Server) Actions() []string {
	var actions []string
	for _, r := range s.Requests() {
		actions = append(actions, r.Action)
	}
	return actions
}

// OK is a successful answer with the result's XML.
func OK(r Request, result string) Answer {
	return Answer{Body: fmt.Sprintf("<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", r.Action, result)}
}

// Fail is an error answer as AWS words it.
func Fail(status int, code, message string) Answer {
	return Answer{Status: status, Body: fmt.Sprintf(
		"<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>11111111-2222</RequestId></ErrorResponse>", code, message)}
}

// Identity answers GetCallerIdentity.
func Identity(r Request, account, arn string) Answer {
	return OK(r, "<Arn>"+arn+"</Arn><UserId>AIDAEXAMPLE</UserId><Account>"+account+"</Account>")
}

// Session answers AssumeRole and AssumeRoleWithWebIdentity with a key of the given id.
func Session(r Request, key string) Answer {
	return OK(r, "<Credentials><AccessKeyId>"+key+"</AccessKeyId><SecretAccessKey>session-secret</SecretAccessKey>"+
		"<SessionToken>session-token</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>"+
		"<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn><AssumedRoleId>AROAEXAMPLE:s</AssumedRoleId></AssumedRoleUser>")
}
