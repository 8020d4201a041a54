-- $1 subject, $2 sites; what is known to be at another site is not shown.
select l.relation, l.other as object, l.direction, l.since,
  exists (select from belief h where h.subject = l.other and h.attribute = 'hold'
    and h.value = 'true') as held
from (
  select relation, object as other, 'out' as direction, since from link where subject = $1
  union all
  select relation, subject, 'in', since from link where object = $1
) l left join subject s on s.name = l.other
where cardinality($2::text[]) = 0 or s.site = any($2)
order by l.since, l.relation, l.other
limit 1000
