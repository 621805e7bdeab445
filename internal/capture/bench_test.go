package capture_test

import (
	"bytes"
	"io"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ambit-iam/ambit/internal/account/accounttest"
	"github.com/ambit-iam/ambit/internal/capture"
)

// details makes authorization details of about size bytes while they are read: the roles of a small account over
// and over, each time under other names.
type details struct {
	size, given int64
	roles       [][][]byte // the text of each role, cut where the number of the round goes
	end         []byte
	round, role int
	rest, buf   []byte
	done        bool
}

func newDetails(tb testing.TB, size int64) *details {
	tb.Helper()
	s := accounttest.Quota(5, accounttest.Size{Users: 50, Roles: 200, Policies: 50, Groups: 10})
	var text bytes.Buffer
	if err := accounttest.WriteAuthorizationDetails(&text, s); err != nil {
		tb.Fatal(err)
	}
	marks := strings.NewReplacer("-role-", "-role-\x00", "\"Sid\": \"", "\"Sid\": \"\x00")
	head, tail, _ := bytes.Cut([]byte(marks.Replace(text.String())), []byte("\"RoleDetailList\": ["))
	list, end, _ := bytes.Cut(tail, []byte("\n    ],\n    \"Policies\""))
	d := &details{size: size, rest: append(bytes.ReplaceAll(head, []byte{0}, nil), "\"RoleDetailList\": ["...)}
	for role := range bytes.SplitSeq(list, []byte("\n        },")) {
		role = bytes.TrimSuffix(role, []byte("\n        }"))
		d.roles = append(d.roles, bytes.Split(role, []byte{0}))
	}
	d.end = append([]byte("\n    ],\n    \"Policies\""), bytes.ReplaceAll(end, []byte{0}, nil)...)
	return d
}

func (d *details) Read(p []byte) (int, error) {
	if len(d.rest) == 0 {
		if d.done {
			return 0, io.EOF
		}
		d.fill()
	}
	n := copy(p, d.rest)
	d.rest = d.rest[n:]
	d.given += int64(n)
	return n, nil
}

func (d *details) fill() {
	if d.given >= d.size {
		d.rest, d.done = d.end, true
		return
	}
	b := d.buf[:0]
	if d.round+d.role > 0 {
		b = append(b, ',')
	}
	pieces := d.roles[d.role]
	for i, piece := range pieces {
		b = append(b, piece...)
		if i < len(pieces)-1 {
			b = append(strconv.AppendInt(b, int64(d.round), 10), '-')
		}
	}
	d.buf = append(b, "\n        }"...)
	d.rest = d.buf
	if d.role++; d.role == len(d.roles) {
		d.round, d.role = d.round+1, 0
	}
}

// benchmarkRead reads details of that size and reports the speed and the peak of the heap above what was there
// before, sampled every two milliseconds.
func benchmarkRead(b *testing.B, size int64) {
	b.Helper()
	b.SetBytes(size)
	var peak uint64
	for b.Loop() {
		b.StopTimer()
		d := newDetails(b, size)
		in := capture.Input{Name: "details.json", ModTime: saved, Open: func() (io.ReadCloser, error) { return io.NopCloser(d), nil }}
		stop := watchHeap(&peak)
		b.StartTimer()
		s, err := capture.Read([]capture.Input{in})
		b.StopTimer()
		stop()
		if err != nil {
			b.Fatal(err)
		}
		if len(s) != 1 || len(s[0].Roles) < int(size/20_000) {
			b.Fatalf("read %d accounts", len(s))
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
}

// watchHeap raises peak to the largest heap seen, above what was there before, until the returned function is
// called. It samples runtime/metrics, which does not stop the world as ReadMemStats does.
func watchHeap(peak *uint64) (stop func()) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
	heap := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64() + sample[1].Value.Uint64()
	}
	runtime.GC()
	before := heap()
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				if now := heap(); now > before {
					*peak = max(*peak, now-before)
				}
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}

func BenchmarkRead_10MB(b *testing.B) { benchmarkRead(b, 10<<20) }

func BenchmarkRead_100MB(b *testing.B) { benchmarkRead(b, 100<<20) }

// BenchmarkRead_capture reads an account at its quotas from Ambit's own format.
func BenchmarkRead_capture(b *testing.B) {
	var text bytes.Buffer
	if err := accounttest.Quota(1, accounttest.FullSize).Encode(&text); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		in := capture.Input{Name: "c.json", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text.Bytes())), nil }}
		if _, err := capture.Read([]capture.Input{in}); err != nil {
			b.Fatal(err)
		}
	}
}
