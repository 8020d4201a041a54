import { useIntersection } from '@mantine/hooks';
import { useEffect, useEffectEvent } from 'react';

/** Calls `reach` when the marked end of a list comes near the screen. */
export function useNearEnd(reach: () => void): (element: HTMLElement | null) => void {
  const { ref, entry } = useIntersection({ rootMargin: '400px' });
  const near = entry?.isIntersecting ?? false;
  const onReach = useEffectEvent(reach);
  useEffect(() => {
    if (near) onReach();
  }, [near]);
  return ref;
}
