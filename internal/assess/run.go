package assess

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/rule"
)

// Options is what to judge, and how.
type Options struct {
	Rules []*rule.Compiled
	// AsPublished runs a peer's published text in place of ours where a rule has one, and reads unknown as null
	// in it.
	AsPublished bool
	// Only, where it is given, says which entities are judged.
	Only func(*finding.Subject) bool
	// Spread runs the tasks 0 to n-1, each once, on as many workers as it likes: worker makes one, which does one
	// task at a time. The first tasks are the longest. Nil: one worker does all.
	Spread func(n int, worker func() func(task int))
}

// Run judges the account by every rule.
func Run(set *facts.Set, o Options) []finding.Finding {
	tasks, expected := tasksOf(set, o.Rules)
	out := make([]finding.Finding, expected)
	order := dearFirst(tasks)
	spread := o.Spread
	if spread == nil {
		spread = oneByOne
	}
	spread(len(order), func() func(int) {
		w := worker{set: set, ours: set.Env(false), published: set.Env(true), asPublished: o.AsPublished, only: o.Only}
		return func(i int) {
			for _, t := range order[i] {
				w.run(t, out)
			}
		}
	})
	return gather(out, tasks)
}

// dearFirst puts the tasks in the order of their cost. Those that ask the account's graph are one, lest two workers
// build it.
func dearFirst(tasks []task) [][]*task {
	var order [][]*task
	var graph []*task
	for i := range tasks {
		if t := &tasks[i]; t.cost() >= graphCost {
			graph = append(graph, t)
		} else {
			order = append(order, []*task{t})
		}
	}
	slices.SortStableFunc(order, func(a, b []*task) int { return cmp.Compare(b[0].cost(), a[0].cost()) })
	if len(graph) > 0 {
		order = slices.Insert(order, 0, graph)
	}
	return order
}

func oneByOne(n int, worker func() func(int)) {
	do := worker()
	for i := range n {
		do(i)
	}
}

// task is one rule, with the place of its findings among all.
type task struct {
	rule     *rule.Compiled
	from, to int
	findings []finding.Finding
}

// tasksOf are the rules by id, each with room for its findings, and the room of all.
func tasksOf(set *facts.Set, rules []*rule.Compiled) (tasks []task, room int) {
	rules = slices.Clone(rules)
	slices.SortStableFunc(rules, func(a, b *rule.Compiled) int { return strings.Compare(a.Rule.ID, b.Rule.ID) })
	tasks = make([]task, len(rules))
	for i, c := range rules {
		tasks[i] = task{rule: c, from: room, to: room + expected(set, c)}
		room = tasks[i].to
	}
	return tasks, room
}

// expected is how many findings a rule mostly has: one of each entity.
func expected(set *facts.Set, c *rule.Compiled) int {
	n := 1
	for i, p := range c.Programs {
		again := slices.ContainsFunc(c.Programs[:i], func(q *gsl.Program) bool { return sameTarget(p, q) })
		if t := p.Entity(); t != nil && !p.List() && !again {
			n += set.List(t.Name).Len()
		}
	}
	return n
}

// cost is the highest cost of the rule's programs.
func (t *task) cost() int {
	most := 0
	for _, p := range t.rule.Programs {
		most = max(most, p.Cost())
	}
	return most
}

// gather puts the findings of all tasks behind one another. Where each found room in out, they stand there already.
func gather(out []finding.Finding, tasks []task) []finding.Finding {
	n, roomy := 0, true
	for i := range tasks {
		n += len(tasks[i].findings)
		roomy = roomy && len(tasks[i].findings) <= tasks[i].to-tasks[i].from
	}
	if !roomy {
		out = make([]finding.Finding, n)
	}
	n = 0
	for i := range tasks {
		n += copy(out[n:], tasks[i].findings)
	}
	return out[:n]
}

// worker judges one rule at a time.
type worker struct {
	set             *facts.Set
	ours, published *gsl.Env
	asPublished     bool
	only            func(*finding.Subject) bool
	describer       facts.Describer
}

func (w *worker) run(t *task, room []finding.Finding) {
	c := t.rule
	j := judge{set: w.set, rule: c.Rule, env: w.ours, only: w.only, message: parseTemplate(c.Rule.Message), Describer: &w.describer}
	programs := c.Programs
	if w.asPublished && len(c.Vendor) > 0 {
		programs, j.env = c.Vendor, w.published
	}
	t.findings = j.run(room[t.from:t.from:t.to], programs)
	if !slices.IsSortedFunc(t.findings, bySubject) {
		slices.SortStableFunc(t.findings, bySubject)
	}
}
