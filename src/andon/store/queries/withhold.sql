-- $1 keys withheld, $2 why, $3 keys withheld no more, $4 now
with held as (
  update delivery d set last_error = t.why from unnest($1::text[], $2::text[]) as t(key, why)
  where d.key = t.key and d.state = 'offered'
), freed as (
  update delivery set last_error = null where key = any($3::text[])
)
update exception set state = 'resolved', closed_at = $4, closed_by = 'andon'
where cause = any(select 'withheld:' || key from unnest($3::text[]) as t(key)) and state <> 'resolved'
