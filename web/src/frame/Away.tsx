import { useSyncExternalStore } from 'react';

import { useLiveness } from '../api/feed';
import { Icon } from '../parts/Icon';
import { Wall } from '../parts/Moment';
import { eachSecond } from '../words/clock';

const PATIENCE = 5000;

/** Across the page once it has heard nothing for a while: nobody should decide by old figures. */
export function Away() {
  const { live, since } = useLiveness();
  const away = useSyncExternalStore(eachSecond, () => !live && Date.now() - since > PATIENCE);
  if (!away) return null;
  return (
    <p className="behind" role="alert">
      <Icon glyph="alert" /> No word from Andon since <Wall at={new Date(since).toISOString()} />.
      What you see is from then. The page keeps trying; if it stays so, check the network, then
      whether <code>andon run</code> is running.
    </p>
  );
}
