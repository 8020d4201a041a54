import { Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { useLiveness } from '../api/feed';
import { overview } from '../api/queries';
import { Icon } from '../parts/Icon';
import { Age, Wall } from '../parts/Moment';

/** Live only while the feed is open and the server answers; otherwise since when it is not. */
export function LiveMark() {
  const { live, since } = useLiveness();
  const { isError, dataUpdatedAt, data } = useQuery(overview);

  if (live && !isError) {
    return (
      <Tooltip
        label={`Changes appear by themselves. ${data?.projection_lag_records ?? 0} records are still being read in.`}
      >
        <span className="live" data-live="yes" role="status" tabIndex={0}>
          <span className="pulse" aria-hidden="true" />
          live
        </span>
      </Tooltip>
    );
  }
  const at = new Date(isError && dataUpdatedAt > 0 ? Math.min(dataUpdatedAt, since) : since);
  return (
    <span className="live" data-live="no" role="status">
      <Icon glyph="alert" />
      <span>
        reconnecting since <Wall at={at.toISOString()} />
        <span className="wide-only">
          {' '}
          (<Age at={at.toISOString()} ago={false} />)
        </span>
      </span>
    </span>
  );
}
