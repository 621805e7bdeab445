package glob

// Owned is a glob and who uses it: statements, or conditions, by number.
type Owned struct {
	Glob   Glob
	Owners []int
}

// Atom is a set of texts that the owners of some patterns do not tell apart, by some of its texts.
type Atom struct {
	Fits  string // one byte for each owner: 1 where the text fits one of its patterns
	Texts []string
}

// Atoms are those found so far, in the order in which they were found.
type Atoms struct {
	All    []*Atom
	By     map[string]*Atom // by fits
	owners int
	most   int // there cannot be more
}

// NewAtoms is for so many owners. Free is how many of them fit some texts and not others; the rest fit always or never.
func NewAtoms(owners, free int) *Atoms {
	most := maxAtoms
	if free < 8 {
		most = 1 << free
	}
	return &Atoms{By: map[string]*Atom{}, owners: owners, most: most}
}

// add gives a text to its atom. All texts that were tried are kept, and of an atom that was walked to the first.
func (a *Atoms) add(fits, text string) {
	if known := a.By[fits]; known != nil {
		known.Texts = append(known.Texts, text)
		return
	}
	one := &Atom{fits, []string{text}}
	a.By[fits] = one
	a.All = append(a.All, one)
}

// full reports that all atoms there can be are found, or more than we look at.
func (a *Atoms) full() bool { return len(a.All) >= a.most }

const (
	maxAtoms     = 256 // what one list of patterns can give
	maxAtomizing = 400 // patterns
)
