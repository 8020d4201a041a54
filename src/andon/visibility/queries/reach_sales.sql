-- $1 names of items, $2 names of lots, $3 sites. Sales orders that have not left: those that would leave from
-- one of the lots, or stand on a delivery of one; and, without a lot, those that miss some of the items.
with reached as (
  select l.subject as name, l.object as lot from link l
  where l.object = any($2::text[]) and l.relation = 'promised-from'
    and exists (
      select from belief b where b.subject = l.subject and b.attribute = 'lots'
        and strpos(', ' || (b.value #>> '{}') || ',',
          ', ' || substr(l.object, strpos(l.object, ':') + 1) || ',') > 0
    )
  union
  select f.object, l.object from link l
  join link f on f.subject = l.subject and f.relation = 'fulfils'
  where l.object = any($2::text[]) and l.relation = 'ships'
    and not exists (
      select from belief b where b.subject = l.subject and b.attribute = 'departed_at'
    )
  union
  select l.subject, null from link l
  join belief b on b.subject = l.subject and b.attribute = 'missing' and b.value <> 'null'
  where l.object = any($1::text[]) and l.relation = 'orders' and l.subject like 'sales-order/%'
)
select distinct on (wanted_by, o.name) o.name as order, c.object as customer,
  t.value::timestamptz as wanted_by, r.lot
from reached r
join subject o on o.name = r.name
left join link c on c.subject = o.name and c.relation = 'customer'
left join lateral (
  select value #>> '{}' as value from belief where subject = o.name and attribute = 'wanted-by'
  order by occurred_at desc limit 1
) t on true
where (cardinality($3::text[]) = 0 or o.site = any($3))
  and exists (
    select from link d where d.object = o.name and d.relation = 'fulfils'
      and not exists (
        select from belief b where b.subject = d.subject and b.attribute = 'departed_at'
      )
    union all
    select where coalesce((
      select value #>> '{}' from belief where subject = o.name and attribute = 'on-delivery'
      order by occurred_at desc limit 1
    ), '') <> 'wholly'
  )
order by wanted_by nulls last, o.name, r.lot nulls last
limit 50
