package engine

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
)

func TestSpread(t *testing.T) {
	t.Parallel()
	const tasks = 1000
	var done [tasks]atomic.Int32
	var workers atomic.Int32
	spread(tasks, func() func(int) {
		workers.Add(1)
		return func(i int) { done[i].Add(1) }
	})
	for i := range done {
		if n := done[i].Load(); n != 1 {
			t.Fatalf("task %d ran %d times", i, n)
		}
	}
	if workers.Load() == 0 {
		t.Error("no worker")
	}
	spread(0, func() func(int) { t.Error("a worker without a task"); return nil })
}

// TestSpread_panic: what panics in a worker panics where spread was called, and names the place.
func TestSpread_panic(t *testing.T) {
	t.Parallel()
	defer func() {
		told := fmt.Sprint(recover())
		if !strings.HasPrefix(told, "bad rule") || !strings.Contains(told, "TestSpread_panic") {
			t.Errorf("got %q", told)
		}
	}()
	spread(10, func() func(int) {
		return func(i int) {
			if i == 3 {
				panic("bad rule")
			}
		}
	})
}
