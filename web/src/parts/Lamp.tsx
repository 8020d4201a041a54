/** The signal tower a line pulls when it needs help. */
export function Lamp({ size = 28 }: { size?: number }) {
  return <img src="/andon.svg" width={size / 2} height={size} alt="" />;
}
