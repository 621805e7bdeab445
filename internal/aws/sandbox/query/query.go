// Package query speaks the AWS query protocol from the server's side, over the SDK's own types: a form becomes
// an *XInput, an *XOutput becomes XML. It works by reflection on field names, which in the SDK are the wire's names.
//
// Contract: Decode and Append never panic on hostile input and allocate in proportion to it; an empty list that
// is not nil travels as an empty element, a nil one does not travel. Policy documents pass as they are: whoever
// fills an output percent-encodes them.
// Limits: unions are read, not written (IAM has none in its answers); no flattened lists; 8 levels,
// 10,000 parameters.
// Floor: 4.
package query

import (
	"reflect"
	"time"
)

// The namespaces of the two services' answers; AWS puts them on the root element.
const (
	NamespaceIAM = "https://iam.amazonaws.com/doc/2010-05-08/"
	NamespaceSTS = "https://sts.amazonaws.com/doc/2011-06-15/"
)

var (
	timeType  = reflect.TypeFor[time.Time]()
	bytesType = reflect.TypeFor[[]byte]()
)

// carried reports whether a struct field is part of the wire shape. ResultMetadata is the SDK's own.
func carried(f reflect.StructField) bool {
	return f.IsExported() && f.Name != "ResultMetadata"
}
