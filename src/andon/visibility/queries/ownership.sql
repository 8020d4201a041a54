select attribute, owner, follower, extract(epoch from within)::float8 as within_s, steward
from ownership where subject_kind = $1 order by attribute, follower
