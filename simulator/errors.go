package simulator

import (
	"errors"
	"fmt"
	"net/http"
)

// apiError is a refusal in Twilio's shape. Source: Twilio docs, "Twilio API responses" and the error dictionary.
type apiError struct {
	Code     int    `json:"code"`
	Message  string `json:"message"`
	MoreInfo string `json:"more_info"`
	Status   int    `json:"status"`
}

func (e *apiError) Error() string { return fmt.Sprintf("%d: %s", e.Code, e.Message) }

func refuse(status, code int, format string, args ...any) *apiError {
	return &apiError{Status: status, Code: code, Message: fmt.Sprintf(format, args...),
		MoreInfo: fmt.Sprintf("https://www.twilio.com/docs/errors/%d", code)}
}

func bad(code int, format string, args ...any) *apiError {
	return refuse(http.StatusBadRequest, code, format, args...)
}

func notFound(path string) *apiError {
	return refuse(http.StatusNotFound, 20404, "The requested resource %s was not found", path)
}

func unauthorized() *apiError { return refuse(http.StatusUnauthorized, 20003, "Authenticate") }

func tooMany() *apiError { return refuse(http.StatusTooManyRequests, 20429, "Too Many Requests") }

func notInProgress() *apiError { return bad(21220, "Call is not in-progress. Cannot redirect.") }

// carrierMessages are Twilio's words for what a carrier did. Source: Twilio docs, error dictionary.
var carrierMessages = map[int]string{
	21610: "Attempt to send to unsubscribed recipient",
	30003: "Unreachable destination handset",
	30004: "Message blocked",
	30005: "Unknown destination handset",
	30006: "Landline or unreachable carrier",
	30007: "Message filtered",
	30008: "Unknown error",
	30034: "US A2P 10DLC - Message from an Unregistered Number",
	30036: "Validity Period Expired",
}

// asAPIError turns any error into Twilio's shape.
func asAPIError(err error) *apiError {
	var refusal *apiError
	if errors.As(err, &refusal) {
		return refusal
	}
	return refuse(http.StatusInternalServerError, 20500, "%s", err)
}
