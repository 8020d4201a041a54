-- $1 names of items, $2 their numbers, $3 subject, $4 sites, $5 how many. Production orders that are open and
-- miss one of the items, or make one (among the newest 1,000 orders of all); asked of an order, itself alone.
with reached as (
  select l.object as name, 'misses' as how from link l
  join belief b on b.subject = l.object and b.attribute = 'missing' and b.value <> 'null'
  where l.subject = any($1::text[]) and l.relation = 'missing-for'
  union
  select o.name, 'makes' from (
    select name from subject where kind = 'production-order' order by position desc limit 1000
  ) o
  join belief b on b.subject = o.name and b.attribute = 'material' and b.value #>> '{}' = any($2::text[])
)
select distinct on (ends_at, due_at, s.name) s.name as order, r.how, m.value as missing,
  w.value as machine, d.value::timestamptz as due_at, e.value::timestamptz as ends_at
from reached r
join subject s on s.name = r.name
left join lateral (
  select value #>> '{}' as value from belief where subject = s.name and attribute = 'missing'
  order by occurred_at desc limit 1
) m on true
left join lateral (
  select value #>> '{}' as value from belief where subject = s.name and attribute = 'scheduled_on'
  order by occurred_at desc limit 1
) w on true
left join lateral (
  select value #>> '{}' as value from belief where subject = s.name and attribute = 'due_at'
  order by occurred_at desc limit 1
) d on true
left join lateral (
  select value #>> '{}' as value from belief where subject = s.name and attribute = 'scheduled_end'
  order by occurred_at desc limit 1
) e on true
where (cardinality($4::text[]) = 0 or s.site = any($4))
  and ($3 not like 'production-order/%' or s.name = $3)
  and not exists (
    select from belief b where b.subject = s.name and b.attribute = 'status'
      and b.value #>> '{}' in ('Completed', 'Closed', 'Cancelled', 'Aborted')
  )
order by ends_at, due_at, s.name, r.how desc
limit $5
