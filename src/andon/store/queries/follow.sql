select position, kind, source, id, type, subject, lane, correlation, recorded_at, site, data
from log where follow and position > $1 and lane = any($2::smallint[])
order by position limit $3
