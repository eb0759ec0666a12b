package main

import (
	"context"
	"time"

	"phonebank"
)

// records are what the product holds at the end, read in one go.
type records struct {
	outbox   []outboxRow
	byToken  map[string]outboxRow
	messages map[string]messageRow // by Twilio's name
	calls    map[string]callRow    // by our token
	callSIDs map[string]callRow
	keys     map[string]bool // webhooks that were taken once

	followUps map[string]bool
	wraps     map[string]string // by talk
}

type outboxRow struct {
	ID        string     `db:"id"`
	State     string     `db:"state"`
	FollowUp  *string    `db:"follow_up_id"`
	Follow    *string    `db:"follow_state"`
	Phone     string     `db:"phone_id"`
	Token     string     `db:"token"`
	SID       *string    `db:"sid"`
	To        string     `db:"to_number"`
	Legal     bool       `db:"legal"`
	Why       string     `db:"why"`
	Attempt   int        `db:"attempt"`
	NotAfter  time.Time  `db:"not_after"`
	ClaimedAt *time.Time `db:"claimed_at"`
}

type messageRow struct {
	SID       string                 `db:"sid"`
	State     phonebank.MessageState `db:"state"`
	Direction string                 `db:"direction"`
	Phone     string                 `db:"phone_id"`
	At        time.Time              `db:"at"`
}

type callRow struct {
	Token     string  `db:"token"`
	SID       *string `db:"sid"`
	Kind      string  `db:"kind"`
	State     string  `db:"state"`
	Recording string  `db:"recording_sid"`
}

func (w *world) readRecords(ctx context.Context) (*records, error) {
	r := &records{byToken: map[string]outboxRow{}, messages: map[string]messageRow{}, calls: map[string]callRow{}, callSIDs: map[string]callRow{}, keys: map[string]bool{},
		followUps: map[string]bool{}, wraps: map[string]string{}}
	if err := w.sql.SelectContext(ctx, &r.outbox, `
		SELECT o.id, o.state, o.follow_up_id, f.state AS follow_state, o.phone_id, o.token, o.sid, o.to_number, o.legal, o.why, o.attempt, o.not_after, o.claimed_at
		FROM outbox o LEFT JOIN follow_ups f ON f.id = o.follow_up_id ORDER BY o.id`); err != nil {
		return nil, err
	}
	for _, o := range r.outbox {
		r.byToken[o.Token] = o
	}
	var messages []messageRow
	if err := w.sql.SelectContext(ctx, &messages, `SELECT sid, state, direction, phone_id, at FROM messages WHERE sid IS NOT NULL`); err != nil {
		return nil, err
	}
	for _, m := range messages {
		r.messages[m.SID] = m
	}
	var calls []callRow
	if err := w.sql.SelectContext(ctx, &calls, `SELECT token, sid, kind, state, COALESCE(recording_sid, '') AS recording_sid FROM calls`); err != nil {
		return nil, err
	}
	for _, c := range calls {
		r.calls[c.Token] = c
		if c.SID != nil {
			r.callSIDs[*c.SID] = c
		}
	}
	var keys []string
	if err := w.sql.SelectContext(ctx, &keys, `SELECT key FROM inbox`); err != nil {
		return nil, err
	}
	for _, k := range keys {
		r.keys[k] = true
	}
	var ids []string
	if err := w.sql.SelectContext(ctx, &ids, `SELECT id FROM follow_ups`); err != nil {
		return nil, err
	}
	for _, id := range ids {
		r.followUps[id] = true
	}
	var wraps []struct{ ID, Wrap string }
	if err := w.sql.SelectContext(ctx, &wraps, `SELECT id, wrap ->> 'id' AS wrap FROM conversations WHERE wrap ->> 'id' IS NOT NULL`); err != nil {
		return nil, err
	}
	for _, c := range wraps {
		r.wraps[c.ID] = c.Wrap
	}
	return r, nil
}
