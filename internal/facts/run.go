package facts

import (
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
)

// Run is what the functions share while one Env judges a set: answers that serve many entities. Like its Env it
// is not shared between goroutines. It stands in Env.Host.
type Run struct {
	set         *Set
	answers     map[*question][]answer // by the document's number
	byStatement map[statementQuestion]answer
	admitted    map[admission]answer
	wide        map[*statement]answer // see everywhere
	alone       map[*statement]*document
	targets     map[string]*target // by action
	alike       map[targetKey]*target
	patterns    map[string]pattern
	room        []string // for the resources of one search
	party       party    // of the identity that was asked about last
	of          *identity
	paper       party // of documents that nobody holds yet
	made        map[any]any
}

func newRun(s *Set) *Run {
	return &Run{
		set: s, answers: map[*question][]answer{}, byStatement: map[statementQuestion]answer{},
		admitted: map[admission]answer{}, wide: map[*statement]answer{},
		alone: map[*statement]*document{}, targets: map[string]*target{}, alike: map[targetKey]*target{}, patterns: map[string]pattern{}, made: map[any]any{},
	}
}

// RunOf is the run that a call belongs to; nil where its Env was not made by a Set.
func RunOf(c *gsl.Call) *Run {
	r, _ := c.Env.Host.(*Run)
	return r
}

// Set is what is judged.
func (r *Run) Set() *Set { return r.set }

// Vacuous reports whether a condition of a statement, which is the only one of its document, holds for every ordinary
// request, and so restricts nothing.
func (r *Run) Vacuous(d *policy.Document, c *policy.Condition) bool {
	return r.home(len(d.Statements[0].Principal) > 0).Vacuous(c, d.Version == "2012-10-17")
}

// home is where conditions of the account stand.
func (r *Run) home(strangers bool) *authz.Home {
	return &authz.Home{Partition: r.Partition(), Account: string(r.set.snap.Account), Now: r.set.snap.TakenAt, Strangers: strangers}
}

// Once gives what build made of a key when it was first asked for: what costs much and serves many calls.
func (r *Run) Once(key any, build func() any) any {
	v, ok := r.made[key]
	if !ok {
		v = build()
		r.made[key] = v
	}
	return v
}

// answer is a remembered yes or no.
type answer uint8

const (
	notAsked answer = iota
	no
	yes
)

// answer asks a question of one document by itself, once.
func (r *Run) answer(q *question, d *document) bool {
	known := r.answers[q]
	if known == nil {
		known = make([]answer, len(r.set.documents))
		r.answers[q] = known
	}
	if known[d.number] == notAsked {
		known[d.number] = no
		if !d.resource && q.holdsOnPaper(r, d) {
			known[d.number] = yes
		}
	}
	return known[d.number] == yes
}

// statementAnswer asks a question of one Allow beside all that its document denies, once.
func (r *Run) statementAnswer(q *question, st *statement) bool {
	if st.parsed.Effect != policy.Allow || st.doc.resource || !r.answer(q, st.doc) { // what a statement grants, its document does
		return false
	}
	key := statementQuestion{q, st}
	known := r.byStatement[key]
	if known == notAsked {
		known = no
		if q.holds(r, r.onPaper(r.onlyStatement(st))) {
			known = yes
		}
		r.byStatement[key] = known
	}
	return known == yes
}

type statementQuestion struct {
	*question
	*statement
}

// onlyStatement is a statement as a document of its own, with what its document denies.
func (r *Run) onlyStatement(st *statement) *document {
	d, ok := r.alone[st]
	if ok {
		return d
	}
	whole := st.doc.parsed
	parsed := &policy.Document{Text: whole.Text, Root: whole.Root, Version: whole.Version, Statements: []policy.Statement{*st.parsed}}
	for i := range whole.Statements {
		if s := &whole.Statements[i]; s.Effect == policy.Deny && s != st.parsed {
			parsed.Statements = append(parsed.Statements, *s)
		}
	}
	d = newDocument(parsed, -1)
	r.alone[st] = d
	return d
}
