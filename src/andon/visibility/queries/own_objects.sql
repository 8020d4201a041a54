-- $1 kind, $2 before this position, $3 sites, $4 how many, $5 party.
select s.name, s.kind, s.issuer, s.local, s.site, s.first_at, s.position
from (select distinct subject from link where object = $5) own
join subject s on s.name = own.subject
where s.kind = $1 and ($2::bigint is null or s.position < $2)
  and (cardinality($3::text[]) = 0 or s.site = any($3))
order by s.position desc limit $4
