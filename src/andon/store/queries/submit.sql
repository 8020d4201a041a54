with head as materialized (select reserve(1) as base),
fresh as (
  insert into seen (source, id, digest, position) select 'command', $1, $2, base from head
  on conflict do nothing returning position
),
logged as (
  insert into log (position, kind, source, id, type, subject, order_key, lane, correlation,
                   occurred_at, recorded_at, site, actor, follow, data)
  select position, 'command', 'andon', $1, $3, $4, $4, lane_of($4), 'command/' || $1,
         $5, $5, $6, $7, true, $8::jsonb from fresh
),
sent as (
  insert into delivery (key, position, run, n, lane, order_key, connection, proof, state, since)
  select $1, position, null, 0, lane_of($4), $4, $9, $10, $11, $5 from fresh
),
hint as (select pg_notify('andon_log', '') where exists (select 1 from fresh))
select f.position from fresh f left join hint on true
