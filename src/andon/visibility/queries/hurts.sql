-- $1 subject, $2 sites: sales orders, not yet wholly on deliveries, that wait for what cannot be made.
-- The orders that miss something are the subject itself, those that miss the item, or those that miss an
-- item which the purchase order brings; an item bears the number that the order says, by any system's name.
with item as (
  select $1 as name where $1 like 'item/%'
  union
  select object from link where subject = $1 and relation = 'orders' and $1 like 'purchase-order/%'
),
made as (
  select s.name, s.issuer from subject s where s.name = $1 and s.kind = 'production-order'
  union
  select s.name, s.issuer from item i
  join link l on l.subject = i.name and l.relation = 'missing-for'
  join subject s on s.name = l.object
),
short as (
  select m.name, m.issuer, (
    select b.value #>> '{}' from belief b where b.subject = m.name and b.attribute = 'material'
    order by b.occurred_at desc limit 1
  ) as material
  from made m
  where exists (
    select from belief b where b.subject = m.name and b.attribute = 'missing' and b.value <> 'null'
  )
),
wanted as (
  select s.name, s.material, 'item/' || s.issuer || ':' || s.material as item from short s
  union
  select s.name, s.material, i.name from short s
  join subject i on i.local = s.material and i.kind = 'item'
)
select distinct on (wanted_by, o.name) w.name as missing_for, w.material as item, o.name as order,
  c.object as customer, (t.value #>> '{}')::timestamptz as wanted_by
from wanted w
join link l on l.object = w.item and l.relation = 'orders'
join subject o on o.name = l.subject and o.kind = 'sales-order'
left join link c on c.subject = o.name and c.relation = 'customer'
left join lateral (
  select value from belief where subject = o.name and attribute = 'wanted-by' and value <> 'null'
  order by occurred_at desc limit 1
) t on true
where (cardinality($2::text[]) = 0 or o.site = any($2))
  and coalesce((
    select value #>> '{}' from belief where subject = o.name and attribute = 'on-delivery'
    order by occurred_at desc limit 1
  ), '') <> 'wholly'
order by wanted_by nulls last, o.name, w.name
limit 50
