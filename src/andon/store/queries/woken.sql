-- Runs that wait for a linked subject of which an event, or to which a link, was recorded
-- after $1 and up to $2.
with said as materialized (
  select distinct subject from log
  where follow and position > $1 and position <= $2 and type = any($4::text[])
),
near as (
  select k.object as subject from said s join link k on k.subject = s.subject
  union
  select k.subject from said s join link k on k.object = s.subject
  union
  select subject from link where position > $1 and position <= $2
  union
  select object from link where position > $1 and position <= $2
)
select distinct w.run from near n join waiting w on w.subject = n.subject
where w.hears <> '{}' and w.lane = any($3::smallint[])
