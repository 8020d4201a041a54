-- Runs of lanes $1 of whose own subject something they wait for was recorded, up to position $2. What
-- was asked before the lanes were there has looked back.
select distinct w.run from waiting w
where w.lane = any($1::smallint[]) and w.asked_at >= $2 and exists (
  select from log
  where subject = w.subject and position > w.after and position <= $2
    and follow and kind = 'event' and type = any(w.types)
  offset 0  -- as in hear.sql
)
