-- $1 numbers of items, $2 sites. The newest entry of each in the journal, among the newest 1,000 of all.
select distinct on (item) item, name as entry,
  split_part(value, ' ', 1)::numeric as value, split_part(value, ' ', 2) as currency,
  split_part(quantity, ' ', 1)::numeric as quantity, split_part(quantity, ' ', 2) as unit
from (
  select s.name, s.position, m.value #>> '{}' as item, v.value #>> '{}' as value,
    q.value #>> '{}' as quantity
  from (
    select name, position from subject
    where kind = 'journal-entry' and (cardinality($2::text[]) = 0 or site = any($2))
    order by position desc limit 1000
  ) s
  join belief m on m.subject = s.name and m.attribute = 'material'
  join belief v on v.subject = s.name and v.attribute = 'value'
  join belief q on q.subject = s.name and q.attribute = 'quantity'
) e
where item = any($1::text[]) and quantity !~ '^-?0( |$)'
order by item, position desc
