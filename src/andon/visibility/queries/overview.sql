-- $1 sites
select
  (select count(*) from exception e
     left join subject s on s.name = e.subject
     left join connection_state c on c.name = e.connection
   where e.state <> 'resolved'
     and (cardinality($1::text[]) = 0 or coalesce(s.site, c.site) = any($1)))::int as exceptions_open,
  (select count(distinct s.name) from subject s
     join belief b on b.subject = s.name and b.attribute = 'hold' and b.value = 'true'
   where s.kind = 'material-lot'
     and (cardinality($1::text[]) = 0 or s.site = any($1)))::int as lots_held,
  (select count(*) from (
     select from log where position > (select min(at) from position where name like 'project%')
     limit 100000) behind)::int as lag
