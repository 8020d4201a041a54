-- $1 subject, $2 kind, $3 sites.
select l.relation, s.name, s.kind, s.local
from (
  select relation, object as other from link where subject = $1
  union
  select relation, subject from link where object = $1
) l join subject s on s.name = l.other
where s.kind = $2 and (cardinality($3::text[]) = 0 or s.site = any($3))
order by s.position, l.relation
limit 200
