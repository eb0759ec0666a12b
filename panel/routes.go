package panel

import (
	"net/http"

	"phonebank"
)

// access says who may come through a route. Its zero value lets nobody in.
type access int

const (
	nobody    access = iota
	anyone           // with or without a cookie
	volunteer        // everybody who works with us
	coordinator
)

// lets tells whether somebody may come through; a user without an id is nobody in particular.
func (a access) lets(u phonebank.User) bool {
	switch a {
	case anyone:
		return true
	case volunteer:
		return u.ID != "" && u.Role.AtLeast(phonebank.Volunteer)
	case coordinator:
		return u.ID != "" && u.Role.AtLeast(phonebank.Coordinator)
	}
	return false
}

// route is one door: what it answers to, who may come through, and how much they may bring.
type route struct {
	method, path string
	who          access
	do           func(w http.ResponseWriter, r *http.Request, me phonebank.User) error
	json         bool  // answers scripts: errors are problem details
	most         int64 // bytes of a request's body; 0 means 64 KB
}

const (
	smallBody  = 64 << 10
	talkBody   = 256 << 10
	scriptBody = 1 << 20
	fileBody   = 65 << 20
)

// routes is the only list of doors.
func (p *Panel) routes() []route {
	get := func(path string, who access, do func(http.ResponseWriter, *http.Request, phonebank.User) error) route {
		return route{method: http.MethodGet, path: path, who: who, do: do}
	}
	post := func(path string, who access, do func(http.ResponseWriter, *http.Request, phonebank.User) error) route {
		return route{method: http.MethodPost, path: path, who: who, do: do}
	}
	script := func(r route) route {
		r.json, r.most = true, talkBody
		return r
	}
	document := func(r route) route {
		r.most = scriptBody
		return r
	}
	draft := func(r route) route {
		r.json = true
		return document(r)
	}
	file := func(r route) route {
		r.most = fileBody
		return r
	}
	return []route{
		get("/", anyone, p.home),
		get("/login/{token}", anyone, p.login),
		post("/login/{token}", anyone, p.redeem),
		post("/logout", anyone, p.logout),
		post("/language", anyone, p.speak),
		get("/j/{token}", anyone, p.join),
		post("/j/{token}", anyone, p.joined),

		get("/shift", volunteer, p.shift),
		post("/shift/ring", volunteer, p.shiftRing),
		post("/shift/ready", volunteer, p.shiftReady),
		post("/shift/break", volunteer, p.shiftBreak),
		post("/shift/pass", volunteer, p.shiftPass),
		post("/shift/call", volunteer, p.shiftCall),
		post("/shift/leave", volunteer, p.shiftLeave),
		post("/shift/help", volunteer, p.shiftHelp),
		post("/shift/stake", volunteer, p.shiftStake),
		post("/shift/settled/{id}", volunteer, p.shiftSettled),
		script(post("/shift/seen", volunteer, p.shiftSeen)),
		get("/shift/thanks", volunteer, p.shiftThanks),

		get("/talk/{id}", volunteer, p.talk),
		script(get("/talk/{id}/state", volunteer, p.talkState)),
		script(post("/talk/{id}/hold", volunteer, p.talkHold)),
		script(post("/talk/{id}/events", volunteer, p.talkEvents)),
		script(post("/talk/{id}/hangup", volunteer, p.talkHangUp)),
		script(post("/talk/{id}/voicemail", volunteer, p.talkVoicemail)),
		script(post("/talk/{id}/redial", volunteer, p.talkRedial)),
		script(post("/talk/{id}/retry", volunteer, p.talkRedial)),
		script(post("/talk/{id}/not-connected", volunteer, p.talkNotConnected)),
		script(post("/talk/{id}/mute", volunteer, p.talkMute)),
		script(post("/talk/{id}/help", volunteer, p.talkHelp)),
		script(post("/talk/{id}/wrap", volunteer, p.talkWrap)),
		script(get("/talk/{id}/thread", volunteer, p.talkThread)),
		script(post("/talk/{id}/text", volunteer, p.talkText)),
		script(post("/talk/{id}/call", volunteer, p.talkCall)),
		post("/talk/{id}/undo", volunteer, p.talkUndo),
		post("/talk/{id}/note", volunteer, p.talkNote),
		post("/talk/{id}/cared", coordinator, p.talkCared),

		get("/practice", volunteer, p.practice),
		script(get("/practice/state", volunteer, p.practiceState)),

		script(get("/live", volunteer, p.liveStream)),

		get("/me", volunteer, p.mine),
		get("/inbox", volunteer, p.inbox),
		script(get("/inbox/count", volunteer, p.inboxCount)),
		post("/inbox/{id}/claim", volunteer, p.inboxClaim),
		post("/inbox/{id}/let-go", volunteer, p.inboxLetGo),
		post("/inbox/{id}/answered", volunteer, p.inboxAnswered),
		post("/inbox/{id}/rule", coordinator, p.inboxRule),
		get("/people/{id}", volunteer, p.person),
		post("/people/{id}/text", volunteer, p.personText),
		post("/people/{id}/talk", volunteer, p.personTalk),
		post("/people/{id}/call", volunteer, p.personCall),
		post("/people/{id}/log", volunteer, p.personLog),
		post("/people/{id}/stop", volunteer, p.personStop),
		post("/people/{id}/reopen", coordinator, p.personReopen),
		post("/people/{id}/rule", coordinator, p.personRule),
		post("/people/{id}/step-up", coordinator, p.personStepUp),
		post("/people/{id}/about", volunteer, p.personAbout),
		post("/people/{id}/owner", coordinator, p.personOwner),
		post("/people/{id}/rung", coordinator, p.personRung),
		post("/rungs/{id}/decide", coordinator, p.rungDecide),
		get("/ladder", coordinator, p.ladder),
		get("/report", coordinator, p.report),
		get("/report/{table}.csv", coordinator, p.reportCSV),
		post("/people/{id}/follow-ups", volunteer, p.personPromise),
		post("/people/{id}/answered", volunteer, p.personAnswered),
		post("/follow-ups/{id}/send", volunteer, p.followUpSend),
		post("/follow-ups/{id}/done", volunteer, p.followUpDone),
		post("/follow-ups/{id}/cancel", volunteer, p.followUpCancel),
		post("/follow-ups/{id}/move", volunteer, p.followUpMove),
		post("/follow-ups/{id}/words", volunteer, p.followUpReword),
		post("/follow-ups/{id}/no-call", volunteer, p.followUpNoCall),
		post("/commitments/{id}/settle", volunteer, p.commitmentSettle),
		post("/commitments/{id}/talk", volunteer, p.commitmentTalk),
		post("/people/{id}/lift", coordinator, p.personLift),
		post("/suggestions/{id}/confirm", volunteer, p.suggestionConfirm),
		post("/suggestions/{id}/dismiss", volunteer, p.suggestionDismiss),
		get("/voicemails/{id}.wav", volunteer, p.voicemail),

		get("/room", coordinator, p.room),
		post("/shifts/{id}/admit", coordinator, p.shiftAdmit),
		post("/shifts/{id}/helped", coordinator, p.shiftHelped),
		post("/shifts/{id}/remove", coordinator, p.shiftRemove),
		get("/unsure", volunteer, p.unsure),
		post("/texts/{id}/again", volunteer, p.textAgain),
		post("/texts/{id}/leave", volunteer, p.textLeave),
		post("/calls/{id}/leave", volunteer, p.callLeave),
		get("/retaliations/{id}", coordinator, p.retaliation),
		post("/retaliations/{id}/plan", coordinator, p.retaliationTick),
		post("/retaliations/{id}/close", coordinator, p.retaliationClose),
		post("/retaliations/{id}/reopen", coordinator, p.retaliationReopen),
		post("/pause", coordinator, p.pause),
		post("/resume", coordinator, p.resume),
		post("/test-call", coordinator, p.testCall),

		get("/threads/{id}", volunteer, p.thread),
		post("/threads/{id}/person", volunteer, p.threadPerson),
		post("/threads/{id}/answered", volunteer, p.threadAnswered),
		post("/threads/{id}/rule", coordinator, p.threadRule),

		get("/sessions", coordinator, p.sessions),
		get("/sessions/new", coordinator, p.sessionNew),
		post("/sessions", coordinator, p.sessionCreate),
		get("/sessions/{id}", coordinator, p.session),
		post("/sessions/{id}/open", coordinator, p.sessionOpen),
		get("/sessions/{id}/edit", coordinator, p.sessionEditForm),
		post("/sessions/{id}/edit", coordinator, p.sessionEdit),
		get("/sessions/{id}/end", coordinator, p.sessionEndAsk),
		post("/sessions/{id}/end", coordinator, p.sessionEnd),
		post("/sessions/{id}/renew", coordinator, p.sessionRenew),
		post("/sessions/{id}/join", coordinator, p.sessionJoin),

		get("/scripts", coordinator, p.scripts),
		post("/scripts", coordinator, p.scriptFromStarter),
		document(post("/scripts/import", coordinator, p.scriptImport)),
		post("/scripts/{script}/next", coordinator, p.scriptNext),
		get("/scripts/{script}/{version}", coordinator, p.scriptEditor),
		get("/scripts/{script}/{version}/script.yaml", coordinator, p.scriptExport("yaml")),
		get("/scripts/{script}/{version}/script.json", coordinator, p.scriptExport("json")),
		draft(get("/scripts/{script}/{version}/document", coordinator, p.scriptDocument)),
		draft(post("/scripts/{script}/{version}/document", coordinator, p.scriptSave)),
		draft(post("/scripts/{script}/{version}/as-file", coordinator, p.scriptAsFile)),
		draft(post("/scripts/{script}/{version}/from-file", coordinator, p.scriptFromFile)),
		script(post("/scripts/{script}/{version}/publish", coordinator, p.scriptPublish)),
		post("/scripts/{script}/{version}/retire", coordinator, p.scriptRetire),
		post("/scripts/{script}/{version}/discard", coordinator, p.scriptDiscard),

		get("/people", coordinator, p.people),
		get("/people/add", coordinator, p.personNew),
		post("/people", coordinator, p.personAdd),
		get("/import", coordinator, p.importForm),
		file(post("/import", coordinator, p.importFile)),
		get("/imports/{id}", coordinator, p.importReport),
		get("/imports/{id}/rejects.csv", coordinator, p.importRejects),
		get("/follow-ups", coordinator, p.followUps),
		post("/follow-ups/wave", coordinator, p.followUpsWave),
		post("/follow-ups/assign", coordinator, p.followUpsAssign),
		get("/waves", coordinator, p.waves),
		get("/waves/new", coordinator, p.waveNew),
		post("/waves", coordinator, p.waveCreate),
		get("/waves/{id}", coordinator, p.wave),
		get("/waves/{id}/edit", coordinator, p.waveEditForm),
		post("/waves/{id}/edit", coordinator, p.waveEdit),
		get("/waves/{id}/launch", coordinator, p.waveLaunchAsk),
		post("/waves/{id}/launch", coordinator, p.waveLaunch),
		post("/waves/{id}/schedule", coordinator, p.waveSchedule),
		post("/waves/{id}/withdraw", coordinator, p.waveWithdraw),
		post("/waves/{id}/pause", coordinator, p.wavePause),
		post("/waves/{id}/resume", coordinator, p.waveResume),
		get("/waves/{id}/finish", coordinator, p.waveFinishAsk),
		post("/waves/{id}/finish", coordinator, p.waveFinish),
		post("/waves/{id}/take", volunteer, p.waveTake),
		post("/waves/{id}/give", coordinator, p.waveGive),
		get("/waves/{id}/people", coordinator, p.wavePeople),
		get("/waves/{id}/callers", coordinator, p.waveCallers),
		post("/waves/{id}/callers", coordinator, p.waveLink),
		get("/waves/{id}/report", coordinator, p.waveReport),
		get("/waves/{id}/report.csv", coordinator, p.waveReportCSV),
		get("/campaigns", coordinator, p.campaigns),
		post("/campaigns", coordinator, p.campaignCreate),
	}
}
