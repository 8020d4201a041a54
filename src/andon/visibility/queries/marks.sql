-- Two texts that differ when open exceptions, or connections, look different.
select
  (select concat_ws('/', count(*), sum(id), max(id), sum(times),
     count(*) filter (where state = 'acknowledged'), count(answer))
   from exception where state <> 'resolved') as exceptions,
  (select md5(coalesce(string_agg(concat_ws('/', name, state, wanted, reason, since, last_error), ','
     order by name), '')) from connection_state) as connections
