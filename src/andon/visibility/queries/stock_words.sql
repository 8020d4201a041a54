-- $1 names of one item, $2 sites. What each system says lies of each lot at each place, over all uses; of
-- lots that are all gone too, for that is how a place is known to be kept by a system.
select s.name as lot, b.system,
  regexp_replace(b.attribute, '^stock\.(.*)\.[^.]*$', '\1') as location,
  split_part(b.value #>> '{}', ' ', 2) as unit,
  sum(split_part(b.value #>> '{}', ' ', 1)::numeric) as amount,
  max(b.occurred_at) as said_at, max(b.recorded_at) as recorded_at
from (select distinct subject from link where object = any($1::text[]) and relation = 'of') l
join subject s on s.name = l.subject
join belief b on b.subject = s.name and b.attribute like 'stock.%' and b.value <> 'null'
where cardinality($2::text[]) = 0 or s.site = any($2)
group by s.position, s.name, b.system, location, unit
order by s.position desc, s.name, unit, location, b.system
