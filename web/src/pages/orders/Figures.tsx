import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { overview } from '../../api/queries';
import { Icon, type Glyph } from '../../parts/Icon';
import { Age } from '../../parts/Moment';
import { statusLook, type Tone } from '../../words/status';
import { inFlow, notRunning } from '../../words/orders';

/** The plant in a few large figures, legible across the room. */
export function Figures() {
  const { data } = useQuery(overview);
  if (!data) return <div className="figures" aria-hidden="true" />;
  const away = notRunning(data.connections);
  return (
    <section className="figures" aria-label="The plant in figures">
      {inFlow(data.orders).map(([status, n]) => {
        const look = statusLook(status);
        return <Figure key={status} n={n} word={look.word} glyph={look.icon} tone={look.tone} />;
      })}
      {data.lots_held > 0 && (
        <Figure
          n={data.lots_held}
          word={data.lots_held === 1 ? 'lot on hold' : 'lots on hold'}
          glyph="hand"
          tone="bad"
        />
      )}
      <Link to="/exceptions" className="figure-link">
        <Figure
          n={data.exceptions_open}
          word={data.exceptions_open === 1 ? 'open exception' : 'open exceptions'}
          glyph={data.exceptions_open > 0 ? 'alert' : 'check'}
          tone={data.exceptions_open > 0 ? 'bad' : 'good'}
        />
      </Link>
      <Link to="/connections" className="figure-link">
        <Figure
          n={away}
          word={away === 1 ? 'connection away' : 'connections away'}
          glyph={away > 0 ? 'plug' : 'check'}
          tone={away > 0 ? 'wait' : 'good'}
        />
      </Link>
      <p className="figures-source">
        orders by the word of the system that owns their status, else of the one that issued them,{' '}
        <Age at={data.generated_at} />
      </p>
    </section>
  );
}

function Figure({ n, word, glyph, tone }: { n: number; word: string; glyph: Glyph; tone: Tone }) {
  return (
    <div className="figure" data-tone={tone} data-zero={n === 0}>
      <span className="figure-n">{n.toLocaleString('en-GB')}</span>
      <span className="figure-word">
        <Icon glyph={glyph} /> {word}
      </span>
    </div>
  );
}
