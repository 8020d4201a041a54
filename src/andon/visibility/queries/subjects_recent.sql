-- $1 kind, $2 before this position, $3 sites, $4 how many, $5 now. Subjects of one record stay together.
with page as (
  select * from subject
  where ($1::text is null or kind = $1)
    and ($2::bigint is null or position < $2)
    and (cardinality($3::text[]) = 0 or site = any($3))
  order by position desc fetch first $4 rows with ties
)
