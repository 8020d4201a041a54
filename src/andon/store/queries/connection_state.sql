-- $1 name, $2 state, $3 why, $4 now. What pauses by itself stays paused until a person resumes it.
with written as (
  update connection_state set state = $2, reason = $3, last_error = coalesce($3, last_error), since = $4,
    wanted = case when $2 = 'paused' then 'paused' else wanted end
  where name = $1 returning 1
)
select pg_notify('andon_changed', '') from written
