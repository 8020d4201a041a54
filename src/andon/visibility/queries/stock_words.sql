-- $1 names of one item, $2 sites, $3 subject. What each system says lies at each place, over all uses, of the
-- youngest 2,000 lots of the item, and of the subject if it is a lot of it; of lots that are all gone too, for
-- that is how a place is known to be kept by a system.
with lot as (
  select s.name, s.position from subject s
  join (select distinct subject from link where object = any($1::text[]) and relation = 'of') l
    on l.subject = s.name
  where cardinality($2::text[]) = 0 or s.site = any($2)
)
select s.name as lot, b.system,
  regexp_replace(b.attribute, '^stock\.(.*)\.[^.]*$', '\1') as location,
  split_part(b.value #>> '{}', ' ', 2) as unit,
  sum(split_part(b.value #>> '{}', ' ', 1)::numeric) as amount,
  max(b.occurred_at) as said_at, max(b.recorded_at) as recorded_at
from (
  (select name, position from lot order by position desc limit 2000)
  union select name, position from lot where name = $3
) s
join belief b on b.subject = s.name and b.attribute like 'stock.%' and b.value <> 'null'
group by s.position, s.name, b.system, location, unit
order by s.position desc, s.name, unit, location, b.system
