-- $1 name, $2 state, $3 why, $4 now. What pauses by itself stays paused until a person resumes it.
-- What a person wished is recorded with the wish; here is recorded what Andon itself found: that it
-- must pause, that the system is away, that it is back. Of several workers the first says it.
with head as materialized (select reserve(1) as base),
before as materialized (
  select c.* from head, connection_state c where c.name = $1 for update of c
),
written as (
  update connection_state c
  set state = $2, last_error = coalesce($3, c.last_error), since = $4,
    reason = case when $2 = 'paused' then coalesce($3, b.reason, 'paused by a person') else $3 end,
    wanted = case when $2 = 'paused' then 'paused' else c.wanted end
  from before b where c.name = b.name
  returning c.name
),
found as (
  select b.name, b.site, case
    when $2 = 'paused' and b.wanted <> 'paused' then 'andon.connection.paused.v1'
    when $2 = 'unreachable' and b.state <> 'unreachable' then 'andon.connection.unreachable.v1'
    when $2 = 'running' and b.state = 'unreachable' then 'andon.connection.reached.v1' end as type
  from before b
),
logged as (
  insert into log (position, kind, source, id, type, subject, order_key, lane, correlation,
                   occurred_at, recorded_at, site, actor, follow, data)
  select head.base, 'note', 'andon', 'connection:' || f.name || ':' || head.base, f.type,
         'connection/andon:' || f.name, 'connection/andon:' || f.name,
         lane_of('connection/andon:' || f.name), 'connection/' || f.name, $4, $4, f.site, 'andon', false,
         jsonb_build_object('by', 'andon', 'reason', $3::text)
  from head, found f where f.type is not null returning 1
),
hint as (select pg_notify('andon_log', '') from logged)
select pg_notify('andon_changed', '') from written left join hint on true
