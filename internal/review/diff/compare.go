package diff

// doubt is why more requests would have to be tried than were, or "". The first reason counts.
type doubt string

// unless casts doubt where something is not complete.
func (d *doubt) unless(complete bool, why string) {
	if !complete && *d == "" {
		*d = doubt(why)
	}
}

// compare tries the requests of a group, and notes how decisions turn. It says why more would have to be tried,
// or "".
func (c *comparison) compare(g *group) (why string) {
	var d doubt
	callers, complete := c.callers(g)
	d.unless(complete, "too many principals to try each")
	g.patterns, g.price = patternsOf(g.terms), c.priceOf(g)
	for _, caller := range callers {
		if c.Spent() {
			d.unless(false, tooLarge)
			break
		}
		assignments, open := c.assignments(g, caller.pinned)
		d.unless(open == "", open)
		for _, fixed := range assignments {
			if c.Spent() {
				d.unless(false, tooLarge)
				break
			}
			c.try(g, caller, fixed, &d)
		}
	}
	c.merge(g)
	return string(d)
}

// try tries the requests of one caller, given the values of variables: each resource in each situation.
func (c *comparison) try(g *group, caller caller, fixed *settings, d *doubt) {
	situations, complete := c.contexts(g, fixed)
	d.unless(complete, "too many combinations of condition keys to try each")
	site := c.site(g, fixed)
	d.unless(site.complete, "too many combinations of resource patterns to try each")
	if n := len(site.found.All); len(situations)*n > maxCombinations {
		d.unless(false, "too many combinations of resources and condition keys to try each")
		situations = situations[:max(1, maxCombinations/n)]
	}
	t := trial{comparison: c, group: g, caller: caller, site: site, situations: situations}
	for _, t.atom = range site.found.All {
		complete, few := t.run()
		d.unless(complete, tooLarge)
		d.unless(few, "it changes under too many conditions to name each")
	}
}
