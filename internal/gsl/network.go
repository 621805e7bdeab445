package gsl

import (
	"cmp"
	"math"
	"net/netip"
	"slices"
	"strings"
)

// privateRanges are for use inside a network.
// Source: RFC 1918, RFC 6598 (shared), RFC 4193 (unique-local), loopback and link-local.
var privateRanges = prefixes(
	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
	"::1/128", "fc00::/7", "fe80::/10",
)

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		list[i] = netip.MustParsePrefix(t)
	}
	return list
}

// network reads an address or a CIDR block. An address is a block of one.
func network(v Value) (netip.Prefix, bool) {
	if v.kind != String {
		return netip.Prefix{}, false
	}
	text := strings.TrimSpace(v.str)
	var p netip.Prefix
	var err error
	if strings.Contains(text, "/") {
		p, err = netip.ParsePrefix(text)
	} else {
		var a netip.Addr
		if a, err = netip.ParseAddr(text); err == nil {
			a = a.WithZone("").Unmap()
			p = netip.PrefixFrom(a, a.BitLen())
		}
	}
	return p.Masked(), err == nil
}

// private reports whether a block lies wholly in a private range.
func private(p netip.Prefix) bool {
	return slices.ContainsFunc(privateRanges, func(q netip.Prefix) bool { return covers(q, p) })
}

// covers reports whether every address of p is one of q.
func covers(q, p netip.Prefix) bool { return q.Bits() <= p.Bits() && q.Contains(p.Addr()) }

// hosts is the number of addresses of a block.
func hosts(p netip.Prefix) float64 { return math.Ldexp(1, p.Addr().BitLen()-p.Bits()) }

// networkTest compiles a test of an address or block; of anything else it is false.
func networkTest(self code, holds func(netip.Prefix) bool) code {
	value := self.asValue()
	return truthCode(func(e *Env) Truth {
		v := value(e)
		if v.kind == Unknown {
			return Maybe
		}
		p, ok := network(v)
		return TruthOf(ok && holds(p))
	})
}

func compileIsPublic(_ *compiler, c invocation) code {
	return networkTest(c.self, func(p netip.Prefix) bool { return !private(p) })
}

func compileIsPrivate(_ *compiler, c invocation) code {
	return networkTest(c.self, private)
}

func compileNumberOfHosts(_ *compiler, c invocation) code {
	value := c.self.asValue()
	return code{kind: Number, value: func(e *Env) Value {
		v := value(e)
		if v.kind == Unknown {
			return v
		}
		if p, ok := network(v); ok {
			return NumberOf(hosts(p))
		}
		return Value{}
	}}
}

// firewallRule is one rule of an ordered list, such as a network ACL. Its members are
// cidr (string), action ('allow' or anything else, which denies), fromPort and toPort (numbers; null: all
// ports), and number (its place; null: the place in the list).
type firewallRule struct {
	number   float64
	block    netip.Prefix
	allow    bool
	from, to float64
}

// firewallMembers read a rule from an element of the list.
type firewallMembers struct{ cidr, action, fromPort, toPort, number access }

// compileAllowedHosts counts the addresses that may reach a port: the first rule that names an address
// decides for it, and what no rule names may not.
func compileAllowedHosts(k *compiler, c invocation) code {
	member := func(name string) access { return k.resolve(c.call.Span, c.self.typ, name) }
	m := firewallMembers{member("cidr"), member("action"), member("fromPort"), member("toPort"), member("number")}
	value, port := c.self.asValue(), c.args[0].asValue()
	return code{kind: Number, value: func(e *Env) Value {
		v, p := value(e), port(e)
		n, isPort := p.numeric()
		switch {
		case v.kind == Null || v.kind == Unknown:
			return v
		case !isPort:
			return absent(p)
		}
		rules, unknown := m.rules(e, v, n)
		if unknown.kind == Unknown {
			return unknown
		}
		return NumberOf(allowedHosts(rules))
	}}
}

// rules reads the rules of a list that are about the port, in their order.
func (m *firewallMembers) rules(e *Env, v Value, port float64) (rules []firewallRule, unknown Value) {
	s, n := elements(v)
	for i := range n {
		x := memberReader{env: e, element: e.at(v, s, i)}
		action := x.value(&m.action)
		block, ok := network(x.value(&m.cidr))
		r := firewallRule{
			number: x.number(&m.number, float64(i)),
			block:  block,
			allow:  action.kind == String && strings.EqualFold(action.str, "allow"),
			from:   x.number(&m.fromPort, 0),
			to:     x.number(&m.toPort, math.Inf(1)),
		}
		if x.unknown.kind == Unknown {
			return nil, x.unknown
		}
		if ok && r.from <= port && port <= r.to {
			rules = append(rules, r)
		}
	}
	slices.SortStableFunc(rules, func(a, b firewallRule) int { return cmp.Compare(a.number, b.number) })
	return rules, Value{}
}

// memberReader reads members of one element, and keeps the last unknown.
type memberReader struct {
	env              *Env
	element, unknown Value
}

func (x *memberReader) value(a *access) Value {
	v := x.env.seen("allowedHostsForPort()", false, a.of(x.element))
	if v.kind == Unknown {
		x.unknown = v
	}
	return v
}

func (x *memberReader) number(a *access, otherwise float64) float64 {
	if n, ok := x.value(a).numeric(); ok {
		return n
	}
	return otherwise
}

// allowedHosts relies on two blocks being nested or apart.
func allowedHosts(rules []firewallRule) float64 {
	total := 0.0
	var decided []netip.Prefix // no two of them nested
	for _, r := range rules {
		if slices.ContainsFunc(decided, func(d netip.Prefix) bool { return covers(d, r.block) }) {
			continue
		}
		free := hosts(r.block)
		decided = slices.DeleteFunc(decided, func(d netip.Prefix) bool {
			if covers(r.block, d) {
				free -= hosts(d)
				return true
			}
			return false
		})
		decided = append(decided, r.block)
		if r.allow {
			total += free
		}
	}
	return total
}
