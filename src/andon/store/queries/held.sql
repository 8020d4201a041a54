-- Lots that are bound: those held, and what was made of them: by an order that consumed them, or at
-- once, where a lot says itself what is in it.
with recursive bound(lot, root) as (
  select lot, lot from hold where held
  union
  select made.lot, b.root
  from bound b join link used on used.object = b.lot and used.relation = 'consumes'
  cross join lateral (
    select object as lot from link where subject = used.subject and relation = 'makes'
    union all
    select subject from link where object = used.subject and relation = 'made-by'
    union all
    select used.subject where used.subject like 'material-lot/%'
  ) made
)
select distinct on (b.lot) b.lot, b.root, h.holder, h.reason
from bound b join hold h on h.lot = b.root and h.held
order by b.lot, b.lot <> b.root, b.root, h.holder
