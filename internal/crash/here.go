//go:build !chaos

package crash

import "time"

// Here marks a point of the list; it does nothing.
func Here(string) {}

// Now is the time.
func Now() time.Time { return time.Now() }

// Scale answers with the wait itself.
func Scale(d time.Duration) time.Duration { return d }

// Patience answers with the limit itself.
func Patience(d time.Duration) time.Duration { return d }
