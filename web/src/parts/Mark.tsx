import type { Look } from '../words/status';
import { Icon } from './Icon';

/** A state as sign and word; the colour only repeats what both say. */
export function Mark({ look, strong = false }: { look: Look; strong?: boolean }) {
  return (
    <span className={strong ? 'mark mark-strong' : 'mark'} data-tone={look.tone}>
      <Icon glyph={look.icon} />
      <span>{look.word}</span>
    </span>
  );
}
