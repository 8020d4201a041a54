-- What open work needs, as it stands when a sweep begins. Whatever begins later needs nothing older
-- than the record that begins it, and that is above the floor.
create temp table needed as
  select correlation from run where state in ('running', 'parked')
  union
  select l.correlation from delivery d join log l using (position)
