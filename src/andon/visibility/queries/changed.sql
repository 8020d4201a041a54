-- What was recorded and projected after $1: the new head, and at most 201 subjects with their sites.
with head as (
  select greatest($1, least(
    (select max(position) from log),
    (select min(at) from position where name like 'project%'))) as at
)
select h.at as position, n.subject as name, s.site
from head h
left join lateral (
  select distinct subject from log where position > $1 and position <= h.at limit 201) n on true
left join subject s on s.name = n.subject
