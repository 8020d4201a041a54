/** A belief as a person reads it; `moment` values are times and are shown with their age. */
export type Shown =
  { kind: 'nothing' } | { kind: 'text'; text: string } | { kind: 'moment'; at: string };

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

export function shown(value: unknown): Shown {
  if (value === null || value === undefined || value === '') return { kind: 'nothing' };
  if (typeof value === 'string') {
    return TIME.test(value) ? { kind: 'moment', at: value } : { kind: 'text', text: value };
  }
  if (typeof value === 'number') return { kind: 'text', text: String(value) };
  if (typeof value === 'boolean') return { kind: 'text', text: value ? 'yes' : 'no' };
  if (Array.isArray(value)) return { kind: 'text', text: value.map(asText).join(', ') };
  return { kind: 'text', text: quantity(value) ?? JSON.stringify(value) };
}

export function asText(value: unknown): string {
  const said = shown(value);
  switch (said.kind) {
    case 'nothing':
      return 'nothing';
    case 'text':
      return said.text;
    case 'moment':
      return said.at;
  }
}

function quantity(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const { amount, unit } = value as { amount?: unknown; unit?: unknown };
  if (typeof amount !== 'string' && typeof amount !== 'number') return null;
  if (typeof unit !== 'string') return null;
  return `${amount} ${unit}`.trim();
}

/** `quantity_good` and `OrderReleased` as words. */
export function words(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]/g, ' ')
    .toLowerCase();
}

/** What is one of a system's own states, also of one operation. */
export function isStatus(attribute: string): boolean {
  return /(^|\.)(status|state)$/.test(attribute);
}

/** `operation.Mix.good` as "Mix good": the plant's own names keep their letters. */
export function attributeWords(attribute: string): string {
  const [, name, ...rest] = attribute.split('.');
  return rest.length === 0 ? words(attribute) : `${name} ${words(rest.join(' '))}`;
}

/** `andon.production.order.distribute.v1` as "production order distribute". */
export function messageWords(type: string): string {
  return words(type.replace(/^andon\./, '').replace(/\.v\d+$/, '')).replaceAll('.', ' ');
}

/** `production-order/erp:1046` in its three parts; null when it is no subject name. */
export function nameParts(name: string): { kind: string; issuer: string; local: string } | null {
  const match = /^([^/]+)\/([^:]+):(.+)$/.exec(name);
  const [, kind, issuer, local] = match ?? [];
  return kind && issuer && local ? { kind, issuer, local } : null;
}

const INWARD: Readonly<Record<string, string>> = {
  makes: 'made by',
  consumes: 'consumed by',
  moves: 'moved by',
  inspects: 'inspected by',
  'made-by': 'makes',
  'posted-for': 'has posting',
  ships: 'shipped by',
  contains: 'packed in',
  'goes-with': 'goes with',
  fulfils: 'fulfilled by',
  customer: 'customer of',
  supplier: 'supplier of',
  orders: 'ordered by',
  brings: 'brought by',
  maintains: 'maintained by',
  'missing-for': 'waits for',
  'complains-of': 'complained of in',
  'repaired-with': 'used in',
  changes: 'changed by',
};

/** A link's relation as it reads from this subject's side. */
export function relationWords(relation: string, direction: 'in' | 'out'): string {
  if (direction === 'out') return words(relation);
  return INWARD[relation] ?? `has, by “${words(relation)}”,`;
}
