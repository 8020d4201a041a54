with touched as (
  select distinct l.subject, c.key as attribute
  from log l, jsonb_each(l.claims) c
  where l.position > $1 and l.position <= $2 and l.claims is not null
),
pair as (
  select t.subject, t.attribute, o.follower, own.since as changed_at, own.position,
         case when own.value = their.value then greatest(their.since, own.since) end as agreed_at
  from touched t
  join ownership o on o.attribute = t.attribute and o.subject_kind = split_part(t.subject, '/', 1)
  join belief own on (own.subject, own.attribute, own.system) = (t.subject, t.attribute, o.owner)
  left join belief their
    on (their.subject, their.attribute, their.system) = (t.subject, t.attribute, o.follower)
)
insert into sync_lag as lag (subject, attribute, follower, changed_at, agreed_at, position)
select subject, attribute, follower, changed_at, agreed_at, position from pair
on conflict (subject, attribute, follower) do update
  set changed_at = excluded.changed_at, agreed_at = excluded.agreed_at, position = excluded.position
  where (lag.changed_at, lag.agreed_at) is distinct from (excluded.changed_at, excluded.agreed_at)
