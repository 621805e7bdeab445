package conntest

import (
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
)

// Trap stands where the proxy to the world would be: it takes every connection that is not to loopback, notes
// the host and refuses.
type Trap struct {
	server *httptest.Server
	mu     sync.Mutex
	hosts  []string
}

// Offline is for TestMain, before anything connects: it takes every AWS setting out of the process's
// environment and puts a Trap in the way of all HTTPS connections.
func Offline() *Trap {
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "AWS_") || slices.Contains([]string{"NO_PROXY", "ALL_PROXY"}, strings.ToUpper(name)) {
			_ = os.Unsetenv(name)
		}
	}
	trap := &Trap{}
	trap.server = httptest.NewServer(trap)
	for name, value := range map[string]string{
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true",
		"HTTPS_PROXY": trap.server.URL, "https_proxy": trap.server.URL,
	} {
		_ = os.Setenv(name, value)
	}
	return trap
}

// ServeHTTP implements http.Handler.
func (t *Trap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t.mu.Lock()
	t.hosts = append(t.hosts, r.Host)
	t.mu.Unlock()
	http.Error(w, "offline", http.StatusForbidden)
}

// Hosts gives the hosts that were to be reached since it was last asked, in order.
func (t *Trap) Hosts() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	hosts := t.hosts
	t.hosts = nil
	return hosts
}

// Close stops the trap.
func (t *Trap) Close() { t.server.Close() }
