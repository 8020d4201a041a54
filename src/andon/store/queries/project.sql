with batch as materialized (
  select position, kind, subject, system, claims, occurred_at, recorded_at, site
  from log where position > $1 and position <= $2
),
mentioned as (
  -- what people noted about a subject says nothing of where it belongs
  select subject, site, position, recorded_at, kind = 'note' as named_only from batch
  union all
  select k.object, l.site, l.position, l.recorded_at, true
  from link k join log l on l.position = k.position where k.position > $1 and k.position <= $2
),
named as (
  insert into subject as known (name, kind, issuer, local, site, position, first_at, named_only)
  select distinct on (subject) subject, split_part(subject, '/', 1),
         split_part(substr(subject, strpos(subject, '/') + 1), ':', 1),
         substr(subject, strpos(subject, ':') + 1), site, position, recorded_at, named_only
  from mentioned order by subject, named_only, position
  -- Where it belongs is said by its own records, not by those that name it.
  on conflict (name) do update set site = excluded.site, named_only = false
    where known.named_only and not excluded.named_only
),
said as (
  select distinct on (b.subject, c.key, b.system)
         b.subject, c.key, b.system, c.value, b.occurred_at, b.recorded_at, b.position
  from batch b, jsonb_each(b.claims) c
  where b.claims is not null
  order by b.subject, c.key, b.system, b.occurred_at desc, b.position desc
)
insert into belief as held (subject, attribute, system, value, occurred_at, recorded_at, position, since)
select subject, key, system, value, occurred_at, recorded_at, position, recorded_at from said
on conflict (subject, attribute, system) do update
  set value = excluded.value, occurred_at = excluded.occurred_at,
      recorded_at = excluded.recorded_at, position = excluded.position,
      since = case when held.value = excluded.value then held.since else excluded.recorded_at end
  where (held.occurred_at, held.position) < (excluded.occurred_at, excluded.position)
