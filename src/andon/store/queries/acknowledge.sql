with head as materialized (select reserve(1) as base),
taken as (
  update delivery set state = 'acknowledged' where key = $1 and state = 'offered'
  returning key, position, order_key, lane
),
logged as (
  insert into log (position, kind, source, id, type, subject, order_key, lane, correlation, causation,
                   occurred_at, recorded_at, site, actor, follow, system, claims, data)
  select head.base, $2, $4, $1 || ':' || $2, $3, l.subject, t.order_key, t.lane, l.correlation, l.position,
         $5, $5, l.site, $4, true, case when $6::jsonb is null then null else $4 end, $6::jsonb, $7::jsonb
  from head, taken t join log l on l.position = t.position
  returning position
)
select pg_notify('andon_log', '') from logged
