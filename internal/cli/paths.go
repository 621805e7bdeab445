package cli

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/access"
)

// The formats of paths beside text and JSON.
const (
	formatDOT  = "dot"
	formatHTML = "html"
)

// toAdmin is the goal of paths where nobody names another.
const toAdmin = "admin"

// pathQuery is the verb's flags.
type pathQuery struct {
	source, to string
	limit      int
}

func (a *app) paths() *cobra.Command {
	var in input
	var q pathQuery
	var format string
	c := &cobra.Command{
		Use:   "paths [flags]",
		Short: "How users and roles can become administrator, step by step",
		Long: "Shows who is an administrator, who can become one, and how: each step with the requests it makes, the statements that " +
			"allow them, what it assumes and what it depends on; and at the end the fewest statements whose removal closes the paths.\n\n" +
			"An administrator is who may do everything, or may give itself that. A step stands where policies, boundaries, trust and conditions " +
			"allow every request of it. What exists in other services is not read: such a step says what it assumes. Without --source " +
			"the shortest way of each user and role is shown.",
		Example: examples(
			"ambit paths", "who can become administrator",
			"ambit paths --source alice", "every way of one user",
			"ambit paths --to payroll", "who can become the role payroll",
			"ambit paths --to s3:DeleteBucket", "who can come to where that is allowed",
			"ambit paths -o html > paths.html", "a picture, in one file",
			"ambit paths --from account.json -o dot | dot -Tsvg > paths.svg", "a picture by Graphviz",
		),
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if q.limit < 1 {
				return usagef("--limit %d: want 1 or more", q.limit)
			}
			all, err := a.readWorlds(c, &in)
			if err != nil {
				return err
			}
			found, err := all.routes(&q)
			if err != nil {
				return err
			}
			switch format {
			case formatJSON:
				return writeAnswers(a, schemaPaths, found, all.gaps())
			case formatDOT:
				return a.write(dotOf(found))
			case formatHTML:
				return a.write(htmlOf(found))
			}
			return a.tellRoutes(found)
		},
	}
	in.flags(c)
	c.Flags().StringVar(&q.source, "source", "", "begin at this user or role, by `NAME` or ARN")
	c.Flags().StringVar(&q.to, "to", toAdmin, "end at `GOAL`: admin, a user or role, or where an action is allowed")
	c.Flags().IntVar(&q.limit, "limit", 20, "show at most `N` ways of an account")
	format = formatText
	c.Flags().VarP(&choice{&format, []string{formatText, formatJSON, formatDOT, formatHTML}}, "output", "o", "`FORMAT`: text, json, dot or html")
	return c
}

func (a *app) write(s string) error {
	_, err := a.world.Stdout.Write([]byte(s))
	return err
}

// routes is what one account has of paths.
type routes struct {
	Account string   `json:"account"`
	Goal    string   `json:"goal"` // admin, an ARN, or an action
	Admins  []string `json:"admins"`
	Reach   []reach  `json:"reach"`  // who can become administrator
	Routes  []*route `json:"routes"` // shortest first
	More    bool     `json:"more"`   // there are ways that are not listed
	Cut     []grant  `json:"cut"`    // statements; without them no listed way stands
	Exact   bool     `json:"exact"`  // no smaller cut does it
	Unread  []string `json:"unread"` // principals with a policy that was not read: of them steps may be missing

	Unlisted string `json:"unlisted,omitempty"` // user, role, or "user and role": not every one could be listed
}

// reach is a principal that can become administrator in so many steps.
type reach struct {
	Principal string `json:"principal"`
	Steps     int    `json:"steps"`
}

// route is one way: the same places by the same steps, whatever escalations make a step.
type route struct {
	Source string `json:"source"`
	Target string `json:"target"` // an ARN, or admin
	Steps  []step `json:"steps"`
}

// grant is a statement that ways rest on.
type grant struct {
	Policy  string `json:"policy"`
	Pointer string `json:"pointer"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Text    string `json:"text"`
}

// maxSources bounds from how many principals a search begins where none is named.
const maxSources = 500

// routes finds the ways in each account that the query is about.
func (all worlds) routes(q *pathQuery) ([]*routes, error) {
	var only *access.World
	var source, target *access.Principal
	var err error
	if q.source != "" {
		if only, source, err = all.principal(q.source); err != nil {
			return nil, err
		}
	}
	action := ""
	switch {
	case q.to == "" || strings.EqualFold(q.to, toAdmin):
	case strings.Contains(q.to, ":") && !strings.HasPrefix(q.to, "arn:"):
		action, err = actionNamed(q.to)
	default:
		var home *access.World
		home, target, err = all.principal(q.to)
		if err == nil && only != nil && only != home {
			err = usagef("%s and %s are in different accounts: paths stay in one", q.source, q.to)
		}
		only = home
	}
	if err == nil && source != nil && source == target {
		err = usagef("--source and --to are both %s: name two", source.ARN)
	}
	if err != nil {
		return nil, err
	}
	found := []*routes{}
	for _, w := range all {
		if only == nil || w == only {
			f := finder{world: w, graph: access.NewGraph(w), limit: q.limit}
			f.aim(target, action)
			found = append(found, f.find(source))
		}
	}
	return found, nil
}

// finder gathers the ways in one account.
type finder struct {
	world *access.World
	graph *access.Graph
	goal  access.Goal
	name  string // of the goal
	limit int
}

// aim sets the goal: a principal, an action, or administrator.
func (f *finder) aim(target *access.Principal, action string) {
	switch {
	case target != nil:
		f.name, f.goal = target.ARN, f.graph.ToPrincipal(target.ARN)
	case action != "":
		known := map[access.NodeID]bool{}
		places := f.world.Places(access.Question{Action: action})
		f.name = action
		f.goal = func(id access.NodeID) bool {
			able, asked := known[id]
			if !asked && id != access.Admin {
				p, _ := f.graph.At(id)
				d, _ := places.Best(p)
				able = answerWord(d) != answerDenied
				known[id] = able
			}
			return able || id == access.Admin
		}
	default:
		f.name, f.goal = toAdmin, f.graph.ToAdmin()
	}
}

func (f *finder) find(source *access.Principal) *routes {
	g := f.graph
	r := &routes{
		Account: string(f.world.Snapshot().Account), Goal: f.name,
		Admins: []string{}, Reach: []reach{}, Routes: []*route{}, Cut: []grant{}, Unread: append([]string{}, g.Unread()...),
		Unlisted: unlisted(f.world.Snapshot()),
	}
	for _, id := range g.Admins() {
		r.Admins = append(r.Admins, f.arn(id))
	}
	for _, id := range g.Reachers() {
		r.Reach = append(r.Reach, reach{f.arn(id), g.Steps(id)})
	}
	slices.SortStableFunc(r.Reach, func(a, b reach) int { return cmp.Compare(a.Steps, b.Steps) })
	var paths []access.Path
	if source != nil {
		paths, r.More = f.from(r, source.ARN, f.limit)
	} else {
		paths = f.fromAll(r)
	}
	grants, exact := g.Cut(paths, f.goal)
	r.Exact = exact
	for i := range grants {
		r.Cut = append(r.Cut, grantOf(&grants[i]))
	}
	return r
}

func (f *finder) arn(id access.NodeID) string {
	p, _ := f.graph.At(id)
	return p.ARN
}

// fromAll finds the shortest way of each principal that has one.
func (f *finder) fromAll(r *routes) []access.Path {
	var sources []string
	if f.name == toAdmin {
		for _, one := range r.Reach {
			sources = append(sources, one.Principal)
		}
	} else {
		for i := range f.world.Principals() {
			sources = append(sources, f.world.Principals()[i].ARN)
		}
	}
	var paths []access.Path
	for i, source := range sources {
		if len(r.Routes) == f.limit || i == maxSources {
			r.More = true
			break
		}
		shortest, _ := f.from(r, source, 1)
		paths = append(paths, shortest...)
	}
	slices.SortStableFunc(r.Routes, func(a, b *route) int { return cmp.Compare(len(a.Steps), len(b.Steps)) })
	return paths
}

// from adds at most limit ways from a principal, and gives the paths that they stand for; more reports whether
// there are others.
func (f *finder) from(r *routes, source string, limit int) (kept []access.Path, more bool) {
	id, ok := f.graph.Node(source)
	if !ok {
		return nil, false
	}
	paths, more := f.graph.Paths(id, f.goal)
	index := map[string]*route{}
	for _, path := range paths {
		key := routeKey(path)
		known, ok := index[key]
		switch {
		case ok:
			known.addWays(path)
		case len(index) == limit:
			more = true
			continue
		default:
			known = f.route(path)
			index[key] = known
			r.Routes = append(r.Routes, known)
		}
		kept = append(kept, path)
	}
	return kept, more
}

func grantOf(g *access.Grant) grant {
	s := g.Statement
	return grant{Policy: g.Policy, Pointer: g.Pointer, Line: s.Node.Pos.Line, Column: s.Node.Pos.Column, Text: string(s.Node.AppendJSON(nil))}
}
