// A small invented plant for working on the page: one ERP, one MES, a warehouse that is away.

export const now = () => Date.now();
export const ago = (seconds) => new Date(now() - seconds * 1000).toISOString();
const pcs = (amount) => ({ amount: String(amount), unit: 'pcs' });

/** Status per system for the eight situations that repeat through the order list. */
const situations = [
  { erp: ['released', 40], mes: null },
  { erp: ['released', 840], mes: ['released', 838] },
  { erp: ['running', 1270], mes: ['running', 1272] },
  { erp: ['running', 2400], mes: ['completed', 1560], differs: true, exceptions: 1 },
  { erp: ['completed', 3020], mes: ['completed', 3024] },
  { erp: ['running', 5210], mes: ['held', 310], differs: true, exceptions: 2 },
  { erp: ['completed', 8020], mes: ['completed', 8023] },
  { erp: ['completed', 9020], mes: ['completed', 9026], wms: ['received', 8900] },
];

export function orders() {
  return Array.from({ length: 137 }, (_, n) => {
    const s = situations[n < 8 ? n : 4 + ((n * 7) % 4 === 1 ? 0 : (n * 7) % 4)];
    const local = String(1049 - n);
    const age = n * 1900;
    const state = (system) =>
      s[system]
        ? [{ system, value: s[system][0], since: ago(s[system][1] + age), owner: system === 'mes' }]
        : [];
    return {
      name: `production-order/erp:${local}`,
      kind: 'production-order',
      issuer: 'erp',
      local,
      site: n % 9 === 8 ? 'harbour' : 'riverside',
      first_at: ago(4000 + age * 1.2),
      position: 20000 - n * 17,
      states: [...state('erp'), ...state('mes'), ...state('wms')],
      differs: n < 8 ? Boolean(s.differs) : false,
      exceptions_open: n < 8 ? (s.exceptions ?? 0) : 0,
    };
  });
}

const record = (position, kind, source, target, type, title, s, hop, causation, data, claims = {}) => ({
  position,
  kind,
  type,
  source,
  target,
  occurred_at: ago(s + (kind === 'event' ? 0.8 : 0)),
  recorded_at: ago(s),
  hop_ms: hop,
  title,
  causation,
  claims,
  actor: kind === 'command' ? 'workflow complete-order' : source,
  data,
});

function timeline() {
  return [
    record(19011, 'event', 'erp', null, 'OrderReleased', 'Order released: 480 pcs of PUMP-40, due 06:00', 9800, null, null, { order_id: 'erp:1046', material_id: 'PUMP-40', planned: pcs(480) }, { status: 'released', quantity_planned: pcs(480) }),
    record(19012, 'command', 'andon', 'mes', 'DistributeOrder', 'Distribute order to the shop floor', 9799.9, 84, 19011, { order_id: 'erp:1046', line: 'LINE-2' }),
    record(19018, 'receipt', 'mes', null, 'DistributeOrder', 'Order taken as WO-1046', 9796.3, 3612, 19012, { reference: 'WO-1046' }, { status: 'released' }),
    record(19160, 'event', 'mes', null, 'OrderStarted', 'Order started on LINE-2', 6100, null, null, { equipment: 'MIX01' }, { status: 'running' }),
    record(19161, 'command', 'andon', 'erp', 'StartOrder', 'Start order', 6099.95, 46, 19160, { order_id: 'erp:1046' }),
    record(19163, 'receipt', 'erp', null, 'StartOrder', 'Order 1046 is running', 6099.6, 371, 19161, { reference: '1046' }, { status: 'running' }),
    record(19204, 'event', 'mes', null, 'OperationConfirmed', 'Operation 10 Mix: 485 good, 3 scrap', 2300, null, null, { seq: 10, operation: 'Mix', equipment: 'MIX01', good: pcs(485), scrap: pcs(3), wip: pcs(-5), message_key: 'WO-1046:op10' }, { quantity_good: pcs(485) }),
    record(19205, 'command', 'andon', 'erp', 'ConfirmOperation', 'Post work cycle for operation 10', 2299.96, 38, 19204, { operation: 'Mix', seconds: 45.1 }),
    record(19207, 'receipt', 'erp', null, 'ConfirmOperation', 'Work cycle 311 done', 2299.5, 462, 19205, { reference: 'cycle 311' }),
    record(19240, 'event', 'mes', null, 'OperationConfirmed', 'Operation 20 Pack: 485 good', 1570, null, null, { seq: 20, operation: 'Pack', good: pcs(485), message_key: 'WO-1046:op20' }),
    record(19244, 'event', 'mes', null, 'OrderCompleted', 'Order completed: 485 good into lot L-2231', 1560, null, null, { good: pcs(485), over: pcs(5), lot: 'L-2231' }, { status: 'completed', quantity_good: pcs(485), lot: 'L-2231' }),
    record(19245, 'command', 'andon', 'erp', 'PostConsumption', 'Post consumption with lots', 1559.9, 61, 19244, { moves: 3 }),
    record(19247, 'receipt', 'erp', null, 'PostConsumption', 'Consumption posted on 3 moves', 1559.2, 718, 19245, { reference: 'moves 8812-8814' }),
    record(19248, 'command', 'andon', 'erp', 'CompleteOrder', 'Complete order with 485 pcs', 1559.1, 40, 19247, { good: pcs(485), lot: 'L-2231' }),
    record(19252, 'refusal', 'erp', null, 'CompleteOrder', 'Refused: quantity 485 is above 480 planned', 1482, 77100, 19248, { code: 'UserError', says: 'The quantity of "1046" exceeds the planned quantity by more than 1 %.' }),
    record(19260, 'note', 'andon', null, 'QuestionAsked', 'Asked production: accept 5 pcs above plan?', 1481.9, 104, 19252, { choices: ['accept 485', 'book 480, keep 5 as WIP'] }),
  ];
}

const cell = (system, value, s, position, stands, follower_within_s = null) => ({
  system,
  value,
  occurred_at: ago(s + 0.8),
  recorded_at: ago(s),
  position,
  stands,
  follower_within_s,
});

export function subject(row, cases) {
  return {
    name: row.name,
    kind: row.kind,
    issuer: row.issuer,
    local: row.local,
    site: row.site,
    first_at: ago(9800),
    aliases: [
      { system: 'erp', local: row.local },
      { system: 'mes', local: `WO-${row.local}` },
    ],
    links: [
      { relation: 'makes', object: 'material-lot/mes:L-2231', direction: 'out', since: ago(1560) },
      { relation: 'consumes', object: 'material-lot/erp:RAW-881', direction: 'out', since: ago(2300) },
      { relation: 'consumes', object: 'material-lot/erp:RAW-902', direction: 'out', since: ago(2300) },
      { relation: 'asked for by', object: 'sales-order/erp:SO-77', direction: 'in', since: ago(9800) },
    ],
    matrix: [
      { attribute: 'status', owner: 'mes', steward: 'production', cells: [cell('erp', 'running', 6099.6, 19163, 'differs', 60), cell('mes', 'completed', 1560, 19244, 'owner')] },
      { attribute: 'quantity_planned', owner: 'erp', steward: 'planning', cells: [cell('erp', pcs(480), 9800, 19011, 'owner'), cell('mes', pcs(480), 9796.3, 19018, 'agrees', 60)] },
      { attribute: 'quantity_good', owner: 'mes', steward: 'production', cells: [cell('erp', pcs(480), 2299.5, 19207, 'differs', 60), cell('mes', pcs(485), 1560, 19244, 'owner')] },
      { attribute: 'lot', owner: 'mes', steward: 'quality', cells: [cell('erp', null, 2299.5, 19207, 'settling', 3600), cell('mes', 'L-2231', 1560, 19244, 'owner')] },
      { attribute: 'due_at', owner: 'erp', steward: 'planning', cells: [cell('erp', ago(-9000), 9800, 19011, 'owner'), cell('mes', ago(-9000), 9796.3, 19018, 'agrees', 60)] },
      { attribute: 'line', owner: null, steward: null, cells: [cell('mes', 'LINE-2', 6100, 19160, 'unowned')] },
    ],
    timeline: timeline(),
    deliveries: [
      { key: 'run-88:4', position: 19248, connection: 'erp', type: 'CompleteOrder', state: 'refused', attempts: 1, since: ago(1482), due_at: null, last_error: 'The quantity of "1046" exceeds the planned quantity by more than 1 %.', reference: null },
      { key: 'run-88:5', position: 19249, connection: 'erp', type: 'RecordInspection', state: 'unknown', attempts: 1, since: ago(120), due_at: ago(-12), last_error: 'No answer within 30 s after the request left. Looking whether it took effect.', reference: null },
      { key: 'run-88:3', position: 19245, connection: 'erp', type: 'PostConsumption', state: 'delivered', attempts: 1, since: ago(1559.2), due_at: null, last_error: null, reference: 'moves 8812-8814' },
      { key: 'run-88:2', position: 19205, connection: 'erp', type: 'ConfirmOperation', state: 'delivered', attempts: 2, since: ago(2299.5), due_at: null, last_error: null, reference: 'cycle 311' },
      { key: 'run-88:1', position: 19012, connection: 'mes', type: 'DistributeOrder', state: 'delivered', attempts: 1, since: ago(9796.3), due_at: null, last_error: null, reference: 'WO-1046' },
    ],
    sync: [
      { attribute: 'status', follower: 'erp', changed_at: ago(1560), agreed_at: null, lag_ms: null, within_s: 60 },
      { attribute: 'quantity_good', follower: 'erp', changed_at: ago(1560), agreed_at: null, lag_ms: null, within_s: 60 },
      { attribute: 'quantity_planned', follower: 'mes', changed_at: ago(9800), agreed_at: ago(9796.3), lag_ms: 3696, within_s: 60 },
    ],
    exceptions: cases.filter((one) => one.subject === row.name && one.state !== 'resolved'),
    generated_at: ago(0),
    position: 20000,
  };
}

const kase = (id, cls, code, team, connection, subject, text, s, more = {}) => ({
  id,
  class: cls,
  code,
  team,
  connection,
  subject,
  text,
  detail: {},
  choices: [],
  answer: null,
  state: 'open',
  opened_at: ago(s),
  closed_at: null,
  closed_by: null,
  times: 1,
  position: 19000 + id,
  has_raw: false,
  raw: null,
  ...more,
});

export function cases() {
  const raw =
    '{"kind":"order_completion","message_key":"WO-1044:completion","order":"WO-1044","erp_reference":"1044","material":"PUMP-25","ordered_qty":120.0,"good_qty":0.0,"scrap_qty":0.0,"over_qty":0.0,"lot":null,"completed_at":"2026-11-23T04:49:36.836591"}';
  return [
    kase(31, 'refused', 'question', 'production', 'erp', 'production-order/erp:1046', 'Order 1046 cannot be completed in erp: it made 485 pcs, planned were 480.\nerp says: the quantity exceeds the planned quantity by more than 1 %.\nDecide whether the 5 pcs above plan are booked. Until then the order stays running in erp.', 1481, { choices: ['accept 485', 'book 480, keep 5 as WIP'], detail: { planned: pcs(480), made: pcs(485) } }),
    kase(29, 'attention', 'credentials', 'integration', 'lims', null, 'lims does not accept our key.\nIt answered 401 Unauthorized at 02:14; nothing is read from it since. 3 results are waiting.\nPut a valid key into the secret lims.key, then resume the connection.', 3700),
    kase(27, 'unknown', 'outcome-unknown', 'integration', 'erp', 'production-order/erp:1046', 'It is not known whether the inspection of order 1046 reached erp.\nThe request left; no answer came within 30 s. Andon looks for it again by its key.\nNothing to do yet. If it is not found twice, it will be sent again.', 118),
    kase(26, 'refused', 'unreadable', 'production', 'mes', 'production-order/erp:1044', 'The completion of WO-1044 cannot be read as made goods.\nIts good quantity is 0 while operation 10 confirmed 120 pcs; the raw item is kept.\nAsk the shop floor which count is right, then correct it there or resolve this with a note.', 4210, { has_raw: true, raw, times: 3, detail: { message_key: 'WO-1044:completion' } }),
    kase(22, 'defect', 'replay', 'integration', null, 'production-order/erp:1044', 'The run of complete-order for 1044 stopped.\nIts journal asks for PostConsumption as step 3, the code now asks for CompleteOrder.\nA developer restores the step or moves the run to the new version; the run is kept.', 26000, { state: 'acknowledged' }),
    kase(18, 'refused', 'discrepancy', 'quality', 'erp', 'production-order/erp:1039', 'erp and mes differ about the lot of order 1039.\nmes says L-2198, erp says L-2189 since yesterday 21:40.\nCorrect the lot in erp; Andon closes this when they agree.', 41000, { state: 'resolved', closed_at: ago(30000), closed_by: 'k.brandt', answer: null }),
  ];
}

export function connections() {
  const none = { pending: 0, unknown: 0, parked: 0, offered: 0, oldest_s: null };
  return [
    { name: 'erp', site: 'riverside', kind: 'tryton', faces: ['source', 'sink'], state: 'running', reason: null, since: ago(86000), last_ok_at: ago(2), last_error: null, backlog: { ...none, pending: 2, unknown: 1, oldest_s: 118 }, source_position: '2026-11-23T03:12:40Z' },
    { name: 'mes', site: 'riverside', kind: 'fsmes', faces: ['inbox', 'outbox'], state: 'running', reason: null, since: ago(86000), last_ok_at: ago(1), last_error: null, backlog: { ...none, offered: 1, oldest_s: 40 }, source_position: null },
    { name: 'wms', site: 'harbour', kind: 'tryton', faces: ['source', 'sink'], state: 'unreachable', reason: 'wms does not answer at 10.1.4.7:8000. Trying again in 30 s.', since: ago(1940), last_ok_at: ago(1951), last_error: 'ConnectionRefused: 10.1.4.7:8000', backlog: { ...none, pending: 41, parked: 1, oldest_s: 1930 }, source_position: '2026-11-23T02:40:11Z' },
    { name: 'lims', site: 'riverside', kind: 'rest', faces: ['source'], state: 'paused', reason: 'It does not accept our key (401). Paused until somebody resumes it.', since: ago(3700), last_ok_at: ago(3705), last_error: '401 Unauthorized', backlog: { ...none, pending: 3, oldest_s: 3690 }, source_position: '8841' },
  ];
}
