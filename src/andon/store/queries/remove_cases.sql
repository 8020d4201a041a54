with gone as (
  delete from exception where id = any($1::text[]::bigint[]) and state = 'resolved' and closed_at < $2
  returning 1
)
select count(*) from gone
