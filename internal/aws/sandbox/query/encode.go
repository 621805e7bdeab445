package query

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Answer names what an encoded response belongs to.
type Answer struct {
	Namespace string // NamespaceIAM or NamespaceSTS
	Operation string
	RequestID string
}

// Append appends the XML of a successful answer: <OpResponse><OpResult>…</OpResult><ResponseMetadata>…. An
// output without fields travels too: of some (UpdateRole) the SDK wants the empty result. out points to an SDK
// Output struct; an interface inside it (a union) is an error.
func (a Answer) Append(b []byte, out any) ([]byte, error) {
	v := reflect.ValueOf(out).Elem()
	plan, err := planOf(v.Type())
	if err != nil {
		return nil, err
	}
	b = append(b, `<`+a.Operation+`Response xmlns="`+a.Namespace+`">`...)
	b = plan.element(b, a.Operation+"Result", v)
	b = append(b, `<ResponseMetadata>`...)
	b = appendText(b, "RequestId", a.RequestID)
	return append(b, `</ResponseMetadata></`+a.Operation+`Response>`...), nil
}

// AppendFault appends the XML of an error answer. Its type is Sender below HTTP status 500, else Receiver.
func (a Answer) AppendFault(b []byte, status int, code, message string) []byte {
	side := "Sender"
	if status >= 500 {
		side = "Receiver"
	}
	b = append(b, `<ErrorResponse xmlns="`+a.Namespace+`"><Error>`...)
	b = appendText(b, "Type", side)
	b = appendText(b, "Code", code)
	b = appendText(b, "Message", message)
	b = append(b, `</Error>`...)
	b = appendText(b, "RequestId", a.RequestID)
	return append(b, `</ErrorResponse>`...)
}

// plan writes values of one type. Plans are made once for each type and kept.
type plan struct {
	element func(b []byte, name string, v reflect.Value) []byte
	omit    func(v reflect.Value) bool // as a struct's field; nil: never
}

var plans sync.Map // reflect.Type -> *plan

func planOf(t reflect.Type) (*plan, error) {
	if p, ok := plans.Load(t); ok {
		return p.(*plan), nil
	}
	p, err := newPlan(t, make(map[reflect.Type]*plan))
	if err != nil {
		return nil, err
	}
	plans.Store(t, p)
	return p, nil
}

// newPlan builds the plan of t. building holds the plans under construction, for types that contain themselves.
func newPlan(t reflect.Type, building map[reflect.Type]*plan) (*plan, error) {
	if p, ok := building[t]; ok {
		return p, nil
	}
	p := &plan{}
	building[t] = p
	var err error
	switch {
	case t == timeType:
		p.element = func(b []byte, name string, v reflect.Value) []byte {
			return appendText(b, name, v.Interface().(time.Time).UTC().Format("2006-01-02T15:04:05.999Z"))
		}
	case t == bytesType:
		p.omit = reflect.Value.IsNil
		p.element = func(b []byte, name string, v reflect.Value) []byte {
			return appendText(b, name, base64.StdEncoding.EncodeToString(v.Bytes()))
		}
	case t.Kind() == reflect.Pointer:
		err = p.pointer(t, building)
	case t.Kind() == reflect.Slice:
		err = p.list(t, building)
	case t.Kind() == reflect.Map:
		err = p.dictionary(t, building)
	case t.Kind() == reflect.Struct:
		err = p.structure(t, building)
	default:
		err = p.scalar(t)
	}
	return p, err
}

func (p *plan) pointer(t reflect.Type, building map[reflect.Type]*plan) error {
	elem, err := newPlan(t.Elem(), building)
	p.omit = reflect.Value.IsNil
	p.element = func(b []byte, name string, v reflect.Value) []byte { return elem.element(b, name, v.Elem()) }
	return err
}

func (p *plan) list(t reflect.Type, building map[reflect.Type]*plan) error {
	elem, err := newPlan(t.Elem(), building)
	p.omit = reflect.Value.IsNil
	p.element = func(b []byte, name string, v reflect.Value) []byte {
		b = startTag(b, name)
		for i := range v.Len() {
			b = elem.element(b, "member", v.Index(i))
		}
		return endTag(b, name)
	}
	return err
}

func (p *plan) dictionary(t reflect.Type, building map[reflect.Type]*plan) error {
	if t.Key().Kind() != reflect.String {
		return fmt.Errorf("query: %v: map keys must be strings", t)
	}
	elem, err := newPlan(t.Elem(), building)
	p.omit = reflect.Value.IsNil
	p.element = func(b []byte, name string, v reflect.Value) []byte {
		b = startTag(b, name)
		keys := v.MapKeys()
		slices.SortFunc(keys, func(x, y reflect.Value) int { return strings.Compare(x.String(), y.String()) })
		for _, key := range keys {
			b = startTag(b, "entry")
			b = appendText(b, "key", key.String())
			b = elem.element(b, "value", v.MapIndex(key))
			b = endTag(b, "entry")
		}
		return endTag(b, name)
	}
	return err
}

func (p *plan) structure(t reflect.Type, building map[reflect.Type]*plan) error {
	type field struct {
		index int
		name  string
		plan  *plan
	}
	var fields []field
	for i := range t.NumField() {
		if f := t.Field(i); carried(f) {
			fp, err := newPlan(f.Type, building)
			if err != nil {
				return fmt.Errorf("%w (in %v.%s)", err, t, f.Name)
			}
			fields = append(fields, field{i, f.Name, fp})
		}
	}
	p.element = func(b []byte, name string, v reflect.Value) []byte {
		b = startTag(b, name)
		for _, f := range fields {
			if fv := v.Field(f.index); f.plan.omit == nil || !f.plan.omit(fv) {
				b = f.plan.element(b, f.name, fv)
			}
		}
		return endTag(b, name)
	}
	return nil
}

func (p *plan) scalar(t reflect.Type) error {
	switch t.Kind() {
	case reflect.String: // an enum: the SDK's empty enum is one that was not sent
		p.omit = reflect.Value.IsZero
		p.element = func(b []byte, name string, v reflect.Value) []byte { return appendText(b, name, v.String()) }
	case reflect.Bool:
		p.element = func(b []byte, name string, v reflect.Value) []byte {
			return endTag(strconv.AppendBool(startTag(b, name), v.Bool()), name)
		}
	case reflect.Int, reflect.Int32, reflect.Int64:
		p.element = func(b []byte, name string, v reflect.Value) []byte {
			return endTag(strconv.AppendInt(startTag(b, name), v.Int(), 10), name)
		}
	case reflect.Float32, reflect.Float64:
		p.element = func(b []byte, name string, v reflect.Value) []byte {
			return endTag(strconv.AppendFloat(startTag(b, name), v.Float(), 'g', -1, t.Bits()), name)
		}
	default:
		return fmt.Errorf("query: %v has no form on the wire", t)
	}
	return nil
}

func startTag(b []byte, name string) []byte {
	b = append(b, '<')
	b = append(b, name...)
	return append(b, '>')
}

func endTag(b []byte, name string) []byte {
	b = append(b, '<', '/')
	b = append(b, name...)
	return append(b, '>')
}

func appendText(b []byte, name, text string) []byte {
	b = startTag(b, name)
	if plain(text) {
		b = append(b, text...)
	} else {
		out := bytes.NewBuffer(b)
		_ = xml.EscapeText(out, []byte(text)) // to memory: it cannot fail; what XML cannot hold becomes U+FFFD
		b = out.Bytes()
	}
	return endTag(b, name)
}

// escaped are the bytes that do not stand in XML as they are, or may not.
var escaped = func() (set [256]bool) {
	for c := range set {
		set[c] = c < ' ' || c > '~' || c == '<' || c == '>' || c == '&'
	}
	return set
}()

// plain reports whether text needs no escape, as the long texts (percent-encoded documents) do not.
func plain(text string) bool {
	for i := range len(text) {
		if escaped[text[i]] {
			return false
		}
	}
	return true
}
