-- $1 sites. Orders by what the owner of their status holds.
select b.value #>> '{}' as status, count(*)::int as orders
from subject s
join (select distinct owner from ownership
      where subject_kind = 'production-order' and attribute = 'status') o on true
join belief b on b.subject = s.name and b.attribute = 'status' and b.system = o.owner
where s.kind = 'production-order' and (cardinality($1::text[]) = 0 or s.site = any($1))
group by 1
