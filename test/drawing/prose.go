package drawing

// state is what a person is told of a state.
type state struct {
	name    string // 中文
	side    bool   // drawn beside the way of an ordinary purchase
	meaning string
}

// states has a paragraph for each state, in plain words. A state without one is an error of [Page].
var states = map[string]state{
	"awaiting": {name: "等待授权", meaning: "Somebody has scanned a door and started. The door is leased to this session, so that nobody else is given it, and the " +
		"provider is asked for an authorization. Once the provider has taken the request (*asked*) the shopper has a short while (*Confirm*) to agree on the provider's page. " +
		"Consent leads on. A cancel, a refusal, or silence ends the session: what was asked for is released, the lease ends, and the lock was never told anything. Consent that " +
		"comes when the time is over opens nothing either: whoever gave it may be far from the door by then."},
	"opening": {name: "开门中", meaning: "The authorization is won, the lease renewed, and the cabinet told to open, by a command that soon expires (*Command*). From now on nobody can cancel: " +
		"the lock may be moving. What the door does counts, not what the answer says. Any sign that the door is open leads on, and a close that overtook its opening counts for both. Until then the " +
		"platform looks at the door again and again (*First*, then *Query*). A door that is closed after all looks (*Queries*), when the command can no longer act, with no lane changed, did not open: the " +
		"authorization is released, and unless the lock had been released for a shopper who then changed their mind, somebody has to look at that door. Changed lanes, or a cabinet that " +
		"says nothing for long (*Lost*), are for a person: nobody knows what was taken, and what was released cannot be collected."},
	"open": {name: "门已开", meaning: "The door was seen open. The lease now lasts until it closes or a person ends it; no clock gives an open door to somebody else. Readings come in and the phone shows what is in hand. " +
		"Answers and repeated openings change nothing. Only the close leads on, or the limit (*Limit*): a door that stands open for that long becomes a case, and stays leased."},
	"weighing": {name: "称重中", meaning: "The door is closed and the recognizer works out what is missing. As soon as all lanes are at rest (*rested*) the lease ends: the next shopper may come, whatever else is waited for. The verdict ends the " +
		"session: a charge is settled, nothing taken is settled as nothing, doubt becomes a case. If there is no verdict in time (*Weigh*) that is a case, too. Repeated closes and the bounce of a door change nothing."},
	"review": {name: "人工复核", side: true, meaning: "There is a case, and a person decides it, or the policy at the case's deadline. The session has no deadline of its own. A door that still moves is noted, and its close ends the lease. " +
		"A decision with lines charges them; one without writes the visit off."},
	"ended": {name: "已结束", meaning: "Nothing more happens; the outcome says how it ended: *charged*, *nothing_taken*, *canceled*, *not_opened* or *written_off*. What comes late is known and without consequence, with one " +
		"exception: a door that opens for a session which had ended without an opening is a case (*late_open*)."},
}
