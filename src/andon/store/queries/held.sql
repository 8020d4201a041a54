-- Lots that are bound: those held, and what was made of them: by an order that consumed them, or at
-- once, where a lot says itself what is in it. One that passes by a concession of the holder is not,
-- nor is what was made of it; where the hold is newer, it is void.
with recursive bound(lot, root, holder, at) as (
  select lot, lot, holder, at from hold where held
  union
  select made.lot, b.root, b.holder, b.at
  from bound b join link used on used.object = b.lot and used.relation = 'consumes'
  cross join lateral (
    select object as lot from link where subject = used.subject and relation = 'makes'
    union all
    select subject from link where object = used.subject and relation = 'made-by'
    union all
    select used.subject where used.subject like 'material-lot/%'
  ) made
  where not exists (
    select from concession c
    where (c.lot, c.root, c.holder) = (made.lot, b.root, b.holder) and c.at >= b.at
  )
)
select distinct on (b.lot) b.lot, b.root, h.holder, h.reason
from bound b join hold h on (h.lot, h.holder) = (b.root, b.holder)
order by b.lot, b.lot <> b.root, b.root, h.holder
