// Package review reads a policy document as a careful colleague does, and says what in it is wrong or smells.
//
// Lint reads one document; a Reviewer reads many and works out once what they have in common. Each file looks at one
// element of a statement (actions.go, resources.go, conditions.go, principals.go, variables.go), failopen.go and
// reach.go at what statements lead to. Package diff, below this one, compares two documents.
//
// Contract: pure; equal input gives equal output, in the order of the text. A Smell has a stable rule, a place,
// a reason and a cure.
// Limits: one document at a time, on its own: other policies of the same principal, boundaries and organizations are
// not seen. Actions, resource types and keys are those that package iamref knows. Pattern is compared with pattern, so
// that what only several statements together make pointless is not found. Work is bounded: documents of more than
// 128 KiB are not compared statement by statement.
// Floor: 4.
package review

import "github.com/ambit-iam/ambit/internal/source"

// Smell is one remark on a document.
type Smell struct {
	Rule     Rule
	Severity source.Severity
	Span     source.Span
	Pointer  string // RFC 6901, of the guilty element: "/Statement/0/Action/1"
	Message  string // one line, no capital, no full stop; names what the document holds
	Why      string // what comes of it
	Cure     string // what to write instead; may be empty
	Actions  []string
}

// Diagnostic is the smell as package source prints it, with a caret under the guilty element.
func (s Smell) Diagnostic() source.Diagnostic {
	return source.Diagnostic{Severity: s.Severity, Span: s.Span, Message: s.Message, Hint: s.Cure}
}

// Rule is the stable name of a kind of smell.
type Rule string

// The rules; Rules tells their severity and reason.
const (
	Fault                Rule = "fault"
	UnknownService       Rule = "unknown-service"
	UnknownAction        Rule = "unknown-action"
	EmptyAction          Rule = "action-matches-nothing"
	RedundantAction      Rule = "redundant-action"
	AllowNotAction       Rule = "allow-not-action"
	ManagesPermissions   Rule = "wildcard-manages-permissions"
	PassRoleAnywhere     Rule = "pass-role-anywhere"
	MalformedResource    Rule = "malformed-resource"
	MismatchedAction     Rule = "action-resource-mismatch"
	UnusedResource       Rule = "resource-matches-nothing"
	RedundantResource    Rule = "redundant-resource"
	AllowNotResource     Rule = "allow-not-resource"
	UnknownOperator      Rule = "unknown-operator"
	UnknownKey           Rule = "unknown-condition-key"
	MismatchedOperator   Rule = "operator-type-mismatch"
	MalformedValue       Rule = "malformed-value"
	LiteralWildcard      Rule = "wildcard-taken-literally"
	MissingSetOperator   Rule = "missing-set-operator"
	NeedlessSetOperator  Rule = "needless-set-operator"
	MFAFailsOpen         Rule = "mfa-fails-open"
	MFADenyMissesKeys    Rule = "mfa-deny-misses-keys"
	FailsOpen            Rule = "condition-fails-open"
	NegatedWithoutGuard  Rule = "negated-operator-without-guard"
	ForAllWithoutGuard   Rule = "for-all-values-without-guard"
	DenyHitsServices     Rule = "deny-hits-services"
	AllowNotPrincipal    Rule = "allow-not-principal"
	PrincipalWildcard    Rule = "principal-wildcard"
	OpenPrincipal        Rule = "open-principal"
	DeletedPrincipal     Rule = "deleted-principal"
	ConfusedDeputy       Rule = "confused-deputy"
	DeniedAnyway         Rule = "statement-denied-anyway"
	RedundantStatement   Rule = "redundant-statement"
	MissingVersion       Rule = "missing-version"
	OldVersion           Rule = "old-version"
	VariableInOldVersion Rule = "variable-in-old-version"
	UnknownVariable      Rule = "unknown-variable"
	MisplacedVariable    Rule = "misplaced-variable"
	OverSize             Rule = "over-size"
	TooLarge             Rule = "too-large-to-compare"
)

// About is what is said of a rule, whatever the document.
type About struct {
	Rule     Rule
	Severity source.Severity
	Why      string
}

// Rules lists all rules.
func Rules() []About { return append([]About(nil), abouts...) }

var abouts = []About{
	{Fault, source.Error, "AWS refuses the document"},
	{UnknownService, source.Warning, "a service that AWS does not have is neither allowed nor denied anything"},
	{UnknownAction, source.Warning, "an action that AWS does not have allows and denies nothing, and as an exception it excepts nothing"},
	{EmptyAction, source.Warning, "a pattern that fits no action allows and denies nothing, and as an exception it excepts nothing"},
	{RedundantAction, source.Note, "whoever removes one of the two thinks that the action is gone"},
	{AllowNotAction, source.Warning, "it allows every action of every service that is not named, and those that AWS adds tomorrow"},
	{ManagesPermissions, source.Warning, "whoever manages permissions can give themselves, or others, more than this document says"},
	{PassRoleAnywhere, source.Warning, "whoever passes any role to any service can act with the strongest role of the account"},
	{MalformedResource, source.Error, "AWS refuses a resource that is neither an ARN nor \"*\""},
	{MismatchedAction, source.Warning, "a request for the action names another type of resource, or none, so the statement says nothing on it"},
	{UnusedResource, source.Note, "no action of the statement is ever asked on this resource"},
	{RedundantResource, source.Note, "whoever removes one of the two thinks that the resource is gone"},
	{AllowNotResource, source.Warning, "it allows the actions on every resource that is not named, also on those that do not exist yet"},
	{UnknownOperator, source.Error, "AWS refuses a condition operator that it does not know"},
	{UnknownKey, source.Warning, "no request carries the key: a positive operator never holds, and a negated one always does"},
	{MismatchedOperator, source.Warning, "values of the key are of another type, so the comparison does not do what it says"},
	{MalformedValue, source.Warning, "a value that does not read as its operator wants matches nothing"},
	{LiteralWildcard, source.Warning, "the operator compares a star with a star: only a value that holds that very character matches"},
	{MissingSetOperator, source.Warning, "AWS leaves open what a multi-valued key does without ForAllValues or ForAnyValue"},
	{NeedlessSetOperator, source.Warning, "a key with one value needs no set operator, and under ForAllValues an absent key holds"},
	{MFAFailsOpen, source.Warning, "requests signed with long-term access keys do not carry the key, and are let in without MFA"},
	{MFADenyMissesKeys, source.Warning, "requests signed with long-term access keys do not carry the key, and are not denied"},
	{FailsOpen, source.Warning, "a request without the key is let in"},
	{NegatedWithoutGuard, source.Warning, "a negated operator holds where the key is absent, so a request without the key is let in"},
	{ForAllWithoutGuard, source.Warning, "ForAllValues holds where the key is absent or empty, so a request without the key is let in"},
	{DenyHitsServices, source.Warning, "AWS services that act for their customers do not carry the key, and are denied"},
	{AllowNotPrincipal, source.Warning, "it lets in everybody who is not named, anonymous callers too"},
	{PrincipalWildcard, source.Warning, "AWS takes no wildcard inside a principal, so nobody matches it"},
	{OpenPrincipal, source.Warning, "anybody, in any account, is let in"},
	{DeletedPrincipal, source.Warning, "AWS writes this id where the user or role that was named is deleted; one of the same name does not match it"},
	{ConfusedDeputy, source.Warning, "another customer can make the service act on this resource on their behalf"},
	{DeniedAnyway, source.Warning, "a Deny of the same document covers all that the statement allows"},
	{RedundantStatement, source.Note, "another statement of the same effect covers it: whoever changes one of the two changes nothing"},
	{MissingVersion, source.Warning, "a document without Version is read as of 2008, without policy variables"},
	{OldVersion, source.Note, "the language of 2008 knows no policy variables and takes them for text"},
	{VariableInOldVersion, source.Warning, "the language of 2008 takes a policy variable for text, which matches nothing"},
	{UnknownVariable, source.Warning, "a variable that no request carries makes its element match nothing"},
	{MisplacedVariable, source.Warning, "AWS replaces variables only in the last part of a resource and in condition values; elsewhere they are text"},
	{OverSize, source.Note, "AWS refuses a policy that is longer than the place it is put in allows"},
	{TooLarge, source.Note, "the document is far beyond what AWS stores, so its statements were not compared with one another"},
}

// about finds what is said of a rule; a rule without a row would be a mistake in this package.
func (r Rule) about() About {
	for _, a := range abouts {
		if a.Rule == r {
			return a
		}
	}
	return About{Rule: r, Severity: source.Error}
}
