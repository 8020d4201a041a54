-- $1 any id, $2 sites, $3 kind, $4 party. Of the party's own subjects the ones that an id means.
with found as (
  select name from subject where name = $1
  union select name from subject where local = $1 and kind = $3
  union select subject from alias where local = $1 and kind = $3
)
select s.name, s.kind, s.issuer, s.local, s.site, s.first_at
from found join subject s using (name)
where s.kind = $3 and (cardinality($2::text[]) = 0 or s.site = any($2))
  and exists (select from link where subject = s.name and object = $4)
order by s.name <> $1, s.name
limit 51
