import { CopyButton } from '@mantine/core';

import type { CaseWithRaw } from '../../api/types';
import { readable } from '../../words/raw';

/** The item as it came, before any mapping touched it. */
export function RawItem({ one }: { one: CaseWithRaw }) {
  if (one.raw === null) return null;
  const { text, note } = readable(one.raw, one.raw_encoding);
  return (
    <section className="raw" aria-label="Raw item">
      <div className="section-head">
        <h3>As it came</h3>
        <CopyButton value={one.raw}>
          {({ copied, copy }) => (
            <button className="quiet-button" onClick={copy}>
              {copied ? 'copied' : 'copy'}
            </button>
          )}
        </CopyButton>
      </div>
      <p className="dim">{note}</p>
      <pre tabIndex={0}>{text}</pre>
    </section>
  );
}
