-- $1 subject. The numbers of the items it is about: itself, what a lot is of, what a purchase or sales
-- order has on it, what goes with a delivery; of a production order what it misses, else what it makes.
with about as (
  select $1 as name where $1 like 'item/%'
  union select object from link where subject = $1 and relation in ('of', 'orders')
  union select i.object from link s join link i on i.subject = s.object and i.relation = 'of'
  where s.subject = $1 and s.relation = 'ships'
),
missed as (
  select l.subject as name from link l
  where l.object = $1 and l.relation = 'missing-for' and exists (
    select from belief b where b.subject = $1 and b.attribute = 'missing' and b.value <> 'null'
      and strpos(', ' || (b.value #>> '{}'), ', ' || substr(l.subject, strpos(l.subject, ':') + 1) || ' ') > 0
  )
),
made as (
  select b.value #>> '{}' as local from belief b
  where b.subject = $1 and b.attribute = 'material' and $1 like 'production-order/%'
    and b.value <> 'null' and not exists (select from missed)
  order by b.occurred_at desc limit 1
)
select substr(name, strpos(name, ':') + 1) as local from (table about union table missed) i
union select local from made
order by local
