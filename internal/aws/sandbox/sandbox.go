// Package sandbox is an AWS endpoint in the process: IAM and STS for any client, over accounts that are loaded
// from snapshots.
//
// Contract: the query protocol on loopback, faithful where rules and fixes depend on it (paging, errors, conflicts,
// the credential report's cache, quotas, throttling, eventual consistency). A request acts in the account of its
// access key; Env gives the variables that point a client here. The state can be had back as a snapshot.
// Limits: signatures are parsed, not verified, and permissions and trust policies are evaluated for simulations only
// (SimulatePrincipalPolicy, SimulateCustomPolicy), not on requests: whoever holds a key id may do everything in its
// account, so the server stays on loopback unless told otherwise. Roles' last use does not change. Operations that
// are missing answer InvalidAction.
// Floor: 5.
package sandbox

import (
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/aws/sandbox/directory"
)

// Options says how a Server begins.
type Options struct {
	Addr    string // where to listen; default 127.0.0.1:0, which is any free port
	Exposed bool   // allow an Addr that other machines can reach
	Settings
}

// Server is a running sandbox. It is safe for concurrent use.
type Server struct {
	http     *http.Server
	exposed  bool
	listener net.Listener
	begun    time.Time
	accounts []*directory.Directory // in the order of their ids
	served   chan struct{}

	mu       sync.Mutex
	settings Settings
	gates    map[string]*gate    // by account and service; made when first needed
	injected map[string]*counter // by operation
	sessions map[string]session  // by access key id: the operators' and what STS gave out
	issued   int
	stats    Stats
}

// New loads the accounts and begins to listen. Close ends it.
func New(o Options, accounts ...*account.Snapshot) (*Server, error) {
	s := &Server{begun: clockNow(), exposed: o.Exposed, sessions: make(map[string]session), served: make(chan struct{})}
	s.stats.Calls = make(map[string]int)
	for _, a := range accounts {
		d, err := directory.New(a)
		if err != nil {
			return nil, fmt.Errorf("sandbox: %w", err)
		}
		if s.directory(d.ID()) != nil {
			return nil, fmt.Errorf("sandbox: account %s is given twice", d.ID())
		}
		s.accounts = append(s.accounts, d)
		key := operatorKey(d.ID())
		s.sessions[key] = session{account: d, caller: operator(d), lasting: true}
	}
	slices.SortFunc(s.accounts, func(a, b *directory.Directory) int { return strings.Compare(string(a.ID()), string(b.ID())) })
	s.Change(func(settings *Settings) { *settings = o.Settings })
	if err := s.listen(o); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Server) listen(o Options) error {
	addr := o.Addr
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	if !o.Exposed && !OnLoopback(addr) {
		return fmt.Errorf("sandbox: %s is not an address of this machine alone: anyone who reaches it could read and change the accounts; use 127.0.0.1", addr)
	}
	listener, err := net.Listen("tcp", addr) //nolint:noctx // listening on loopback does not wait
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	s.listener = listener
	s.http = &http.Server{
		Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // clients that hang up are no news
	}
	go func() {
		defer close(s.served)
		_ = s.http.Serve(listener) // ends with ErrServerClosed when Close is called
	}()
	return nil
}

// OnLoopback reports whether an address, with a port or without, is of this machine alone: no other can reach it.
func OnLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// URL is the endpoint, such as http://127.0.0.1:43210.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Close ends the server and every request that it still works on.
func (s *Server) Close() error {
	err := s.http.Close()
	<-s.served
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("sandbox: %w", err)
	}
	return nil
}

// Accounts are the ids of the accounts, sorted.
func (s *Server) Accounts() []account.ID {
	ids := make([]account.ID, len(s.accounts))
	for i, d := range s.accounts {
		ids[i] = d.ID()
	}
	return ids
}

// Key is the access key with which a client may do everything in an account. It belongs to no entity of the
// account. Empty where the account is not here.
func (s *Server) Key(id account.ID) (keyID, secret string) {
	if s.directory(id) == nil {
		return "", ""
	}
	return operatorKey(id), directory.Secret(operatorKey(id))
}

// Env is the environment, as NAME=value, that makes the AWS CLI and every SDK talk to this server and act in an
// account. Nil where the account is not here.
func (s *Server) Env(id account.ID) []string {
	d := s.directory(id)
	if d == nil {
		return nil
	}
	key, secret := s.Key(id)
	region := homeRegion(d.Partition())
	return []string{
		"AWS_ACCESS_KEY_ID=" + key,
		"AWS_SECRET_ACCESS_KEY=" + secret,
		"AWS_SESSION_TOKEN=",
		"AWS_REGION=" + region,
		"AWS_DEFAULT_REGION=" + region,
		// The credential chain's own STS calls obey only the service's variable.
		"AWS_ENDPOINT_URL=" + s.URL(),
		"AWS_ENDPOINT_URL_IAM=" + s.URL(),
		"AWS_ENDPOINT_URL_STS=" + s.URL(),
		"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false",
		"AWS_EC2_METADATA_DISABLED=true",
	}
}

// homeRegion is the region of IAM's endpoint in a partition.
func homeRegion(partition string) string {
	switch partition {
	case "aws-us-gov":
		return "us-gov-west-1"
	case "aws-cn":
		return "cn-north-1"
	}
	return "us-east-1"
}

// Snapshot is an account's present state; nil where the account is not here. See directory.Directory.Snapshot.
func (s *Server) Snapshot(id account.ID) *account.Snapshot {
	d := s.directory(id)
	if d == nil {
		return nil
	}
	return d.Snapshot()
}

func (s *Server) directory(id account.ID) *directory.Directory {
	for _, d := range s.accounts {
		if d.ID() == id {
			return d
		}
	}
	return nil
}

// principal reports whether a principal of a trust policy exists, as far as the sandbox has its account.
func (s *Server) principal(principal string) bool {
	a, err := arn.Parse(principal)
	if err != nil {
		return false
	}
	d := s.directory(account.ID(a.Account))
	return d == nil || d.HasPrincipal(principal)
}

// Stats is what the server was asked so far.
type Stats struct {
	Calls     map[string]int // by operation, such as "iam:ListUsers", every attempt counted
	Throttled int            // answered with Throttling
	Injected  int            // answered with an injected fault
	Refused   int            // not let in: credentials, unknown operations, unreadable requests
}

// Stats returns a copy of the counts.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.stats
	out.Calls = maps.Clone(s.stats.Calls)
	return out
}

// ResetStats sets all counts to zero.
func (s *Server) ResetStats() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats = Stats{Calls: make(map[string]int)}
}
