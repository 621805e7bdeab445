package cli

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ambit-iam/ambit/internal/report/text"
)

// The measures of a picture, in pixels.
const (
	boxHeight   = 46
	rowHeight   = 78
	layerGap    = 150 // room for the labels of arrows
	margin      = 28
	charWidth   = 7.4 // of a label's letters, on the average
	smallWidth  = 5.9 // of an arrow's letters
	minBox      = 110
	maxLabel    = 28 // letters
	maxArrow    = 24 // letters
	labelHeight = 15
)

// canvas is a drawing with places in pixels.
type canvas struct {
	*drawing
	m      *markup
	left   []float64 // of each layer
	width  []float64 // of each layer's boxes
	middle float64
}

// svg draws the picture.
func (d *drawing) svg(m *markup) {
	c := &canvas{drawing: d, m: m}
	x, rows, back := float64(margin), 0, 0
	for _, layer := range d.layers {
		width := float64(minBox)
		for _, n := range layer {
			width = max(width, letters(text.Clip(d.nodes[n].label, maxLabel))*charWidth+32, letters(d.nodes[n].about())*smallWidth+36)
		}
		c.left, c.width = append(c.left, x), append(c.width, width)
		x += width + layerGap
		rows = max(rows, len(layer))
	}
	for i := range d.arrows {
		if d.arrows[i].back {
			back++
		}
	}
	width := x - layerGap + margin
	height := float64(rows*rowHeight + 2*margin + back*labelHeight*2)
	c.middle = float64(rows*rowHeight)/2 + margin
	m.open("svg", "xmlns", "http://www.w3.org/2000/svg", "role", "img", "aria-label", "paths, from left to right",
		"viewBox", "0 0 "+px(width)+" "+px(height), "width", px(width), "height", px(height))
	m.WriteString(`<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse">` +
		`<path class="tip" d="M0 0L10 5L0 10z"/></marker></defs>`)
	for i := range d.arrows {
		c.line(&d.arrows[i])
	}
	for i := range d.nodes {
		if d.nodes[i].kind != "" {
			c.box(&d.nodes[i])
		}
	}
	for i := range d.arrows { // above everything, so that no line runs through them
		c.label(&d.arrows[i])
	}
	m.shut("svg")
}

func px(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

func (c *canvas) y(n int) float64 { return c.middle + c.nodes[n].row*rowHeight }

func letters(s string) float64 { return float64(utf8.RuneCountInString(s)) }

// inShort says in a box which guardrails are gone.
var inShort = strings.NewReplacer("its permissions boundary", "boundary", "policies that deny", "Denies")

// about is the second line of a box.
func (n *drawn) about() string {
	if n.kind == "administrator" {
		return "may do everything"
	}
	out := n.kind
	if n.less != "" {
		out += " without " + inShort.Replace(n.less)
	}
	if n.admin {
		out += ", administrator"
	}
	return out
}

// box draws a place.
func (c *canvas) box(n *drawn) {
	class := "via"
	switch {
	case n.admin:
		class = "admin"
	case n.source:
		class = "source"
	}
	m := c.m
	x, y := c.left[n.layer], c.middle+n.row*rowHeight
	m.open("g", "class", "box "+class)
	m.element("title", n.title)
	m.open("rect", "x", px(x), "y", px(y-boxHeight/2), "width", px(c.width[n.layer]), "height", strconv.Itoa(boxHeight), "rx", "9")
	m.shut("rect")
	m.element("text", text.Clip(text.Safe(n.label), maxLabel), "class", "name", "x", px(x+14), "y", px(y-2))
	m.element("text", n.about(), "class", "kind", "x", px(x+14), "y", px(y+14))
	m.shut("g")
}

// points are where an arrow begins, bends and ends.
func (c *canvas) points(a *arrow) [][2]float64 {
	from := &c.nodes[a.from]
	out := [][2]float64{{c.left[from.layer] + c.width[from.layer], c.y(a.from)}}
	for _, b := range a.bends {
		l := c.nodes[b].layer
		out = append(out, [2]float64{c.left[l], c.y(b)}, [2]float64{c.left[l] + c.width[l], c.y(b)})
	}
	return append(out, [2]float64{c.left[c.nodes[a.to].layer] - 2, c.y(a.to)})
}

func (c *canvas) line(a *arrow) {
	class := "arrow"
	if a.depends {
		class += " if"
	}
	c.m.open("g", "class", class)
	c.m.element("title", a.title)
	c.m.open("path", "d", c.curve(a), "marker-end", "url(#tip)")
	c.m.shut("path")
	c.m.shut("g")
}

// curve is an arrow's line: level where it leaves, bends and arrives. One that leads back runs below.
func (c *canvas) curve(a *arrow) string {
	if a.back {
		from, to := &c.nodes[a.from], &c.nodes[a.to]
		x1, x2 := c.left[from.layer]+c.width[from.layer]/2, c.left[to.layer]+c.width[to.layer]/2
		y1, y2 := c.y(a.from)+boxHeight/2, c.y(a.to)+boxHeight/2+2
		low := max(y1, y2) + rowHeight/2
		return fmt.Sprintf("M%s %sC%s %s %s %s %s %s", px(x1), px(y1), px(x1), px(low), px(x2), px(low), px(x2), px(y2))
	}
	p := c.points(a)
	var b strings.Builder
	b.WriteString("M" + px(p[0][0]) + " " + px(p[0][1]))
	for i := 1; i < len(p); i++ {
		if i%2 == 0 { // straight through a layer
			b.WriteString("L" + px(p[i][0]) + " " + px(p[i][1]))
			continue
		}
		mid := (p[i-1][0] + p[i][0]) / 2
		fmt.Fprintf(&b, "C%s %s %s %s %s %s", px(mid), px(p[i-1][1]), px(mid), px(p[i][1]), px(p[i][0]), px(p[i][1]))
	}
	return b.String()
}

// label names an arrow's escalations in the middle of its last stretch.
func (c *canvas) label(a *arrow) {
	label := text.Clip(a.label(), maxArrow)
	if label == "" {
		return
	}
	p := c.points(a)
	first, last := p[len(p)-2], p[len(p)-1]
	const along = 0.52
	x := first[0] + (last[0]-first[0])*along
	y := first[1] + (last[1]-first[1])*smooth(along)
	if a.back {
		x = (c.left[c.nodes[a.from].layer] + c.left[c.nodes[a.to].layer]) / 2
		y = max(c.y(a.from), c.y(a.to)) + boxHeight/2 + rowHeight/3
	}
	width := letters(label)*smallWidth + 10
	c.m.open("g", "class", "label")
	c.m.element("title", a.title+" ("+strings.Join(a.by, ", ")+")")
	c.m.open("rect", "x", px(x-width/2), "y", px(y-labelHeight/2), "width", px(width), "height", strconv.Itoa(labelHeight), "rx", "7")
	c.m.shut("rect")
	c.m.element("text", label, "x", px(x), "y", px(y+3.5))
	c.m.shut("g")
}

// smooth is how far up a curve is that is level at both ends.
func smooth(t float64) float64 { return t * t * (3 - 2*t) }
