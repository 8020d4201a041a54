insert into link (subject, relation, object, position, since)
select coalesce(a.subject, case when strpos(t.local, '/') > 0 then t.local else t.kind || '/' || t.source || ':' || t.local end),
       t.relation,
       coalesce(b.subject, case when strpos(t.object, '/') > 0 then t.object else t.object_kind || '/' || t.source || ':' || t.object end),
       t.position, t.said_at
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
            $7::bigint[], $8::timestamptz[])
     as t(kind, source, local, relation, object_kind, object, position, said_at)
left join alias a on (a.system, a.kind, a.local) = (t.source, t.kind, t.local)
left join alias b on (b.system, b.kind, b.local) = (t.source, t.object_kind, t.object)
on conflict do nothing
