import { type MantineColorScheme, Tooltip, useMantineColorScheme } from '@mantine/core';

import { Icon, type Glyph } from '../parts/Icon';

const turn: Record<MantineColorScheme, { next: MantineColorScheme; glyph: Glyph; says: string }> = {
  auto: { next: 'light', glyph: 'screen', says: 'Colours follow the system' },
  light: { next: 'dark', glyph: 'sun', says: 'Light colours' },
  dark: { next: 'auto', glyph: 'moon', says: 'Dark colours' },
};

export function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { next, glyph, says } = turn[colorScheme];
  return (
    <Tooltip label={says}>
      <button
        className="quiet-button"
        aria-label={`${says}. Change.`}
        onClick={() => {
          setColorScheme(next);
        }}
      >
        <Icon glyph={glyph} size={20} />
      </button>
    </Tooltip>
  );
}
