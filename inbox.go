package phonebank

import "time"

// Replies are owned. What somebody wrote, or a call that nobody took, waits for whoever knows them; when they are away or do
// not answer, it waits for everybody who may: the pool. Whoever presses "I'll answer" keeps all others from answering at once.
const (
	// ClaimFor is how long an owner, or whoever said "I'll answer", has before the pool may answer instead.
	ClaimFor = 20 * time.Minute
	// ClaimRemembered is for how long whoever had said "I'll answer" gets back what they were writing after that is over.
	ClaimRemembered = 24 * time.Hour
	// LongWait is from when a wait is marked.
	LongWait = 15 * time.Minute
	// RuleWithin is how soon somebody reads what may have been a no: until then nothing goes out to the number.
	RuleWithin = time.Hour
)
