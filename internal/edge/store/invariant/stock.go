package invariant

var stockChecks = []Check{
	{
		Name: "stock_is_its_entries", Invariant: "I5", Table: "lane_stock", Key: "lane_id",
		Says: "the stock of a lane is the sum of its movements",
		SQL: `SELECT k.lane_id, 'quantity=' || k.quantity || ' sum=' || coalesce(sum(e.change_qty), 0)
			FROM lane_stock k LEFT JOIN lane_entry e ON e.lane_id = k.lane_id
			WHERE {k.lane_id}
			GROUP BY k.lane_id, k.quantity HAVING k.quantity <> coalesce(sum(e.change_qty), 0)`,
	},
	{
		Name: "sold_is_moved", Invariant: "I5", Table: "orders",
		Says: "what was sold has left its lane, once, and nothing else has",
		SQL: `SELECT x.id, 'sold=' || x.sold || ' moved=' || x.moved || ' matched=' || x.matched FROM (SELECT o.id AS id,
				(SELECT count(*) FROM order_line l WHERE l.order_id = o.id) AS sold,
				(SELECT count(*) FROM session s
					JOIN lane n ON n.org_id = s.org_id AND n.cabinet_id = s.cabinet_id
					JOIN lane_entry e ON e.lane_id = n.id AND e.kind = 'purchase' AND e.ref_id = s.id
					WHERE s.id = o.session_id) AS moved,
				(SELECT count(*) FROM order_line l JOIN lane_entry e ON e.lane_id = l.lane_id AND e.kind = 'purchase' AND e.ref_id = o.session_id
					WHERE l.order_id = o.id AND e.change_qty = -l.quantity AND e.product_id = l.product_id AND e.org_id = o.org_id) AS matched
				FROM orders o WHERE {o.id}) AS x
			WHERE x.sold <> x.moved OR x.sold <> x.matched`,
	},
}
