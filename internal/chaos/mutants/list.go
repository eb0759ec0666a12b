package main

// mutant is one planted bug: what a tired hand might do to the code, and what must notice it. Every old text stands in its file
// exactly once, so a mutant whose place has changed fails the gate instead of rotting. Where a bug needs two at once to show, its
// test holds a lock or refuses a commit at that moment: a race that is only likely would let it pass on some days.
type mutant struct {
	name  string
	edits []edit
	test  catcher
	shard string // the arguments of a short bad day that must notice it too
	says  string // what that day's failure names
}

type edit struct{ file, old, new string }

// catcher is the test that must fail.
type catcher struct{ pkg, run string }

var mutants = []mutant{
	{
		// A STOP cancels the text itself, which the claim would notice without this lock too. A hold, and what else is stored of the
		// number alone, it would not: it has read the number before, and waits for it only at the cap.
		name:  "the number is not locked before the claim",
		edits: []edit{{"store/outbox.go", "\t\tFOR NO KEY UPDATE OF p`, id)\n\treturn s, err", "\t\t`, id)\n\treturn s, err"}},
		test:  catcher{"./texting", "TestClaim_WaitsForWhatIsBeingStoredAboutTheNumber"},
	},
	{
		name:  "who has opted out at Twilio is marked after the outcome is stored",
		edits: []edit{{"texting/outcome.go", "\t\treturn d.mark(ctx, tx, s.PhoneID, m)\n\t}); err != nil {\n\t\treturn err\n\t}\n", "\t\treturn nil\n\t}); err != nil {\n\t\treturn err\n\t}\n\tif err := d.Store.InTx(ctx, func(tx *store.Tx) error { return d.mark(ctx, tx, s.PhoneID, m) }); err != nil {\n\t\treturn err\n\t}\n"}},
		test:  catcher{"./texting", "TestOptedOutAtTwilio_TheOutcomeAndTheStopAreOneTransaction"},
	},
	{
		name:  "a person is handed out without a lock",
		edits: []edit{{"store/claim.go", "LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) anybody) next", "LIMIT 1) anybody) next"}},
		test:  catcher{"./store", "TestClaim_PassesByWhomAnotherIsHandingOut"},
	},
	{
		name: "the request goes out before the claim is committed",
		edits: []edit{
			{"texting/deliver.go", "\t\t\tcrash.Here(\"claim.before-commit\")\n", "\t\t\tif ok {\n\t\t\t\tearly, earlyErr = d.Carrier.Send(ctx, carrier.Text{From: string(s.From), To: string(s.To), Body: s.Body, StatusURL: d.PublicURL + \"/twilio/messages/\" + s.Token})\n\t\t\t}\n\t\t\tcrash.Here(\"claim.before-commit\")\n"},
			{"texting/deliver.go", "func (d *Desk) claim(ctx context.Context, id phonebank.OutboxID, generation int) (s store.Sending, ok bool, err error) {\n", "func (d *Desk) claim(ctx context.Context, id phonebank.OutboxID, generation int) (s store.Sending, ok bool, err error) {\n\tvar early carrier.Sent\n\tvar earlyErr error\n\tdefer func() { sentEarly.Store(s.Token, []any{early, earlyErr}) }()\n"},
			{"texting/deliver.go", "\tsent, err := d.Carrier.Send(ctx, carrier.Text{From: string(s.From), To: string(s.To), Body: s.Body,\n\t\tStatusURL: d.PublicURL + \"/twilio/messages/\" + s.Token, Validity: validity(s, zones, d.Now())})\n", "\t_ = zones\n\tkept, _ := sentEarly.Load(s.Token)\n\tsent := kept.([]any)[0].(carrier.Sent)\n\terr, _ = kept.([]any)[1].(error)\n"},
			{"texting/deliver.go", "// validity ends ten minutes", "var sentEarly sync.Map\n\n// validity ends ten minutes"},
			{"texting/deliver.go", "\t\"strings\"\n\t\"time\"\n", "\t\"strings\"\n\t\"sync\"\n\t\"time\"\n"},
		},
		test:  catcher{"./texting", "TestDeliver_AClaimThatWasNotCommittedAsksNobody"},
		shard: "-only points -point claim.before-commit -n 300 -shard 20s",
		says:  "P3",
	},
	{
		name:  "a text whose answer was lost is ready again",
		edits: []edit{{"outbox.go", "sending    x        x     x        accepted  ready     unknown  failed  x          x", "sending    x        x     x        accepted  ready     ready    failed  x          x"}},
		test:  catcher{"./texting", "TestDeliver_AtMostOneTextWhateverTwilioAnswers"},
	},
	{
		name:  "a text that nobody knows about may be released",
		edits: []edit{{"outbox.go", "unknown    x        x     x        accepted  x         .        failed  .          .", "unknown    ready    x     x        accepted  ready     .        failed  .          ."}},
		test:  catcher{".", "TestOutbox_ThereIsNoWayFromUnknownToReady"},
	},
	{
		name:  "a lost answer counts as not sent",
		edits: []edit{{"texting/deliver.go", "d.finish(ctx, s, phonebank.OutboxLose, nil, \"Twilio did not answer, so nobody knows whether it went.\")", "d.finish(ctx, s, phonebank.OutboxBackOff, nil, \"Twilio did not answer, so nobody knows whether it went.\")"}},
		test:  catcher{"./texting", "TestDeliver_AtMostOneTextWhateverTwilioAnswers"},
	},
	{
		name:  "a status of Twilio's overwrites a higher one",
		edits: []edit{{"message.go", "\tcase next.Rank() > s.Rank():\n", "\tcase next.Rank() > 0:\n"}},
		test:  catcher{".", "TestMessage_StatusReportsInAnyOrderConverge"},
	},
	{
		name:  "the short way of a status forgets what it may climb from",
		edits: []edit{{"store/messages.go", "AND m.state = ANY(string_to_array(t.below, ','))", "AND t.below IS NOT NULL"}},
		test:  catcher{"./texting", "TestStatus_CallbacksInAnyOrderAndRepeatedEndTheSame"},
	},
	{
		name: "a task of an old generation acts",
		edits: []edit{
			{"texting/deliver.go", "s.State != phonebank.OutboxReady || s.Generation != generation || s.NotBefore.After(at)", "s.State != phonebank.OutboxReady || s.NotBefore.After(at)"},
			{"store/outbox.go", "WHERE id = $1 AND generation = $2 AND state = $6::text AND not_before", "WHERE id = $1 AND $2::integer >= 0 AND state = $6::text AND not_before"},
		},
		test: catcher{"./texting", "TestDeliver_ARingThatWasRungAgainDoesNothing"},
	},
	{
		name:  "no ten minutes before the evening",
		edits: []edit{{"hours.go", "SendMargin = 10 * time.Minute", "SendMargin = 0 * time.Minute"}},
		test:  catcher{"./texting", "TestDeliver_NotAfterTheEveningEnds"},
	},
	{
		name:  "an inbound text is answered with 200 before it is stored",
		edits: []edit{{"webhooks/uses.go", "\treturn reply{}, h.Desk.Receive(ctx, texting.In{", "\tgo func(ctx context.Context, in texting.In) { _ = h.Desk.Receive(context.WithoutCancel(ctx), in) }(ctx, texting.In{"}, {"webhooks/uses.go", "OptOutType: f.get(\"OptOutType\"), Zones: people.ZonesOf(from)})\n}", "OptOutType: f.get(\"OptOutType\"), Zones: people.ZonesOf(from)})\n\treturn reply{}, nil\n}"}},
		test:  catcher{"./webhooks", "TestPostgresFrozenAndStopped_VoiceAnswersAndTextsWait"},
	},
	{
		name:  "a callback is answered with 200 before it is stored",
		edits: []edit{{"texting/status.go", "\tcase d.reports <- w:\n", "\tcase d.reports <- w:\n\t\treturn true, nil\n"}},
		test:  catcher{"./texting", "TestStatus_WhatIsNotCommittedIsNotAnswered"},
	},
	{
		name:  "what came in need not be fetched before something leaves",
		edits: []edit{{"store/outbox.go", "\t\t\t\tAND (legal OR `+fresh(\"$4\")+`)\n", ""}},
		test:  catcher{"./worker", "TestOutage_NothingLeavesBeforeWhatCameInIsFetched"},
	},
	{
		name:  "Twilio's name of a text need not be unique",
		edits: []edit{{"migrations/00001_phone_bank.sql", "    token           text NOT NULL UNIQUE,\n    sid             text UNIQUE,\n    not_before", "    token           text NOT NULL UNIQUE,\n    sid             text,\n    not_before"}},
		test:  catcher{"./texting", "TestSID_BelongsToOneText"},
	},
	{
		name:  "a stop is one person's, not the number's",
		edits: []edit{{"store/phones.go", "FROM (SELECT id, state FROM follow_ups WHERE phone_id = $1 AND state = ANY($4) FOR UPDATE) old", "FROM (SELECT id, state FROM follow_ups WHERE person_id = (SELECT id FROM people WHERE phone_id = $1 ORDER BY id LIMIT 1) AND state = ANY($4) FOR UPDATE) old"}},
		test:  catcher{"./texting", "TestStop_ReachesEverybodyOnTheNumber"},
	},
	{
		name:  "the nonce of a form is not kept",
		edits: []edit{{"store/outbox.go", "\t\to.ID, o.State, o.FollowUpID, max(o.Step, 1), o.Nonce, null(o.CampaignID)", "\t\to.ID, o.State, o.FollowUpID, max(o.Step, 1), nil, null(o.CampaignID)"}},
		test:  catcher{"./texting", "TestSend_TheSamePressTwiceIsOneText"},
	},
	{
		name: "no cap, in the code and in the database",
		edits: []edit{
			{"store/outbox.go", "AND NOT o.legal AND o.id <> $1) < $8)", "AND NOT o.legal AND o.id <> $1) < $8 + 100)"},
			{"migrations/00014_hours.sql", "o.claimed_at > since AND NOT o.legal AND o.id <> NEW.id) >= 3 THEN", "o.claimed_at > since AND NOT o.legal AND o.id <> NEW.id) >= 300 THEN"},
		},
		test: catcher{"./texting", "TestCap_TheFourthTextOfADayWaitsForAPerson"},
	},
	{
		name:  "START brings back what STOP has cancelled",
		edits: []edit{{"store/phones.go", "\treturn tx.Note(ctx, at, \"phone\", string(id), \"opt_in\", By{User: by.User, Note: how})", "\tif _, err = tx.exec(ctx, `UPDATE follow_ups SET state = 'planned' WHERE phone_id = $1 AND state = 'cancelled'`, id); err != nil {\n\t\treturn err\n\t}\n\treturn tx.Note(ctx, at, \"phone\", string(id), \"opt_in\", By{User: by.User, Note: how})"}},
		test:  catcher{"./texting", "TestStart_LiftsAKeywordAndRevivesNothing"},
	},
	{
		name:  "the lease of a dead sender never ends",
		edits: []edit{{"store/outbox.go", "WHERE state = 'sending' AND claimed_at < $1 LIMIT 200", "WHERE state = 'sending' AND claimed_at < $1 AND false LIMIT 200"}},
		test:  catcher{"./texting", "TestLease_OfADeadSenderEndsAsUnknown"},
	},
	{
		name:  "a text goes after its last moment",
		edits: []edit{{"store/outbox.go", "AND state = $6::text AND not_before <= $4 AND not_after > $4\n", "AND state = $6::text AND not_before <= $4\n"}},
		test:  catcher{"./texting", "TestDeliver_NothingGoesAfterItsLastMoment"},
	},
	{
		name:  "a promise is cancelled and its text is left",
		edits: []edit{{"store/followups.go", "WHERE follow_up_id = $1 AND state IN ('held', 'ready')`, id, why)", "WHERE follow_up_id = $1 AND state IN ('held', 'ready') AND false`, id, why)"}},
		test:  catcher{"./texting", "TestCancel_ItsTextGoesWithIt"},
	},
	{
		name:  "a process that slept after its claim sends all the same",
		edits: []edit{{"texting/deliver.go", "slept > phonebank.ClaimToSend {", "slept > 1000*phonebank.ClaimToSend {"}},
		test:  catcher{"./texting", "TestDeliver_AProcessThatSleptSendsNothing"},
	},
	{
		name:  "a webhook that comes twice acts twice",
		edits: []edit{{"store/messages.go", "INSERT INTO inbox (key, at) SELECT 'message:' || sid, at FROM t ORDER BY 1\n", "INSERT INTO inbox (key, at) SELECT 'message:' || sid || gen_random_uuid(), at FROM t ORDER BY 1\n"}, {"store/messages.go", "SELECT t.* FROM t JOIN fresh ON fresh.key = 'message:' || t.sid)", "SELECT t.* FROM t JOIN fresh ON fresh.key LIKE 'message:' || t.sid || '%')"}, {"migrations/00001_phone_bank.sql", "    sid             text UNIQUE,\n    campaign_id     text,\n    person_id       text REFERENCES people (id),\n    phone_id        text NOT NULL REFERENCES phones (id),\n    user_id         text,\n    conversation_id text,\n    from_number     text NOT NULL,", "    sid             text,\n    campaign_id     text,\n    person_id       text REFERENCES people (id),\n    phone_id        text NOT NULL REFERENCES phones (id),\n    user_id         text,\n    conversation_id text,\n    from_number     text NOT NULL,"}},
		test:  catcher{"./texting", "TestReceive_TheSameSIDTwentyTimesIsOneMessage"},
	},
	{
		name:  "the signature of a webhook is not looked at",
		edits: []edit{{"webhooks/verify.go", "\tif !h.Carrier.Verify(", "\tif false && !h.Carrier.Verify("}},
		test:  catcher{"./webhooks", "TestDoor_OnlyWhatTwilioSignedIsBelieved"},
	},
	{
		name:  "a 5xx of Twilio's counts as a refusal",
		edits: []edit{{"carrier/codes.go", "rest.Status >= 400 && rest.Status < 500:", "rest.Status >= 400 && rest.Status < 600:"}},
		test:  catcher{"./carrier", "TestFailure_OnlyWhatWasNeverProcessedMayBeAskedAgain"},
	},
	{
		name:  "a stop in Spanish is not heard",
		edits: []edit{{"optout.go", "words(\"alto\", \"para\", ", "words(\"para\", "}},
		test:  catcher{".", "TestRead_OneRuleForStopStartAndHelp"},
	},
	{
		name:  "what may have been a no holds nothing",
		edits: []edit{{"texting/deliver.go", "\tcase s.OnHold:\n", "\tcase s.OnHold && false:\n"}},
		test:  catcher{"./texting", "TestRefusal_HoldsTheNumberUntilAPersonRules"},
	},
	{
		name:  "a pause stops nothing",
		edits: []edit{{"store/outbox.go", "AND NOT EXISTS (SELECT 1 FROM pauses WHERE lifted_at IS NULL AND (kind = 'restored' OR NOT outbox.legal))\n", "AND true\n"}},
		test:  catcher{"./texting", "TestPause_HoldsATextUntilItIsOver"},
	},
	{
		name:  "the sweeper forgets what no bell rang for",
		edits: []edit{{"store/outbox.go", "AND (rung_at IS NULL OR rung_at < $2) AND (legal OR NOT $4::boolean)", "AND rung_at < $2 AND (legal OR NOT $4::boolean)"}},
		test:  catcher{"./worker", "TestRedisFlushed_WhileWorkIsDueLosesAndDoublesNothing"},
	},
	{
		name:  "texts that no webhook brought are not fetched",
		edits: []edit{{"worker/reconcile.go", "n, err := w.Desk.Fetch(ctx, ours, since, people.ZonesOf)", "n, err := 0, error(nil)"}},
		test:  catcher{"./worker", "TestFetch_TextsWhoseWebhooksWereLostArriveOnceAndInOrder"},
	},
	{
		name:  "a restored database is not paused",
		edits: []edit{{"store/installation.go", "_, err = tx.PauseItself(ctx, RestoredPause, why, instance, at)", "_ = at"}},
		test:  catcher{"./cmd/phonebank", "TestRestore_ACopyOfTheDatabaseSendsNothingUntilResume"},
	},
	{
		name:  "what the auditor finds stops nothing",
		edits: []edit{{"worker/audit.go", "if _, pauseErr := w.Desk.Store.PauseItself(ctx, store.AuditorPause, store.AuditWords(found[0].Promise), \"\", w.Desk.Now()); pauseErr != nil {", "if pauseErr := error(nil); pauseErr != nil {"}},
		test:  catcher{"./worker", "TestAudit_FindsEveryRowThatMustNeverBe"},
	},
	{
		name:  "what nobody knows is put on no list",
		edits: []edit{{"texting/sweep.go", "if asked, err = tx.AskPerson(ctx, o, why, at); err != nil || !asked {", "if err != nil || !asked {"}},
		test:  catcher{"./texting", "TestUnsure_IsLookedUpAfterOneFiveFifteenAndThirtyMinutes"},
	},
}
