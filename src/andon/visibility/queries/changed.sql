-- What was recorded and projected after $1: the head, and at most 201 subjects with their
-- sites, those too that another one's record names.
-- Whoever is further behind than `far` should look at everything again: names would cost a scan, or
-- their records were archived.
with head as (
  select coalesce(least(
    (select max(position) from log),
    (select min(at) from position where name like 'project%')), 0) as at,
    coalesce((select max(last) from archive where kind = 'log'), 0) as archived
), place as (
  select at, at - $1::bigint > 20000 or $1 < archived as far from head
)
select (select id from generation) as generation, h.at as position, h.far,
  n.subject as name, s.site
from place h
left join lateral (
  select subject from log where not h.far and position > $1 and position <= h.at
  union
  select object from link where not h.far and position > $1 and position <= h.at
  limit 201) n on true
left join subject s on s.name = n.subject
