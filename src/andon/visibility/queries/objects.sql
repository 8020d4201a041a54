-- $1 kind, $2 before this position, $3 sites, $4 how many.
select name, kind, issuer, local, site, first_at, position
from subject
where kind = $1 and ($2::bigint is null or position < $2)
  and (cardinality($3::text[]) = 0 or site = any($3))
order by position desc limit $4
