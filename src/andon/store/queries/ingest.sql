with head as materialized (select reserve($1) as base),
raw as materialized (
  select r.*, head.base + r.ord - 1 as position,
         coalesce(a.subject, case when strpos(r.local, '/') > 0 then r.local
                                  else r.subject_kind || '/' || r.source || ':' || r.local end) as subject
  from head, unnest($2::text[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::text[],
                    $8::text[], $9::timestamptz[], $10::bool[], $11::jsonb[], $12::jsonb[], $13::text[])
       with ordinality as r(source, id, digest, type, subject_kind, local,
                            correlation, occurred_at, follow, claims, data, site, ord)
  left join alias a on a.system = r.source and a.kind = r.subject_kind and a.local = r.local
),
fresh as (
  insert into seen (source, id, digest, position) select source, id, digest, position from raw
  on conflict do nothing returning position
),
logged as (
  insert into log (position, kind, source, id, type, subject, order_key, lane, correlation,
                   occurred_at, recorded_at, site, actor, follow, system, claims, data)
  select position, 'event', source, id, type, subject, subject, lane_of(subject), correlation,
         occurred_at, $14, site, source, follow, source, claims, data
  from raw join fresh using (position)
  returning 1
),
hint as (select pg_notify('andon_log', '') where exists (select 1 from fresh))
select f.position - head.base, f.position from fresh f, head left join hint on true
