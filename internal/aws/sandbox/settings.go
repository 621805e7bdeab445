package sandbox

import (
	"maps"
	"math"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"github.com/ambit-iam/ambit/internal/aws/sandbox/directory"
)

// Settings is how the server behaves. Change replaces them while it runs.
type Settings struct {
	Clock       func() time.Time // the accounts' time, asked from many goroutines; nil: the machine's
	Latency     time.Duration    // before every answer
	Rate        float64          // requests a second for each account and service, beyond which it throttles; 0: no limit
	PageSize    int              // no list's page is longer, whatever MaxItems asks for; 0: MaxItems alone
	Lag         time.Duration    // reads see a write only so long after it (of the machine's time)
	ReportSteps int              // calls that find a credential report, or a job, still in progress
	Inject      map[string]Fault // by operation, such as "GetCredentialReport"; "*" is every operation
}

// Fault is an error that the server answers in place of the true answer.
type Fault struct {
	Code    string // such as AccessDenied; default: ServiceFailure
	Status  int    // HTTP; default: 500 for ServiceFailure, else 400
	Message string
	Times   int  // how often it happens; 0 or less: always
	Every   int  // it happens to every so many-th call; 0: to each
	Late    bool // the operation takes effect before its answer is lost
}

// counter counts for one injected fault.
type counter struct{ calls, faults int }

// gate is a token bucket.
type gate struct{ limiter *rate.Limiter }

// Change changes the settings of the running server. Counts of injected faults and token buckets begin anew.
func (s *Server) Change(change func(*Settings)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.settings)
	s.settings.Inject = maps.Clone(s.settings.Inject)
	s.gates, s.injected = make(map[string]*gate), make(map[string]*counter)
}

// current is the settings at the moment, whose maps are never changed.
func (s *Server) current() Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settings
}

// now is the accounts' time.
func (s *Settings) now() time.Time {
	if s.Clock != nil {
		return s.Clock()
	}
	return clockNow()
}

// clockNow is the one place that reads the machine's clock: for time stamps where no clock was given, for the
// uptime that Lag is measured by, and for token buckets.
func clockNow() time.Time { return time.Now() } //nolint:forbidigo // a server of AWS's has a clock; tests set Settings.Clock

// admit takes a token of the account's bucket for a service.
func (s *Server) admit(d *directory.Directory, service string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settings.Rate <= 0 {
		return true
	}
	key := string(d.ID()) + " " + service
	g, ok := s.gates[key]
	if !ok {
		g = &gate{rate.NewLimiter(rate.Limit(s.settings.Rate), int(math.Ceil(s.settings.Rate)))}
		s.gates[key] = g
	}
	if g.limiter.AllowN(clockNow(), 1) {
		return true
	}
	s.stats.Throttled++
	return false
}

// inject picks the fault that an operation's call meets, if any.
func (s *Server) inject(operation string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range [2]string{operation, "*"} {
		f, ok := s.settings.Inject[name]
		if !ok {
			continue
		}
		c, ok := s.injected[name]
		if !ok {
			c = &counter{}
			s.injected[name] = c
		}
		c.calls++
		if f.Times > 0 && c.faults >= f.Times || f.Every > 1 && c.calls%f.Every != 0 {
			continue
		}
		c.faults++
		s.stats.Injected++
		return &f
	}
	return nil
}

// fault is what goes out for an injected fault.
func (f *Fault) fault() *directory.APIError {
	out := &directory.APIError{Status: f.Status, Code: f.Code, Message: f.Message}
	if out.Code == "" {
		out.Code = "ServiceFailure"
	}
	if out.Status == 0 {
		out.Status = http.StatusBadRequest
		if out.Code == "ServiceFailure" {
			out.Status = http.StatusInternalServerError
		}
	}
	if out.Message == "" {
		out.Message = "injected by the sandbox's settings"
	}
	return out
}
