-- What systems say about holds; the newest word of each holder stands.
with said as (
  select coalesce(a.subject, case when strpos(t.local, '/') > 0 then t.local
                                  else t.kind || '/' || t.source || ':' || t.local end) as lot,
         t.source, t.held, t.reason, t.at, t.ord
  from unnest($1::text[], $2::text[], $3::text[], $4::bool[], $5::text[], $6::timestamptz[])
       with ordinality as t(kind, source, local, held, reason, at, ord)
  left join alias a on (a.system, a.kind, a.local) = (t.source, t.kind, t.local)
),
kept as (
  insert into hold (lot, holder, held, reason, at)
  select distinct on (lot, source) lot, source, held, reason, at from said
  order by lot, source, at desc, ord desc
  on conflict (lot, holder) do update
    set held = excluded.held, reason = excluded.reason, at = excluded.at
    where hold.at <= excluded.at
  returning 1
)
select pg_notify('andon_hold', '') where exists (select from kept)
