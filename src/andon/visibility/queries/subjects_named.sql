-- As subjects_recent, for those with a name that begins with $6.
with named as (
  select name from subject where local ^@ $6
  union select subject from alias where local ^@ $6
), page as (
  select s.* from named join subject s using (name)
  where ($1::text is null or kind = $1)
    and ($2::bigint is null or position < $2)
    and (cardinality($3::text[]) = 0 or site = any($3))
  order by position desc fetch first $4 rows with ties
)
