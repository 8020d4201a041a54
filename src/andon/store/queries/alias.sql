insert into alias (system, kind, local, subject)
select t.system, t.kind, t.name,
       coalesce(a.subject, case when strpos(t.local, '/') > 0 then t.local else t.kind || '/' || t.source || ':' || t.local end)
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
     as t(kind, source, local, system, name)
left join alias a on (a.system, a.kind, a.local) = (t.source, t.kind, t.local)
on conflict do nothing
