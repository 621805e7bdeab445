package iamref

import (
	"iter"
	"slices"
	"strings"
)

// Service is an AWS service as policies name it.
type Service struct {
	Prefix string // of its actions, in lower case: "s3"
	Name   string // in words: "Amazon S3"
	// ControlPolicies reports whether resource control policies bind its resources.
	// Source: Organizations User Guide, "Resource control policies".
	ControlPolicies bool
}

// Services yields all services by prefix.
func Services() iter.Seq[Service] {
	return func(yield func(Service) bool) {
		for i := range reference().services {
			if !yield(reference().services[i].Service) {
				return
			}
		}
	}
}

// ServiceOf finds a service by the prefix of its actions, whatever the letter case.
func ServiceOf(prefix string) (Service, bool) {
	s := reference().service(prefix)
	if s == nil {
		return Service{}, false
	}
	return s.Service, true
}

// ResourceTypes lists the types of resource that a service's actions name, by name; Required is false.
func ResourceTypes(prefix string) []ResourceType {
	s := reference().service(prefix)
	if s == nil {
		return nil
	}
	return s.types
}

// service is one service's part of the tables.
type service struct {
	Service
	keys    []string       // condition keys, by name in lower case
	types   []ResourceType // by name in lower case
	actions []Action       // by name in lower case
}

func (t *tables) service(prefix string) *service {
	i, found := slices.BinarySearchFunc(t.services, prefix, func(s service, prefix string) int {
		return compareFold(s.Prefix, prefix)
	})
	if !found {
		return nil
	}
	return &t.services[i]
}

// compareFold orders texts as their lower-case forms are ordered, ASCII letters apart.
func compareFold(a, b string) int {
	for i := range min(len(a), len(b)) {
		if x, y := lower(a[i]), lower(b[i]); x != y {
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
