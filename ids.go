package phonebank

import (
	"crypto/rand"
	"encoding/binary"
	"time"
)

// Every row is known by an opaque text id: 26 characters of Crockford's base 32, the first ten of them the time,
// so that ids made one after another sort near each other and an index on them stays compact.
type (
	UserID         string
	CampaignID     string
	SessionID      string
	ShiftID        string
	PersonID       string
	PhoneID        string
	ConversationID string
	CallID         string
	MessageID      string
	OutboxID       string
	CommitmentID   string
	FollowUpID     string
	WaveID         string
)

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewID makes an id of the wanted type: 48 bits of milliseconds and 80 random bits, in the form of a ULID.
func NewID[T ~string](at time.Time) T {
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:8], uint64(at.UnixMilli())<<16)
	if _, err := rand.Read(raw[6:]); err != nil {
		panic("no randomness: " + err.Error()) // crypto/rand never fails on a working system
	}
	return T(encodeID(raw))
}

func encodeID(raw [16]byte) string {
	var out [26]byte
	hi, lo := binary.BigEndian.Uint64(raw[:8]), binary.BigEndian.Uint64(raw[8:])
	for i := 25; i >= 0; i-- {
		out[i] = crockford[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out[:])
}

// ValidID tells whether a client's id has the form of ours: it may then be stored as a primary key.
func ValidID(id string) bool {
	if len(id) != 26 {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z') {
			return false
		}
	}
	return true
}

// NewToken makes the secret part of a link or cookie: 32 random bytes, 52 characters. Only its hash is stored.
func NewToken() string {
	var a, b [16]byte
	if _, err := rand.Read(a[:]); err != nil {
		panic("no randomness: " + err.Error())
	}
	if _, err := rand.Read(b[:]); err != nil {
		panic("no randomness: " + err.Error())
	}
	return encodeID(a) + encodeID(b)
}
