-- What these runs' waits may take up to position $2, in the order in which the log came to hold it.
-- An event about a linked subject counts from where both are recorded, the event and the link.
-- Runs of the workflows $3 also take what came before their trigger.
with asked as materialized (
  select w.run, w.subject, w.types, w.hears, w.after,
    case when r.workflow = any($3::text[]) then 0 else r.trigger end as since
  from waiting w join run r on r.id = w.run
  where w.run = any($1::text[])
),
near as (
  select a.subject, k.other, min(k.position) as position
  from (select distinct subject from asked) a cross join lateral (
    select object as other, position from link where subject = a.subject and position <= $2
    union all
    select subject, position from link where object = a.subject and position <= $2
  ) k
  group by a.subject, k.other
),
heard as (
  select a.run, l.position as at, l.position, l.type, l.subject, l.data
  from asked a join log l on l.subject = a.subject and l.position >= a.after and l.position <= $2
  where l.follow and l.kind = 'event' and l.type = any(a.types)
  union all
  select a.run, greatest(l.position, n.position), l.position, l.type, l.subject, l.data
  from asked a join near n on n.subject = a.subject
  join log l on l.subject = n.other and l.position > a.since and l.position <= $2
  where l.follow and l.kind = 'event' and l.type = any(a.hears)
    and greatest(l.position, n.position) >= a.after
)
select distinct on (run, at, position) run, at, position, type, subject, data
from heard order by run, at, position
