package directory

import (
	"iter"
	"slices"
)

// table holds values by key, in the order of the keys. It is a value: a copy of it is a snapshot, for put and
// remove leave the arrays of the copy alone. Whoever changes a value puts a changed copy.
type table[V any] struct {
	keys   []string
	values []*V
}

// tableOf builds a table from items. Of two items with one key the later stays, and its key is returned.
func tableOf[V any](items []*V, key func(*V) string) (t table[V], twice []string) {
	slices.SortStableFunc(items, func(a, b *V) int {
		switch ka, kb := key(a), key(b); {
		case ka < kb:
			return -1
		case ka > kb:
			return 1
		}
		return 0
	})
	for _, item := range items {
		k := key(item)
		if n := len(t.keys); n > 0 && t.keys[n-1] == k {
			twice = append(twice, k)
			t.values[n-1] = item
			continue
		}
		t.keys, t.values = append(t.keys, k), append(t.values, item)
	}
	return t, twice
}

func (t *table[V]) get(key string) (*V, bool) {
	i, ok := slices.BinarySearch(t.keys, key)
	if !ok {
		return nil, false
	}
	return t.values[i], true
}

func (t *table[V]) has(key string) bool {
	_, ok := t.get(key)
	return ok
}

func (t *table[V]) len() int { return len(t.keys) }

// all gives the values in the order of their keys.
func (t *table[V]) all() iter.Seq[*V] { return slices.Values(t.values) }

func (t *table[V]) put(key string, v *V) {
	i, ok := slices.BinarySearch(t.keys, key)
	if ok {
		t.values = slices.Clone(t.values)
		t.values[i] = v
		return
	}
	t.keys = slices.Insert(slices.Clip(t.keys), i, key)
	t.values = slices.Insert(slices.Clip(t.values), i, v)
}

func (t *table[V]) remove(key string) {
	if i, ok := slices.BinarySearch(t.keys, key); ok {
		t.keys = slices.Concat(t.keys[:i], t.keys[i+1:])
		t.values = slices.Concat(t.values[:i], t.values[i+1:])
	}
}

// edit replaces the value of key, which is there, by a changed copy.
func edit[V any](t *table[V], key string, change func(*V)) {
	if old, ok := t.get(key); ok {
		v := *old
		change(&v)
		t.put(key, &v)
	}
}
