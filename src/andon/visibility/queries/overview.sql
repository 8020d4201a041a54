-- $1 sites
select
  (select count(*) from exception e
     left join subject s on s.name = e.subject
     left join connection_state c on c.name = e.connection
   where e.state <> 'resolved'
     and (cardinality($1::text[]) = 0 or coalesce(s.site, c.site) = any($1)))::int as exceptions_open,
  (select count(*) from (
     select from log where position > (select min(at) from position where name like 'project%')
     limit 100000) behind)::int as lag
