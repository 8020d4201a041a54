/** A raw item made readable without hiding anything: JSON is indented, bytes stay base64. */
export function readable(
  raw: string,
  encoding: 'utf-8' | 'base64' | null,
): { text: string; note: string } {
  if (encoding === 'base64') {
    return {
      text: raw.replace(/(.{76})/g, '$1\n'),
      note: 'Not readable as text; shown as base64.',
    };
  }
  try {
    return { text: JSON.stringify(JSON.parse(raw), null, 2), note: 'JSON, indented here.' };
  } catch {
    return { text: raw, note: 'Text, unchanged.' };
  }
}
