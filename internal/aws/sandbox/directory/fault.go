package directory

import (
	"fmt"
	"net/http"
)

// APIError is an error of the IAM API: AWS's code, the HTTP status it comes with, and a text for people.
type APIError struct {
	Status  int
	Code    string
	Message string
	kept    bool // what the operation changed stays, as with a report that came a step nearer
}

// Error implements error.
func (f *APIError) Error() string { return "directory: " + f.Code + ": " + f.Message }

// Codes and statuses are those of the IAM API reference, per operation and under "Common Errors".

func noSuch(what, name string) *APIError {
	return &APIError{http.StatusNotFound, "NoSuchEntity", fmt.Sprintf("%s %s cannot be found", what, name), false}
}

func exists(what, name string) *APIError {
	return &APIError{http.StatusConflict, "EntityAlreadyExists", fmt.Sprintf("%s %s already exists", what, name), false}
}

func conflict(first string) *APIError {
	return &APIError{http.StatusConflict, "DeleteConflict", "cannot delete an entity in use: " + first, false}
}

func limit(format string, a ...any) *APIError {
	return &APIError{http.StatusConflict, "LimitExceeded", fmt.Sprintf(format, a...), false}
}

func malformed(format string, a ...any) *APIError {
	return &APIError{http.StatusBadRequest, "MalformedPolicyDocument", fmt.Sprintf(format, a...), false}
}

func invalid(format string, a ...any) *APIError {
	return &APIError{http.StatusBadRequest, "ValidationError", fmt.Sprintf(format, a...), false}
}

func invalidInput(format string, a ...any) *APIError {
	return &APIError{http.StatusBadRequest, "InvalidInput", fmt.Sprintf(format, a...), false}
}

func unevaluated(message string) *APIError {
	return &APIError{http.StatusInternalServerError, "PolicyEvaluation", message, false}
}

func unmodifiable(role string) *APIError {
	return &APIError{http.StatusBadRequest, "UnmodifiableEntity", fmt.Sprintf("role %s is service-linked: only its service may change it", role), false}
}

func denied(message string) *APIError {
	return &APIError{http.StatusForbidden, "AccessDenied", message, false}
}

func violation(format string, a ...any) *APIError {
	return &APIError{http.StatusBadRequest, "PasswordPolicyViolation", "password must " + fmt.Sprintf(format, a...), false}
}
