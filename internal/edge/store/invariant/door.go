package invariant

var doorChecks = []Check{
	{
		Name: "command_was_authorized", Invariant: "I6", Table: "session",
		Says: "a lock is told to move for a purchase that was authorized",
		SQL: `SELECT s.id, 'command=' || s.command_id || ' payment=' || p.state
			FROM session s JOIN payment p ON p.session_id = s.id
			WHERE {s.id} AND s.command_id <> 0 AND p.authorized_at = 0`,
	},
	{
		Name: "command_is_single", Invariant: "I6", Table: "session",
		Says: "a session has one open command, to its own cabinet, from the moment on that it may open",
		SQL: `SELECT x.id, 'command=' || x.command || ' own=' || x.own || ' commands=' || x.commands FROM (SELECT s.id AS id, s.command_id AS command,
				(SELECT count(*) FROM command c WHERE c.id = s.command_id AND c.session_id = s.id AND c.cabinet_id = s.cabinet_id) AS own,
				(SELECT count(*) FROM command c WHERE c.session_id = s.id) AS commands
				FROM session s WHERE {s.id}) AS x
			WHERE x.own <> x.commands OR x.own <> CASE WHEN x.command = 0 THEN 0 ELSE 1 END`,
	},
	{
		Name: "opening_was_authorized", Invariant: "I6", Table: "session",
		Says: "a door opens for a session that was authorized, or a person is told",
		SQL: `SELECT s.id, 'payment=' || p.state || ' opened_at=' || s.opened_at
			FROM session s JOIN payment p ON p.session_id = s.id
			WHERE {s.id} AND p.authorized_at = 0
				AND EXISTS (SELECT 1 FROM door_event e WHERE e.session_id = s.id AND e.kind = 'opened' AND e.cabinet_id = s.cabinet_id AND e.door = s.door)
				AND NOT EXISTS (SELECT 1 FROM care_case k WHERE k.session_id = s.id)`,
	},
	{
		Name: "door_event_has_owner", Invariant: "I1", Table: "cabinet",
		Says: "a movement of a door that belongs to no session has a case of that door",
		SQL: `SELECT c.id, 'door=' || e.door || ' boot=' || e.boot || ' seq=' || e.seq || ' kind=' || e.kind
			FROM cabinet c JOIN door_event e ON e.cabinet_id = c.id
				LEFT JOIN session s ON s.id = e.session_id AND s.cabinet_id = e.cabinet_id AND s.door = e.door
			WHERE {c.id} AND (e.kind = 'forced' OR s.id IS NULL)
				AND NOT EXISTS (SELECT 1 FROM care_case k WHERE k.session_id = 0 AND k.cabinet_id = e.cabinet_id AND k.door = e.door
					AND k.cause = 'unexplained_door')`,
		Near: `e.session_id = $1`,
	},
	{
		Name: "door_event_is_counted", Invariant: "I20", Table: "cabinet", Near: never,
		Says: "the cases of a door count each of its unexplained movements once",
		SQL: `SELECT x.id, 'door=' || x.door || ' events=' || x.events || ' counted=' || x.counted FROM (
				SELECT k.cabinet_id AS id, k.door AS door, sum(k.events) AS counted,
					(SELECT count(*) FROM door_event e LEFT JOIN session s ON s.id = e.session_id AND s.cabinet_id = e.cabinet_id AND s.door = e.door
						WHERE e.cabinet_id = k.cabinet_id AND e.door = k.door AND (e.kind = 'forced' OR s.id IS NULL)) AS events
				FROM care_case k WHERE {k.cabinet_id} AND k.session_id = 0 AND k.cause = 'unexplained_door'
				GROUP BY k.cabinet_id, k.door) AS x
			WHERE x.events <> x.counted`,
	},
	{
		Name: "door_events_in_sequence", Invariant: "I16", Table: "cabinet",
		Says: "the stored events of a boot are its first ones: what a cabinet was told to be durable is there",
		SQL: `SELECT c.id, 'boot=' || e.boot || ' seq=' || e.seq
			FROM cabinet c JOIN door_event e ON e.cabinet_id = c.id
			WHERE {c.id} AND (e.seq < 1 OR e.seq > 1 AND NOT EXISTS (
				SELECT 1 FROM door_event b WHERE b.cabinet_id = e.cabinet_id AND b.boot = e.boot AND b.seq = e.seq - 1))`,
		Near: `e.session_id = $1`,
	},
	{
		Name: "door_event_is_applied", Invariant: "I20", Table: "session",
		Says: "an event that is stored has moved its session",
		SQL: `SELECT s.id, 'state=' || s.state || ' boot=' || e.boot || ' seq=' || e.seq || ' kind=' || e.kind
			FROM session s JOIN command c ON c.id = s.command_id
				JOIN door_event e ON e.session_id = s.id AND e.cabinet_id = s.cabinet_id AND e.door = s.door AND e.arrived_at > c.created_at
			WHERE {s.id} AND (s.state = 'opening' AND e.kind IN ('opened', 'closed') OR s.state = 'open' AND e.kind = 'closed')`,
	},
	{
		Name: "close_is_durable", Invariant: "I17", Table: "session",
		Says: "a session that closed has the event that closed it",
		SQL: `SELECT s.id, 'state=' || s.state || ' closed_at=' || s.closed_at
			FROM session s
			WHERE {s.id} AND s.closed_at <> 0 AND NOT EXISTS (
				SELECT 1 FROM door_event e WHERE e.session_id = s.id AND e.kind = 'closed' AND e.cabinet_id = s.cabinet_id AND e.door = s.door)`,
	},
	{
		Name: "lease_has_holder", Invariant: "I7", Table: "lease", Key: "door_id",
		Says: "who holds a door is a living session of that door, with the lease's fence and purpose",
		SQL: `SELECT l.door_id, 'session=' || l.session_id || ' state=' || coalesce(s.state, 'none') || ' fence=' || l.fence ||
				' of_session=' || coalesce(s.fence, 0)
			FROM lease l LEFT JOIN session s ON s.id = l.session_id
			WHERE {l.door_id} AND l.session_id <> 0 AND (s.id IS NULL OR s.state = 'ended' OR s.door_id <> l.door_id OR s.fence <> l.fence
				OR s.purpose <> l.purpose OR s.org_id <> l.org_id)`,
	},
	{
		Name: "fence_grows", Invariant: "I7", Table: "session",
		Says: "a door's fence is at least that of every session which has had it",
		SQL: `SELECT s.id, 'fence=' || s.fence || ' of_lease=' || coalesce(l.fence, 0)
			FROM session s LEFT JOIN lease l ON l.door_id = s.door_id
			WHERE {s.id} AND (l.door_id IS NULL OR l.fence < s.fence)`,
	},
	{
		Name: "fence_is_single", Invariant: "I7", Table: "session",
		Says: "no two sessions of a door have one fence",
		SQL: `SELECT s.id, 'fence=' || s.fence
			FROM session s
			WHERE {s.id} AND EXISTS (SELECT 1 FROM session o WHERE o.door_id = s.door_id AND o.fence = s.fence AND o.id <> s.id)`,
	},
	{
		Name: "open_door_is_held", Invariant: "I7", Table: "session",
		Says: "a session whose door may open has its lease; the next one came only when its command was over",
		SQL: `SELECT s.id, 'state=' || s.state || ' fence=' || s.fence || ' of_lease=' || l.fence || ' holder=' || l.session_id
			FROM session s JOIN lease l ON l.door_id = s.door_id LEFT JOIN session h ON h.id = l.session_id
			WHERE {s.id} AND s.state IN ('opening', 'open')
				AND (l.fence = s.fence AND l.session_id <> s.id OR l.fence > s.fence AND h.created_at <= s.command_expires)`,
	},
}
