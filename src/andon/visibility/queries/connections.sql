-- $1 sites, $2 one name or null, $3 now
select c.name, c.site, c.kind, c.faces, c.state, c.wanted, c.reason, c.since, c.last_ok_at,
  c.last_error, p.at as source_position,
  coalesce(d.pending, 0)::int as pending, coalesce(d.unknown, 0)::int as unknown,
  coalesce(d.parked, 0)::int as parked, coalesce(d.offered, 0)::int as offered,
  coalesce(d.withheld, 0)::int as withheld,
  case when d.oldest is not null then greatest(0, extract(epoch from $3 - d.oldest))::float8 end
    as oldest_s
from connection_state c
left join source_position p on p.connection = c.name
left join (
  select connection, min(since) as oldest,
    count(*) filter (where state in ('pending', 'sending', 'waiting', 'awaiting')) as pending,
    count(*) filter (where state = 'unknown') as unknown,
    count(*) filter (where state = 'parked') as parked,
    count(*) filter (where state = 'acknowledged' or state = 'offered' and last_error is null)
      as offered,
    count(*) filter (where state = 'offered' and last_error is not null) as withheld
  from delivery group by connection
) d on d.connection = c.name
where (cardinality($1::text[]) = 0 or c.site = any($1)) and ($2::text is null or c.name = $2)
order by c.name
