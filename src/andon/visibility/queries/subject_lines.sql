select p.name, p.kind, p.issuer, p.local, p.site, p.first_at, p.position,
  (select coalesce(json_agg(json_build_object(
      'system', b.system, 'value', b.value, 'since', b.since,
      'owner', exists (select from ownership o where o.subject_kind = p.kind
                         and o.attribute = 'status' and o.owner = b.system)
    ) order by b.system), '[]')::text
   from belief b where b.subject = p.name and b.attribute = 'status') as states,
  exists (
    select from sync_lag g join ownership o
      on o.subject_kind = p.kind and o.attribute = g.attribute and o.follower = g.follower
    where g.subject = p.name and g.agreed_at is null and g.changed_at + o.within < $5
  ) as differs,
  (select count(*) from exception e where e.subject = p.name and e.state <> 'resolved')::int
    as exceptions_open
from page p order by p.position desc, p.name
