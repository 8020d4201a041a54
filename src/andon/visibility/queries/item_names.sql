-- $1 id of an item, as any system says it, or its full name. Items of which nothing was said but that
-- lots are of it have no row of their own: they may bear the name of any connection.
select $1::text as name where $1 like 'item/%'
union select name from subject where local = $1 and kind = 'item'
union select subject from alias where local = $1 and kind = 'item'
union select 'item/' || name || ':' || $1 from connection_state
