-- What systems say of lots that pass a held one of theirs; the newest word of each stands.
with said as (
  select coalesce(a.subject, case when strpos(t.local, '/') > 0 then t.local
                                  else t.kind || '/' || t.source || ':' || t.local end) as lot,
         coalesce(b.subject, case when strpos(t.root, '/') > 0 then t.root
                                  else t.kind || '/' || t.source || ':' || t.root end) as root,
         t.source, t.at
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
       as t(kind, source, local, root, at)
  left join alias a on (a.system, a.kind, a.local) = (t.source, t.kind, t.local)
  left join alias b on (b.system, b.kind, b.local) = (t.source, t.kind, t.root)
),
kept as (
  insert into concession (lot, root, holder, at)
  select lot, root, source, max(at) from said group by lot, root, source
  on conflict (lot, root, holder) do update set at = excluded.at
    where concession.at < excluded.at
  returning 1
)
select pg_notify('andon_hold', '') where exists (select from kept)
