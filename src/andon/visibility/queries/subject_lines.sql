select p.name, p.kind, p.issuer, p.local, p.site, p.first_at, p.position,
  (select coalesce(json_object_agg(attribute, value), '{}')::text from (
     select distinct on (b.attribute) b.attribute, b.value #>> '{}' as value
     from belief b
     left join ownership o on o.subject_kind = p.kind and o.attribute = b.attribute
       and o.owner = b.system
     where b.subject = p.name and b.attribute in ('material', 'planned', 'due_at')
     -- the owner's word; where nobody owns it, the issuer's
     order by b.attribute, o.owner is null, b.system <> p.issuer, b.system
   ) header) as header,
  array(select h.subject from (
     select p.name as lot
     union select l.object from link l where l.subject = p.name and l.object like 'material-lot/%'
   ) lots join belief h on h.subject = lots.lot and h.attribute = 'hold' and h.value = 'true'
   group by h.subject order by h.subject) as held,
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
