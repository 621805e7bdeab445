package directory

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
)

// Sizes and characters are those of the IAM API reference, per parameter.
var (
	namePattern = regexp.MustCompile(`^[\w+=,.@-]+$`)
	pathPattern = regexp.MustCompile(`^(/|/[\x21-\x7e]+/)$`)
	tagPattern  = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
)

// name checks a name and returns it. parameter is as in the API, such as userName.
func checkName(parameter string, name *string, longest int) (string, error) {
	switch {
	case name == nil || *name == "":
		return "", invalid("value at '%s' must not be empty", parameter)
	case utf8.RuneCountInString(*name) > longest:
		return "", invalid("value at '%s' must have length less than or equal to %d", parameter, longest)
	case !namePattern.MatchString(*name):
		return "", invalid("value at '%s' may hold letters, digits and +=,.@_- only", parameter)
	}
	return *name, nil
}

// checkPath checks a path and returns it, the default "/" where none is given.
func checkPath(path *string) (string, error) {
	if path == nil {
		return "/", nil
	}
	if len(*path) > 512 || !pathPattern.MatchString(*path) || strings.Contains(*path, "//") {
		return "", invalid("value at 'path' must begin and end with a slash, and have at most 512 characters")
	}
	return *path, nil
}

// newcomer is what a request says of an entity that is to be made.
type newcomer struct {
	name, path string
	tags       []account.Tag
}

// checkNew checks the name, the path and the tags of an entity that is to be made.
func checkNew(parameter string, name *string, longest int, path *string, tags []types.Tag) (newcomer, error) {
	var n newcomer
	var err error
	if n.name, err = checkName(parameter, name, longest); err != nil {
		return n, err
	}
	if n.path, err = checkPath(path); err != nil {
		return n, err
	}
	n.tags, err = mergeTags(nil, tags)
	return n, err
}

// under is a keep function's core: whether path lies under an optional prefix.
func under(path string, prefix *string) bool {
	return prefix == nil || strings.HasPrefix(path, *prefix)
}

const maxTags = 50

// mergeTags checks new tags and returns old with them put in: keys ignore letter case.
func mergeTags(old []account.Tag, add []types.Tag) ([]account.Tag, error) {
	seen := make(map[string]bool, len(add))
	for _, t := range add {
		key, value := text(t.Key), text(t.Value)
		switch {
		case key == "" || utf8.RuneCountInString(key) > 128 || !tagPattern.MatchString(key):
			return nil, invalid("tag key %q must have 1 to 128 characters of letters, digits, spaces and _.:/=+-@", key)
		case utf8.RuneCountInString(value) > 256 || !tagPattern.MatchString(value):
			return nil, invalid("tag value of %q must have at most 256 characters of letters, digits, spaces and _.:/=+-@", key)
		case strings.HasPrefix(fold(key), "aws:"):
			return nil, invalid("tag key %q: the prefix aws: is AWS's own", key)
		case seen[fold(key)]:
			return nil, invalidInput("tag key %q stands twice", key)
		}
		seen[fold(key)] = true
		old = insert(old, account.Tag{Key: key, Value: value}, tagKey)
	}
	if len(old) > maxTags {
		return nil, limit("cannot exceed quota for tags: %d", maxTags)
	}
	return old, nil
}

// dropTags returns old without the tags of these keys; keys that are not there do not matter.
func dropTags(old []account.Tag, keys []string) []account.Tag {
	gone := make(map[string]bool, len(keys))
	for _, k := range keys {
		gone[fold(k)] = true
	}
	return without(old, func(t account.Tag) bool { return gone[fold(t.Key)] })
}

// text is the value of an optional string.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
