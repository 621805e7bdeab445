package iamref

import (
	"compress/gzip"
	_ "embed" // for the packed data
	"io"
	"strconv"
	"strings"
	"sync"
)

//go:generate go run ./gen

// packedServices is gzip over lines of fields parted by tabs:
//
//	G key type                              a condition key that every service has
//	S prefix name r                         a service; r where resource control policies bind it
//	K key type                              a condition key of the service
//	R name templates keys                   a resource type
//	A name level keys types                 an action
//
// Lists are parted by spaces. Keys and types of a service are named by their place, in base 36; a type of an
// action is followed by ! where it is required, and by a colon and its own keys, parted by commas. Services,
// and each service's keys, types and actions, are sorted by name in lower case.
//
//go:embed services.tsv.gz
var packedServices string

// tables is the data as it is used.
type tables struct {
	services []service
	actions  []Action
	keys     keyTable
}

// reference decompresses once, when anything is first asked for.
var reference = sync.OnceValue(func() *tables { return readTables(gunzip(packedServices)) })

// gunzip cannot fail on what go generate made.
func gunzip(packed string) string {
	const broken = "iamref: the embedded data was not made by go generate: "
	z, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		panic(broken + err.Error())
	}
	var text strings.Builder
	text.Grow(8 * len(packed))
	if _, err := io.Copy(&text, z); err != nil {
		panic(broken + err.Error())
	}
	return text.String()
}

// reader makes tables of lines.
type reader struct {
	*tables
	// Of the present service, by their text: many actions have the same.
	keyLists  map[string][]string
	typeLists map[string][]ResourceType
	at        *service
	first     int // index of the present service's first action
}

func readTables(text string) *tables {
	t := &tables{keys: newKeyTable()}
	t.services = make([]service, 0, strings.Count(text, "\nS\t"))
	t.actions = make([]Action, 0, strings.Count(text, "\nA\t"))
	r := reader{tables: t}
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		r.line(line)
	}
	r.close()
	t.keys.sort()
	return t
}

func (r *reader) line(line string) {
	kind, rest, _ := strings.Cut(line, "\t")
	first, rest, _ := strings.Cut(rest, "\t")
	second, rest, _ := strings.Cut(rest, "\t")
	switch kind {
	case "G":
		r.keys.add(newKey(first, second, true))
	case "S":
		r.close()
		r.services = append(r.services, service{Service: Service{Prefix: first, Name: second, ControlPolicies: rest == "r"}})
		r.at, r.first = &r.services[len(r.services)-1], len(r.actions)
		r.keyLists, r.typeLists = map[string][]string{}, map[string][]ResourceType{}
	case "K":
		r.keys.add(newKey(first, second, false))
		r.at.keys = append(r.at.keys, first)
	case "R":
		r.at.types = append(r.at.types, ResourceType{Name: first, ARNs: strings.Fields(second), Keys: r.keyList(rest, " ")})
	case "A":
		keys, types, _ := strings.Cut(rest, "\t")
		r.actions = append(r.actions, Action{
			Service: r.at.Prefix, Name: first, Level: levelOf(second), Resources: r.typeList(types),
			Keys: r.keyList(keys, " "), Index: len(r.actions),
		})
	}
}

// close ends the present service.
func (r *reader) close() {
	if r.at != nil {
		r.at.actions = r.actions[r.first:len(r.actions):len(r.actions)]
	}
}

func levelOf(code string) Level { return Level(strings.Index("LRTWP", code) + 1) }

func newKey(name, code string, global bool) ConditionKey {
	single := strings.ToLower(code)
	return ConditionKey{
		Name: name, Type: KeyType(strings.Index("sabndi", single) + 1), Many: single != code, Global: global,
	}
}

// keyList is a list of keys.
func (r *reader) keyList(text, separator string) []string {
	if text == "" {
		return nil
	}
	if list, ok := r.keyLists[text]; ok {
		return list
	}
	var list []string
	for one := range strings.SplitSeq(text, separator) {
		list = append(list, r.at.keys[place(one)])
	}
	r.keyLists[text] = list
	return list
}

// typeList is the resource types of an action.
func (r *reader) typeList(text string) []ResourceType {
	if text == "" {
		return nil
	}
	if list, ok := r.typeLists[text]; ok {
		return list
	}
	list := make([]ResourceType, 0, strings.Count(text, " ")+1)
	for one := range strings.SplitSeq(text, " ") {
		name, own, _ := strings.Cut(one, ":")
		name, required := strings.CutSuffix(name, "!")
		t := r.at.types[place(name)]
		t.Required = required
		if own != "" {
			t.Keys = r.keyList(own, ",")
		}
		list = append(list, t)
	}
	r.typeLists[text] = list
	return list
}

// place cannot fail on what go generate made.
func place(text string) int {
	n, err := strconv.ParseInt(text, 36, 32)
	if err != nil {
		panic("iamref: the embedded data was not made by go generate: " + err.Error())
	}
	return int(n)
}
