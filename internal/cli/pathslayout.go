package cli

import (
	"cmp"
	"slices"
)

// drawing is the ways of one account as a graph, laid out in layers from left to right.
type drawing struct {
	nodes  []drawn
	arrows []arrow
	layers [][]int // node indexes, top to bottom; bends among them
}

// drawn is a place in a drawing, or a bend of a long arrow.
type drawn struct {
	key    string
	label  string
	less   string // the guardrails that it is without
	kind   string // user, role or administrator; empty: a bend
	title  string
	admin  bool
	source bool
	layer  int
	row    float64 // for ordering
}

// arrow is all steps between two places.
type arrow struct {
	from, to int
	by       []string // escalation ids
	title    string   // in words
	depends  bool     // a request depends on what is not known
	back     bool     // leads to an earlier layer
	bends    []int
}

// draw makes the drawing of ways.
func draw(all []*route) *drawing {
	d := &drawing{}
	index := map[string]int{}
	for _, r := range all {
		for i := range r.Steps {
			s := &r.Steps[i]
			from := d.node(index, &s.From)
			d.nodes[from].source = d.nodes[from].source || i == 0
			if made := s.To.Made; made != "" && made != s.From.ARN {
				via := d.node(index, &place{ARN: made, name: baseName(made)})
				d.arrow(from, via, s)
				d.arrow(via, d.node(index, &s.To), &step{By: "", Does: "is made an administrator"})
				continue
			}
			d.arrow(from, d.node(index, &s.To), s)
		}
	}
	d.rank()
	d.bend()
	d.order()
	return d
}

func (d *drawing) node(index map[string]int, p *place) int {
	key := p.ARN + "\x00" + p.Without
	if i, ok := index[key]; ok {
		return i
	}
	n := drawn{key: key, label: p.name, less: p.Without, kind: "role", title: p.ARN, admin: p.Admin}
	switch {
	case p.ARN == toAdmin:
		n.kind, n.title = "administrator", "may do everything"
	case p.user:
		n.kind = "user"
	}
	d.nodes = append(d.nodes, n)
	index[key] = len(d.nodes) - 1
	return index[key]
}

// arrow adds a step to the arrow between two places.
func (d *drawing) arrow(from, to int, s *step) {
	i := slices.IndexFunc(d.arrows, func(a arrow) bool { return a.from == from && a.to == to })
	if i < 0 {
		d.arrows = append(d.arrows, arrow{from: from, to: to, title: s.Does})
		i = len(d.arrows) - 1
	}
	a := &d.arrows[i]
	for _, id := range append([]string{s.By}, s.Also...) {
		if id != "" && !slices.Contains(a.by, id) {
			a.by = append(a.by, id)
		}
	}
	a.depends = a.depends || s.Assumes != "" || slices.ContainsFunc(s.Requests, func(w witnessing) bool { return w.Decision == answerDepends })
}

// rank gives each node its layer: behind all that lead to it, where no circle forbids it.
func (d *drawing) rank() {
	const onStack, done = 1, 2
	state := make([]int, len(d.nodes))
	var order []int
	var visit func(int)
	visit = func(n int) {
		state[n] = onStack
		for i := range d.arrows {
			switch a := &d.arrows[i]; {
			case a.from != n:
			case state[a.to] == onStack:
				a.back = true
			case state[a.to] == 0:
				visit(a.to)
			}
		}
		state[n] = done
		order = append(order, n)
	}
	for n := range d.nodes {
		if state[n] == 0 {
			visit(n)
		}
	}
	for _, n := range slices.Backward(order) {
		for i := range d.arrows {
			if a := &d.arrows[i]; a.from == n && !a.back {
				d.nodes[a.to].layer = max(d.nodes[a.to].layer, d.nodes[n].layer+1)
			}
		}
	}
	last := 0
	for i := range d.nodes {
		last = max(last, d.nodes[i].layer)
	}
	for i := range d.nodes {
		if d.nodes[i].kind == "administrator" {
			d.nodes[i].layer = last
		}
	}
}

// bend gives arrows over several layers a place in each, so that they pass between the nodes.
func (d *drawing) bend() {
	for i := range d.arrows {
		a := &d.arrows[i]
		if a.back {
			continue
		}
		for layer := d.nodes[a.from].layer + 1; layer < d.nodes[a.to].layer; layer++ {
			d.nodes = append(d.nodes, drawn{layer: layer})
			a.bends = append(a.bends, len(d.nodes)-1)
		}
	}
	for n := range d.nodes {
		for len(d.layers) <= d.nodes[n].layer {
			d.layers = append(d.layers, nil)
		}
		d.layers[d.nodes[n].layer] = append(d.layers[d.nodes[n].layer], n)
	}
}

// order sorts the nodes of each layer by where their neighbours stand, so that arrows cross less.
func (d *drawing) order() {
	neighbours := make([][]int, len(d.nodes))
	for i := range d.arrows {
		a := &d.arrows[i]
		chain := slices.Concat([]int{a.from}, a.bends, []int{a.to})
		for j := 1; j < len(chain); j++ {
			neighbours[chain[j-1]] = append(neighbours[chain[j-1]], chain[j])
			neighbours[chain[j]] = append(neighbours[chain[j]], chain[j-1])
		}
	}
	d.place()
	const sweeps = 8
	for sweep := range sweeps {
		for l := range d.layers {
			if sweep%2 == 1 {
				l = len(d.layers) - 1 - l
			}
			for _, n := range d.layers[l] {
				sum, count := 0.0, 0
				for _, other := range neighbours[n] {
					if (d.nodes[other].layer < l) == (sweep%2 == 0) {
						sum += d.nodes[other].row
						count++
					}
				}
				if count > 0 {
					d.nodes[n].row = sum / float64(count)
				}
			}
			slices.SortStableFunc(d.layers[l], func(a, b int) int { return cmp.Compare(d.nodes[a].row, d.nodes[b].row) })
			d.placeLayer(l)
		}
	}
}

func (d *drawing) place() {
	for l := range d.layers {
		d.placeLayer(l)
	}
}

// placeLayer puts a layer's nodes one below the other, around the middle.
func (d *drawing) placeLayer(l int) {
	for i, n := range d.layers[l] {
		d.nodes[n].row = float64(i) - float64(len(d.layers[l])-1)/2
	}
}
