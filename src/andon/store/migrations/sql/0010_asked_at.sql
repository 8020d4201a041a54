-- How far the log was when a wait was asked. Once its lane has passed that place, the wait has looked
-- back: only of later ones something may have been passed at a death. What an older worker writes,
-- and has written, is always looked at again.
alter table waiting add column asked_at bigint not null default 9223372036854775807;
