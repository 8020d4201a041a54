-- $1 sites
select state, count(*)::int as connections from connection_state
where cardinality($1::text[]) = 0 or site = any($1) group by state
