-- $1 names of one item, $2 sites, $3 site or null, $4 lot or null.
-- What each system says of each lot of the item: how much lies where, and whether it is held.
select s.name, s.local, s.site, b.attribute, b.system, b.value #>> '{}' as value, b.since,
  b.occurred_at, b.recorded_at
from (select distinct subject from link where object = any($1::text[]) and relation = 'of') l
join subject s on s.name = l.subject
left join belief b on b.subject = s.name and (
  (b.attribute = 'hold' and b.value = 'true')
  or (b.attribute like 'stock.%' and b.value #>> '{}' !~ '^0( |$)')
)
where (cardinality($2::text[]) = 0 or s.site = any($2))
  and ($3::text is null or s.site = $3)
  and ($4::text is null or $4 in (s.local, s.name))
order by s.position desc, s.name, b.attribute, b.system
