-- $1 case, $2 its new state, $3 who, $4 now, $5 note, $6 states it may come from. A repeat changes
-- nothing and is no second record. The record stands with the subject of the case, else with its
-- connection; one that has neither is for callers of all sites, and so is its record.
with head as materialized (select reserve(1) as base),
judged as (
  update exception e
  set state = $2,
    detail = detail || jsonb_build_object('history', coalesce(detail->'history', '[]')
      || jsonb_build_array(jsonb_build_object('state', $2::text, 'by', $3::text, 'at', $4::timestamptz,
                                              'note', $5::text))),
    closed_at = case when $2 = 'resolved' then $4 else closed_at end,
    closed_by = case when $2 = 'resolved' then $3 else closed_by end
  from head where e.id = $1 and e.state = any($6::text[])
  returning e.id, e.subject, e.connection, e.position, e.code
),
placed as (
  select j.*, coalesce(j.subject, 'connection/andon:' || c.name, 'exception/andon:' || j.id) as about,
         coalesce(
           s.site,
           -- recorded and not yet projected
           (select site from log where subject = j.subject and kind <> 'note' order by position limit 1),
           c.site, '') as site
  from judged j
  left join subject s on s.name = j.subject
  left join connection_state c on c.name = j.connection
),
logged as (
  insert into log (position, kind, source, id, type, subject, order_key, lane, correlation, causation,
                   occurred_at, recorded_at, site, actor, follow, data)
  select head.base, 'note', 'andon', 'exception:' || p.id || ':' || head.base,
         'andon.exception.' || $2 || '.v1', p.about, p.about, lane_of(p.about), 'exception/' || p.id,
         p.position, $4, $4, p.site, $3, false,
         jsonb_build_object('by', $3::text, 'reason', nullif($5, ''), 'exception', p.id, 'code', p.code)
  from head, placed p returning 1
)
select pg_notify('andon_log', ''), pg_notify('andon_changed', '') from logged
