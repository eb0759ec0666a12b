package simulator

import "strings"

// Twilio's default keywords for long codes: the whole text is one of them, in any case.
// Source: Twilio docs, "Advanced Opt-Out" and the help article on STOP.
var (
	stopWords  = words("STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT")
	startWords = words("START YES UNSTOP")
	helpWords  = words("HELP INFO")
)

const (
	stopReply  = "You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe."
	startReply = "You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply."
	helpReply  = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}

// keyword blocks or unblocks as the text says, and returns Twilio's own reply, "" when it makes none: it does not
// answer STOP twice, START and YES only to those who were blocked, HELP only to those who are not.
func (s *Simulator) keyword(theirs, ours, body string) string {
	word := strings.ToUpper(strings.TrimSpace(body))
	at := pair{ours, theirs}
	wasBlocked := s.blocked[at]
	switch {
	case stopWords[word]:
		s.blocked[at] = true
		if !wasBlocked {
			return stopReply
		}
	case startWords[word]:
		delete(s.blocked, at)
		if wasBlocked {
			return startReply
		}
	case helpWords[word] && !wasBlocked:
		return helpReply
	}
	return ""
}
