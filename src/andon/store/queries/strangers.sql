-- Followers whose position cannot be one of this log: of another generation, or past its end.
select name from position
where generation <> log_generation() or at > (select last_value from log_position)
order by name
