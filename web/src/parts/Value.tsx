import { shown } from '../words/value';
import { Age, Wall } from './Moment';

/** A belief's value in a person's words. */
export function Value({ value }: { value: unknown }) {
  const said = shown(value);
  switch (said.kind) {
    case 'nothing':
      return <span className="nothing">nothing</span>;
    case 'text':
      return <>{said.text}</>;
    case 'moment':
      return (
        <>
          <Wall at={said.at} />{' '}
          <small className="dim">
            (<Age at={said.at} />)
          </small>
        </>
      );
  }
}
