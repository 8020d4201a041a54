select (select id from generation) as generation, coalesce(least(
  (select max(position) from log),
  (select min(at) from position where name like 'project%')), 0) as position
