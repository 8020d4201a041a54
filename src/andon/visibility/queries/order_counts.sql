-- $1 sites. Orders by status: its owner's word; where that has not spoken the issuer's, else any.
select status, count(*)::int as orders from (
  select coalesce(
    max(b.value #>> '{}') filter (where o.owner is not null),
    max(b.value #>> '{}') filter (where b.system = s.issuer),
    max(b.value #>> '{}')) as status
  from subject s
  join belief b on b.subject = s.name and b.attribute = 'status'
  left join (select distinct owner from ownership
             where subject_kind = 'production-order' and attribute = 'status') o
    on o.owner = b.system
  where s.kind = 'production-order' and (cardinality($1::text[]) = 0 or s.site = any($1))
  group by s.name) said
group by 1
