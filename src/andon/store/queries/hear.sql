-- What these runs' waits may take up to position $2, in the order in which the log came to hold it.
-- An event about a linked subject counts from where both are recorded, the event and the link.
-- Runs of the workflows $3 also take what came before their trigger.
-- Laterals that are not pulled up (offset 0) leave one way to look: by subject. A database that dies
-- often has no statistics, and took the whole log for each wait.
with asked as materialized (
  select w.run, w.subject, w.types, w.hears, w.after,
    case when r.workflow = any($3::text[]) then 0 else r.trigger end as since
  from waiting w join run r on r.id = w.run
  where w.run = any($1::text[])
),
heard as (
  select a.run, l.position as at, l.*
  from asked a cross join lateral (
    select position, type, subject, data from log
    where subject = a.subject and position >= a.after and position <= $2
      and follow and kind = 'event' and type = any(a.types)
    offset 0
  ) l
  union all
  select a.run, greatest(l.position, n.position), l.*
  from asked a cross join lateral (
    select other, min(position) as position
    from (
      select object as other, position from link where subject = a.subject
      union all
      select subject, position from link where object = a.subject
    ) k
    where position + 0 <= $2
    group by other
  ) n cross join lateral (
    select position, type, subject, data from log
    where subject = n.other and position > a.since and position <= $2
      -- what was linked before the run's place counts from there on only: no use reading the rest
      and position >= case when n.position >= a.after then 0 else a.after end
      and follow and kind = 'event' and type = any(a.hears)
    offset 0
  ) l
  where a.hears <> '{}'
)
select distinct on (run, at, position) run, at, position, type, subject, data
from heard order by run, at, position
