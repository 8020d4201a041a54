-- What was recorded and projected after $1: the head, and at most 201 subjects with their
-- sites, those too that another one's record names.
-- Whoever is further behind than `far` should look at everything again: names would cost a scan.
with head as (
  select coalesce(least(
    (select max(position) from log),
    (select min(at) from position where name like 'project%')), 0) as at
)
select (select id from generation) as generation, h.at as position, h.at - $1::bigint > 20000 as far,
  n.subject as name, s.site
from head h
left join lateral (
  select subject from log where h.at - $1 <= 20000 and position > $1 and position <= h.at
  union
  select object from link where h.at - $1 <= 20000 and position > $1 and position <= h.at
  limit 201) n on true
left join subject s on s.name = n.subject
