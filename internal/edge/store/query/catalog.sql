-- name: AddProduct :exec
INSERT INTO product (id, org_id, name, name_en, unit_mass_mg, unit_sd_mg) VALUES ($1, $2, $3, $4, $5, $6);

-- name: ProductsOfOrg :many
SELECT * FROM product WHERE org_id = $1 ORDER BY id;

-- Lane, cabinet and product must all be the organization's: otherwise no row comes of it.
-- name: AddPlanogramLane :execrows
INSERT INTO planogram_lane (cabinet_id, version, lane_id, org_id, product_id, price_fen, par)
SELECT lane.cabinet_id, CAST(sqlc.arg(version) AS BIGINT), lane.id, lane.org_id, product.id,
       CAST(sqlc.arg(price) AS BIGINT), CAST(sqlc.arg(par) AS BIGINT)
FROM lane JOIN product ON product.org_id = lane.org_id
WHERE lane.id = sqlc.arg(lane) AND lane.cabinet_id = sqlc.arg(cabinet) AND lane.org_id = sqlc.arg(org)
  AND product.id = sqlc.arg(product);

-- By way of the door to its cabinet, because lanes are indexed by cabinet and number.
-- name: SlotsOfDoor :many
SELECT sqlc.embed(planogram_lane), sqlc.embed(lane), sqlc.embed(product)
FROM door
JOIN lane ON lane.org_id = door.org_id AND lane.cabinet_id = door.cabinet_id AND lane.door_id = door.id
JOIN planogram_lane ON planogram_lane.cabinet_id = lane.cabinet_id AND planogram_lane.lane_id = lane.id
JOIN product ON product.id = planogram_lane.product_id
WHERE door.id = $1 AND planogram_lane.version = $2
ORDER BY lane.number;
