-- $1 where the log is held. Our own followers' positions came with the log and stay good, as far as
-- the log goes; what others keep of the old generation is refused from now on.
with renewed as (
  update generation set id = gen_random_uuid(), since = now(), held_by = $1 returning id
),
head as (select coalesce(max(position), 0) as at from log),
followers as (
  update position p set generation = r.id, at = least(p.at, head.at) from renewed r, head
),
sources as (update source_position s set generation = r.id from renewed r)
select id from renewed
