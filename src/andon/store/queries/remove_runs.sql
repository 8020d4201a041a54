with gone as (
  delete from run where id = any($1::text[]) and state not in ('running', 'parked') and ended_at < $2
  returning id
),
journals as (delete from journal j using gone where j.run = gone.id)
select count(*) from gone
