package diff

// compare tries the requests of a group, and notes how decisions turn. It says why more would have to be tried,
// or "".
func (c *comparison) compare(g *group) (why string) {
	note := func(complete bool, what string) {
		if !complete && why == "" {
			why = what
		}
	}
	callers, complete := c.callers(g)
	note(complete, "too many principals to try each")
	g.patterns = patternsOf(g.terms)
	g.price = c.priceOf(g)
	for _, caller := range callers {
		if c.Spent() {
			note(false, "the documents are too large to compare further")
			break
		}
		assignments, open := c.assignments(g, caller.pinned)
		note(open == "", open)
		for _, fixed := range assignments {
			if c.Spent() {
				note(false, "the documents are too large to compare further")
				break
			}
			situations, complete := c.contexts(g, fixed)
			note(complete, "too many combinations of condition keys to try each")
			site := c.site(g, fixed)
			note(site.complete, "too many combinations of resource patterns to try each")
			if n := len(site.found.All); len(situations)*n > maxCombinations {
				note(false, "too many combinations of resources and condition keys to try each")
				situations = situations[:max(1, maxCombinations/n)]
			}
			t := trial{comparison: c, group: g, caller: caller, site: site, situations: situations}
			for _, t.atom = range site.found.All {
				complete, few := t.run()
				note(complete, "the documents are too large to compare further")
				note(few, "it changes under too many conditions to name each")
			}
		}
	}
	c.merge(g)
	return why
}
