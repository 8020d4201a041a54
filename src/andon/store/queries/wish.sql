-- $1 connection, $2 wanted, $3 who, $4 why, $5 now. A wish that stands already is no second record.
-- The appender's lock comes before the row, as in every commit of a worker.
with head as materialized (select reserve(1) as base),
wished as (
  update connection_state c
  set wanted = $2, reason = case when $2 = 'paused' then concat_ws(': ', 'paused by ' || $3, nullif($4, ''))
                                 else c.reason end
  from head where c.name = $1 and c.wanted <> $2
  returning c.name, c.site
),
logged as (
  insert into log (position, kind, source, id, type, subject, order_key, lane, correlation,
                   occurred_at, recorded_at, site, actor, follow, data)
  select head.base, 'note', 'andon', 'connection:' || w.name || ':' || head.base,
         case when $2 = 'paused' then 'andon.connection.paused.v1' else 'andon.connection.resumed.v1' end,
         'connection/andon:' || w.name, 'connection/andon:' || w.name,
         lane_of('connection/andon:' || w.name), 'connection/' || w.name, $5, $5, w.site, $3, false,
         jsonb_build_object('by', $3::text, 'reason', nullif($4, ''))
  from head, wished w returning 1
)
select pg_notify('andon_log', ''), pg_notify('andon_connections', ''), pg_notify('andon_changed', '')
from logged
