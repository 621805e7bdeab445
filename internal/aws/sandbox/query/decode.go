package query

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

const (
	maxDepth      = 8
	maxParameters = 10_000 // as many as net/url reads
)

// ParameterError says which parameter of a request cannot be read, and what it should be.
type ParameterError struct {
	Parameter string // as sent, such as Filter.member.2
	Want      string
}

// Error implements error.
func (e *ParameterError) Error() string {
	return fmt.Sprintf("query: parameter %q: want %s", e.Parameter, e.Want)
}

// Decode fills the struct that into points to from a request's form. Parameters that the struct lacks (Action
// and Version among them) are ignored, as AWS does. Every error is a *ParameterError.
func Decode(form url.Values, into any) error {
	root, err := parse(form)
	if err != nil {
		return err
	}
	return decodeStruct(root, reflect.ValueOf(into).Elem(), "")
}

// node is one step of the dotted parameter names.
type node struct {
	value string
	kids  map[string]*node
}

func parse(form url.Values) (*node, error) {
	if len(form) > maxParameters {
		return nil, &ParameterError{"*", fmt.Sprintf("at most %d parameters", maxParameters)}
	}
	root := &node{}
	for name, values := range form {
		if strings.Count(name, ".") > 2*maxDepth {
			return nil, &ParameterError{name, fmt.Sprintf("at most %d levels", maxDepth)}
		}
		at := root
		for part := range strings.SplitSeq(name, ".") {
			at = at.kid(part)
		}
		if len(values) > 0 {
			at.value = values[0]
		}
	}
	return root, nil
}

func (n *node) kid(name string) *node {
	k, ok := n.kids[name]
	if !ok {
		k = &node{}
		if n.kids == nil {
			n.kids = make(map[string]*node)
		}
		n.kids[name] = k
	}
	return k
}

// numbered returns the children of n's child called name ("member" or "entry") in the order of their numbers.
func (n *node) numbered(name, path string) ([]*node, []string, error) {
	list, ok := n.kids[name]
	if !ok {
		return nil, nil, nil
	}
	path += "." + name
	numbers := make([]int, 0, len(list.kids))
	for text := range list.kids {
		i, err := strconv.Atoi(text)
		if err != nil || i < 1 || strconv.Itoa(i) != text {
			return nil, nil, &ParameterError{path + "." + text, "a number from 1 on"}
		}
		numbers = append(numbers, i)
	}
	slices.Sort(numbers)
	nodes, paths := make([]*node, len(numbers)), make([]string, len(numbers))
	for i, number := range numbers {
		text := strconv.Itoa(number)
		nodes[i], paths[i] = list.kids[text], path+"."+text
	}
	return nodes, paths, nil
}

func decodeStruct(n *node, v reflect.Value, path string) error {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		kid, ok := n.kids[f.Name]
		if !ok { // the SDK writes every field with a capital, STS has a parameter "arn"
			kid, ok = n.kids[strings.ToLower(f.Name[:1])+f.Name[1:]]
		}
		if !ok || !carried(f) {
			continue
		}
		name := f.Name
		if path != "" {
			name = path + "." + f.Name
		}
		if err := decode(kid, v.Field(i), name); err != nil {
			return err
		}
	}
	return nil
}

func decode(n *node, v reflect.Value, path string) error {
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return decode(n, v.Elem(), path)
	case v.Type() == timeType:
		t, err := time.Parse(time.RFC3339, n.value)
		if err != nil {
			return &ParameterError{path, "a time such as 2026-01-02T03:04:05Z"}
		}
		v.Set(reflect.ValueOf(t.UTC()))
		return nil
	case v.Type() == bytesType:
		b, err := base64.StdEncoding.DecodeString(n.value)
		if err != nil {
			return &ParameterError{path, "base64"}
		}
		v.SetBytes(b)
		return nil
	}
	switch v.Kind() {
	case reflect.Struct:
		return decodeStruct(n, v, path)
	case reflect.Slice:
		return decodeList(n, v, path)
	case reflect.Map:
		return decodeMap(n, v, path)
	case reflect.Interface:
		return decodeUnion(n, v, path)
	default:
		return decodeScalar(n.value, v, path)
	}
}

func decodeList(n *node, v reflect.Value, path string) error {
	kids, paths, err := n.numbered("member", path)
	if err != nil {
		return err
	}
	v.Set(reflect.MakeSlice(v.Type(), len(kids), len(kids)))
	for i, kid := range kids {
		if err := decode(kid, v.Index(i), paths[i]); err != nil {
			return err
		}
	}
	return nil
}

func decodeMap(n *node, v reflect.Value, path string) error {
	entries, paths, err := n.numbered("entry", path)
	if err != nil {
		return err
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(entries)))
	for i, entry := range entries {
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		if err := decode(entry.kid("key"), key, paths[i]+".key"); err != nil {
			return err
		}
		if err := decode(entry.kid("value"), value, paths[i]+".value"); err != nil {
			return err
		}
		v.SetMapIndex(key, value)
	}
	return nil
}

// unions are the members of the SDK's unions: what may stand on the wire, and the type that carries it in a field
// called Value.
var unions = map[reflect.Type]map[string]reflect.Type{
	reflect.TypeFor[types.PolicyIdentifier](): {
		"PolicyArn":              reflect.TypeFor[types.PolicyIdentifierMemberPolicyArn](),
		"PolicyType":             reflect.TypeFor[types.PolicyIdentifierMemberPolicyType](),
		"InlinePolicyIdentifier": reflect.TypeFor[types.PolicyIdentifierMemberInlinePolicyIdentifier](),
	},
}

// decodeUnion reads a union, of which exactly one member must be there.
func decodeUnion(n *node, v reflect.Value, path string) error {
	members := unions[v.Type()]
	names := slices.Sorted(maps.Keys(members))
	for name, kid := range n.kids {
		t, ok := members[name]
		if !ok || len(n.kids) != 1 {
			break
		}
		into := reflect.New(t)
		if err := decode(kid, into.Elem().FieldByName("Value"), path+"."+name); err != nil {
			return err
		}
		v.Set(into)
		return nil
	}
	return &ParameterError{path, "one of " + strings.Join(names, ", ")}
}

func decodeScalar(text string, v reflect.Value, path string) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		if text != "true" && text != "false" {
			return &ParameterError{path, "true or false"}
		}
		v.SetBool(text == "true")
	case reflect.Int, reflect.Int32, reflect.Int64:
		i, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err != nil {
			return &ParameterError{path, fmt.Sprintf("a whole number of %d bits", v.Type().Bits())}
		}
		v.SetInt(i)
	case reflect.Float32, reflect.Float64:
		f, err := strconv.ParseFloat(text, v.Type().Bits())
		if err != nil {
			return &ParameterError{path, "a number"}
		}
		v.SetFloat(f)
	default:
		return &ParameterError{path, "a shape that this server supports"}
	}
	return nil
}
