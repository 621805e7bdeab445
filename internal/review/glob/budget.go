package glob

// Budget is what one comparison may cost, and what it has built.
type Budget struct {
	steps    int // left
	automata map[string]*automaton
}

// NewBudget has so many steps, of some ten nanoseconds each.
func NewBudget(steps int) *Budget { return &Budget{steps, map[string]*automaton{}} }

// Spend takes n steps; false: none are left.
func (b *Budget) Spend(n int) bool {
	b.steps -= n
	return b.steps > 0
}

// Spent reports that no steps are left.
func (b *Budget) Spent() bool { return b.steps <= 0 }
