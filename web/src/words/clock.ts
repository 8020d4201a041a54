/** The server's clock: a wall screen whose own clock is wrong still shows true ages. */
let skew = 0;

export function serverSays(generatedAt: string): void {
  const said = Date.parse(generatedAt);
  if (!Number.isNaN(said)) skew = said - Date.now();
}

export function serverNow(): number {
  return Date.now() + skew;
}

const watchers = new Set<() => void>();
let beat: ReturnType<typeof setInterval> | undefined;

/** Calls `tell` each second; one timer for the whole page. */
export function eachSecond(tell: () => void): () => void {
  watchers.add(tell);
  beat ??= setInterval(() => {
    watchers.forEach((each) => {
      each();
    });
  }, 1000);
  return () => {
    watchers.delete(tell);
    if (watchers.size === 0) {
      clearInterval(beat);
      beat = undefined;
    }
  };
}
