-- $1 any id, $2 sites, $3 kind, $4 system, $5 local (the parts of `kind/system:local`, else null).
with found as (
  select name from subject where name = $1
  union select subject from alias where system = $4 and kind = $3 and local = $5
  union select name from subject where local = $1
  union select subject from alias where local = $1
)
select s.name, s.kind, s.issuer, s.local, s.site, s.first_at
from found join subject s using (name)
where cardinality($2::text[]) = 0 or s.site = any($2)
order by s.name <> $1, s.name
limit 51
