package directory

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/account"
)

// TestTable_model plays random changes to a table and to a map; copies that were taken stay as they were.
func TestTable_model(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		type moment struct {
			table table[int]
			model map[string]int
		}
		now := moment{model: map[string]int{}}
		var past []moment
		key := rapid.StringMatching(`[a-e]{1,2}`)
		for i := range rapid.IntRange(1, 40).Draw(t, "changes") {
			past = append(past, moment{now.table, maps.Clone(now.model)})
			switch k := key.Draw(t, "key"); rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				now.table.put(k, &i)
				now.model[k] = i
			case 1:
				now.table.remove(k)
				delete(now.model, k)
			case 2:
				edit(&now.table, k, func(v *int) { *v += 100 })
				if v, ok := now.model[k]; ok {
					now.model[k] = v + 100
				}
			}
		}
		for _, m := range append(past, now) {
			if !slices.IsSorted(m.table.keys) || m.table.len() != len(m.model) {
				t.Fatalf("keys %v, want those of %v", m.table.keys, m.model)
			}
			for k, want := range m.model {
				if v, ok := m.table.get(k); !ok || *v != want {
					t.Fatalf("%s: got %v %v, want %d", k, v, ok, want)
				}
			}
		}
	})
}

// TestList_pages: pages of any size, put together, are the list; and both kinds of list agree.
func TestList_pages(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,3}`), 0, 30, rapid.ID).Draw(t, "names")
		size, prefix := rapid.Int32Range(1, 31).Draw(t, "size"), rapid.StringMatching(`[a-c]?`).Draw(t, "prefix")
		var items []*string
		var want []string
		for _, n := range names {
			items = append(items, &n)
			if strings.HasPrefix(n, prefix) {
				want = append(want, n)
			}
		}
		slices.Sort(want)
		all, _ := tableOf(items, func(s *string) string { return *s })
		c := &Call{}
		read := func(list func(w *window, add func(string)) paged) (got []string, pages int) {
			var marker *string
			for {
				w, err := c.window("X", marker, &size)
				if err != nil {
					t.Fatal(err)
				}
				n := len(got)
				p := list(&w, func(s string) { got = append(got, s) })
				if pages++; len(got)-n > int(size) || p.truncated && len(got)-n != int(size) {
					t.Fatalf("page of %d, want %d", len(got)-n, size)
				}
				if !p.truncated {
					return got, pages
				}
				marker = p.marker
			}
		}
		fromTable, pages := read(func(w *window, add func(string)) paged {
			return list(w, &all, func(s *string) bool { return strings.HasPrefix(*s, prefix) }, func(s *string) { add(*s) })
		})
		fromSlice, _ := read(func(w *window, add func(string)) paged { return listSlice(w, slices.Clone(want), itself, add) })
		if diff := cmp.Diff(want, fromTable); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(want, fromSlice); diff != "" {
			t.Fatal(diff)
		}
		if least := max(1, (len(want)+int(size)-1)/int(size)); pages != least {
			t.Fatalf("%d pages, want %d", pages, least)
		}
	})
}

// TestWindow_markers: what no answer gave is refused.
func TestWindow_markers(t *testing.T) {
	t.Parallel()
	w := window{operation: "ListUsers"}
	c := &Call{}
	for name, marker := range map[string]string{
		"no base64": "%%%", "empty": "", "of another operation": *(&window{operation: "ListRoles"}).marker("a"), "without a key": *w.marker(""),
	} {
		if _, err := c.window("ListUsers", &marker, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if got, err := c.window("ListUsers", w.marker("a"), nil); err != nil || got.after != "a" || got.limit != 100 {
		t.Errorf("got %+v %v", got, err)
	}
}

// TestEncoded: what is encoded has no character that RFC 3986 reserves, and is what it was when decoded.
func TestEncoded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text") + rapid.StringMatching(`[{}" +%\n~.-]{0,9}`).Draw(t, "more")
		got := *encoded(account.Document(text))
		if strings.ContainsFunc(got, func(r rune) bool {
			return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~%", r)
		}) {
			t.Fatalf("got %s", got)
		}
		for _, decode := range []func(string) (string, error){url.PathUnescape, url.QueryUnescape} {
			if back, err := decode(got); err != nil || back != text {
				t.Fatalf("got %q %v, want %q", back, err, text)
			}
		}
	})
}

func TestIdent(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for i := range 1000 {
		id := ident(prefixUser, "111122223333", fmt.Sprint(i))
		if len(id) != 21 || seen[id] || id != ident(prefixUser, "111122223333", fmt.Sprint(i)) {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
	if got := accessKeyID("a"); len(got) != 20 {
		t.Errorf("key id %q has %d characters, want 20", got, len(got))
	}
}
