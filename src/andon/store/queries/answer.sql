with head as materialized (select reserve(1) as base),
closed as (
  -- the appender's lock comes before the row, as in every commit of a worker
  update exception set answer = $2, state = 'resolved', closed_by = $3, closed_at = $4
  from head where id = $1 and answer is null returning id
),
logged as (
  insert into log (position, kind, source, id, type, subject, order_key, lane, correlation,
                   occurred_at, recorded_at, site, actor, follow, data)
  select head.base, 'note', 'andon', 'exception:' || $1::bigint || ':' || $2, 'andon.exception.answered.v1',
         $7, $7,
         coalesce((select lane from run where id = $5), (select lane from delivery where key = $6), 0),
         'exception/' || $1::bigint, $4, $4, $8, $3, true, $9::jsonb
  from head, closed returning 1
)
select pg_notify('andon_log', '') from logged
