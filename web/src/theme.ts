import { createTheme, Tooltip } from '@mantine/core';

/** Quiet slate and one blue; red, amber and green belong to the states of the plant. */
export const theme = createTheme({
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace',
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 'md',
  colors: {
    // Mantine draws its own dark surfaces from these; they match the board's slate.
    dark: [
      '#e6ecf1',
      '#c3ced7',
      '#9cabb8',
      '#6f7f8d',
      '#33404c',
      '#25303a',
      '#1d2731',
      '#18212a',
      '#0f151b',
      '#0a0f14',
    ],
    ink: [
      '#eef4fb',
      '#dbe6f3',
      '#b5cce6',
      '#8cb1da',
      '#6a9ad0',
      '#4a83c0',
      '#326dab',
      '#225a94',
      '#1a4877',
      '#12345a',
    ],
  },
  components: {
    Tooltip: Tooltip.extend({ defaultProps: { withArrow: true, openDelay: 250 } }),
  },
});
