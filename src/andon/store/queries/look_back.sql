-- Events about these subjects, of each from its place in $2 on, up to position $3.
select l.position, l.type, l.subject, l.data
from (
  select subject, min(after) as after
  from unnest($1::text[], $2::bigint[]) as t(subject, after) group by subject
) w cross join lateral (
  select position, type, subject, data from log
  where subject = w.subject and position > w.after and position <= $3
    and follow and kind = 'event'
  offset 0  -- as in hear.sql
) l
order by l.position
