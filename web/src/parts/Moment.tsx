import { Tooltip } from '@mantine/core';
import { useSyncExternalStore } from 'react';

import { eachSecond, serverNow } from '../words/clock';
import { age, localFull, utc, wallTime } from '../words/time';

/** Rerenders only when the words change, so that a thousand ages cost little. */
function useWords(say: () => string): string {
  return useSyncExternalStore(eachSecond, say);
}

/** How long ago, alive; local and UTC time under the pointer or focus. */
export function Age({ at, ago = true }: { at: string; ago?: boolean }) {
  const words = useWords(() => age(at, serverNow()));
  const text = ago && words !== 'now' && !words.startsWith('in ') ? `${words} ago` : words;
  const said = !ago && words === 'now' ? 'a moment' : text;
  return (
    <Tooltip label={<Both at={at} />} events={{ hover: true, focus: true, touch: true }}>
      <time className="age" dateTime={at}>
        {said}
      </time>
    </Tooltip>
  );
}

/** Local wall time; UTC and age under the pointer or focus. */
export function Wall({ at }: { at: string }) {
  const words = useWords(() => wallTime(at, serverNow()));
  return (
    <Tooltip label={<Both at={at} />} events={{ hover: true, focus: true, touch: true }}>
      <time className="wall" dateTime={at}>
        {words}
      </time>
    </Tooltip>
  );
}

function Both({ at }: { at: string }) {
  const words = useWords(() => age(at, serverNow()));
  return (
    <>
      {localFull(at)}
      <br />
      {utc(at)}
      <br />
      age {words}
    </>
  );
}
