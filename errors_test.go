package phonebank_test

import (
	"log/slog"
	"strings"
	"testing"

	"phonebank"
)

// A sentence may be about somebody by name; a log may not.
func TestError_ALogKeepsNoWordsThatWerePutIn(t *testing.T) {
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Warn("not done", "error", phonebank.Fail(phonebank.Forbidden, "%s asked us to stop.", "Marisol"))
	if said := log.String(); strings.Contains(said, "Marisol") || !strings.Contains(said, "asked us to stop") {
		t.Error(said)
	}
}
