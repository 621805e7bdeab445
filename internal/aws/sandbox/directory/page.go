package directory

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
)

const (
	defaultItems = 100
	maxItems     = 1000 // IAM API reference, MaxItems
)

// window is the part of a list that one answer carries: what comes behind a key, and at most so much of it.
type window struct {
	operation string
	after     string
	begun     bool // after is set
	limit     int
}

// window reads a request's paging parameters. operation keeps a marker from being used elsewhere.
func (c *Call) window(operation string, marker *string, items *int32) (window, error) {
	w := window{operation: operation, limit: defaultItems}
	if items != nil {
		if *items < 1 || *items > maxItems {
			return w, invalid("value %d at 'maxItems' must be between 1 and %d", *items, maxItems)
		}
		w.limit = int(*items)
	}
	if c.Page > 0 {
		w.limit = min(w.limit, c.Page)
	}
	if marker == nil {
		return w, nil
	}
	text, err := base64.URLEncoding.DecodeString(*marker)
	op, after, ok := strings.Cut(string(text), "\x00")
	if err != nil || !ok || op != operation || after == "" {
		return w, invalid("invalid marker %.100q: pass the one of the answer before", *marker)
	}
	w.after, w.begun = after, true
	return w, nil
}

// marker is the opaque text that lets a later request go on behind key.
func (w *window) marker(key string) *string {
	text := base64.URLEncoding.EncodeToString([]byte(w.operation + "\x00" + key))
	return &text
}

// paged is the end of every list's answer.
type paged struct {
	truncated bool
	marker    *string
}

// list hands the values of t in the window to add, leaving out those that keep refuses (nil: none).
func list[V any](w *window, t *table[V], keep func(*V) bool, add func(*V)) paged {
	if last, more := walk(w, t, keep, add); more {
		return paged{true, w.marker(last)}
	}
	return paged{}
}

// walk is list's work: it gives the last key that it handed out, and whether a value was left over.
func walk[V any](w *window, t *table[V], keep func(*V) bool, add func(*V)) (last string, more bool) {
	at := 0
	if w.begun {
		i, found := slices.BinarySearch(t.keys, w.after)
		at = i
		if found {
			at++
		}
		last = w.after
	}
	n := 0
	for ; at < len(t.keys); at++ {
		v := t.values[at]
		if keep != nil && !keep(v) {
			continue
		}
		if n == w.limit {
			return last, true
		}
		add(v)
		n, last = n+1, t.keys[at]
	}
	return last, false
}

// listSlice is list for items that lie in a slice, in whatever order.
func listSlice[V any](w *window, items []V, key func(V) string, add func(V)) paged {
	sorted := slices.SortedStableFunc(slices.Values(items), func(a, b V) int { return cmp.Compare(key(a), key(b)) })
	at := 0
	if w.begun {
		at, _ = slices.BinarySearchFunc(sorted, w.after, func(v V, k string) int {
			if key(v) <= k {
				return -1
			}
			return 1
		})
	}
	end := min(at+w.limit, len(sorted))
	for _, v := range sorted[at:end] {
		add(v)
	}
	if end < len(sorted) {
		return paged{true, w.marker(key(sorted[end-1]))}
	}
	return paged{}
}
