package engine

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// spread runs tasks on all processors. The first tasks are begun first. A panic of one ends all:
// it is raised again where spread was called, with its stack.
func spread(n int, worker func() func(task int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	var failed atomic.Pointer[string]
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					told := fmt.Sprintf("%v\n%s", p, debug.Stack())
					failed.CompareAndSwap(nil, &told)
					next.Store(int64(n))
				}
			}()
			do := worker()
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				do(int(i))
			}
		})
	}
	group.Wait()
	if p := failed.Load(); p != nil {
		panic(*p)
	}
}
