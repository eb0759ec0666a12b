package embedded

import (
	"io"
	"strings"
)

// tail passes output on and keeps the end of it for an error message.
type tail struct {
	next io.Writer
	kept []byte
}

const tailSize = 4 << 10

// Write keeps the last few kilobytes.
func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if extra := len(t.kept) - tailSize; extra > 0 {
		t.kept = t.kept[extra:]
	}
	if t.next == nil {
		return len(p), nil
	}
	return t.next.Write(p)
}

// lastLine is the last thing a program said that is not a mere hint.
func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if strings.Contains(lines[i], "FATAL:") || strings.Contains(lines[i], "error:") {
			return strings.TrimSpace(lines[i])
		}
	}
	return strings.TrimSpace(lines[len(lines)-1])
}
