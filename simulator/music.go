package simulator

import "context"

// holdMusic stands for Twilio's own waiting music.
const holdMusic = "twilio:hold-music"

// stopMusic stops what is played to a participant alone.
func (p *participant) stopMusic() {
	if p.music != nil {
		p.music()
		p.music = nil
	}
}

// playWaiting plays what a participant hears until the conference starts.
func (s *Simulator) playWaiting(p *participant) {
	s.playAlone(p, p.waitURL, p.waitMethod)
}

// playHold plays to a participant on hold, and stops when the hold ends.
func (s *Simulator) playHold(p *participant, address, method string) {
	p.stopMusic()
	if p.hold {
		if address == "" {
			address = holdMusic
		}
		s.playAlone(p, address, method)
	}
}

// playAlone plays a document, which may use only waitVerbs, to one participant until stopMusic.
func (s *Simulator) playAlone(p *participant, address, method string) {
	switch address {
	case "":
		return
	case holdMusic:
		s.hear(p.call, WhoLine, "", "(hold music)")
		return
	}
	ctx, cancel := context.WithCancel(p.call.ctx)
	p.music = cancel
	s.spawn(func() {
		(&player{s: s, c: p.call, ctx: ctx, verbs: waitVerbs}).run(source{url: address, method: method})
	})
}

// announce speaks to one participant over everything else, then reports it.
func (s *Simulator) announce(p *participant, address, method string) {
	s.spawn(func() {
		(&player{s: s, c: p.call, ctx: p.call.ctx, verbs: waitVerbs}).run(source{url: address, method: method})
		s.mu.Lock()
		defer s.mu.Unlock()
		s.reportConference(p.conference, "announcement", "announcement-end", p, map[string][]string{"AnnounceUrl": {address}})
	})
}
