package conn

import (
	"bytes"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// replayable hands every request body to the transport as plain bytes.
//
// The SDK closes its own body as soon as the answer's header is there. A write loop of net/http that still
// probes for the end of that body then takes the answer "closed" for a failed write and cuts the connection
// in the middle of the response: with a server on loopback a large share of long answers was lost.
type replayable struct{ inner aws.HTTPClient }

func (r replayable) Do(req *http.Request) (*http.Response, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return r.inner.Do(req)
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	plain := req.Clone(req.Context())
	plain.Body = io.NopCloser(bytes.NewReader(body))
	plain.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	return r.inner.Do(plain)
}
