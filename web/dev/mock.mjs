// Serves the HTTP contract of Andon from memory, so that the page can be worked on without a plant.
// `npm run mock` (port 8099), then `npm run dev`; sign in as `night` with `shift`, or open /login#demo.
// With MOCK_STATIC=<folder> it also serves the built page, with the headers the real one sends.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

import { ago, cases, connections, orders, subject } from './plant.mjs';

const port = Number(process.env.MOCK_PORT ?? 8099);
const folder = process.env.MOCK_STATIC;
const queue = cases();
const links = connections();
const feeds = new Set();
let position = 20000;

const problem = (status, title, detail, more = {}) => ({
  status,
  type: 'about:blank',
  body: { type: 'about:blank', title, status, detail, ...more },
});
const ok = (body, status = 200) => ({ status, body });

const say = (event, data) => {
  for (const feed of feeds)
    feed.write(`id: ${position}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
};
setInterval(() => {
  position += 1;
  const row = orders()[position % 7];
  say('changed', { subjects: [row.name], position });
}, 4000).unref();
setInterval(() => feeds.forEach((feed) => feed.write(': beat\n\n')), 15000).unref();

function overview() {
  const count = (state) => links.filter((one) => one.state === state).length;
  return ok({
    orders: { released: 6, running: 14, held: 2, completed: 115 },
    lots_held: 1,
    exceptions_open: queue.filter((one) => one.state === 'open').length,
    connections: {
      running: count('running'),
      paused: count('paused'),
      unreachable: count('unreachable'),
    },
    generated_at: ago(0),
    projection_lag_records: 3,
  });
}

function list(query) {
  const q = query.get('q')?.toLowerCase() ?? '';
  const before = Number(query.get('before') ?? Infinity);
  const limit = Number(query.get('limit') ?? 50);
  const found = orders().filter(
    (row) =>
      row.position < before &&
      (row.local.startsWith(q) || `wo-${row.local}`.startsWith(q) || 'l-2231'.startsWith(q)),
  );
  const items = found.slice(0, limit);
  return ok({ items, next_before: found.length > limit ? items.at(-1).position : null });
}

function find(id) {
  if (id === 'L-22')
    return problem(409, 'Several subjects have this id', 'L-22 is the beginning of two lots.', {
      choices: ['material-lot/mes:L-2231', 'material-lot/mes:L-2232'],
    });
  const local = id.replace(/^production-order\/erp:/, '').replace(/^WO-/, '');
  const row = orders().find((one) => one.local === (local === 'L-2231' ? '1046' : local));
  return row
    ? ok(subject(row, queue))
    : problem(404, 'No such subject', `Nothing in the log carries the id ${id}.`);
}

function act(id, verb, body) {
  const one = queue.find((each) => each.id === id);
  if (!one) return problem(404, 'No such exception', `There is no exception ${id}.`);
  if (verb === 'resolve' && !body.note)
    return problem(422, 'Not valid', 'The note is missing.', {
      errors: [{ at: '/note', says: 'is required' }],
    });
  if (verb === 'acknowledge') one.state = 'acknowledged';
  if (verb === 'answer') one.answer = body.answer;
  if (verb !== 'acknowledge')
    Object.assign(one, { state: 'resolved', closed_at: ago(0), closed_by: 'night' });
  say('exceptions', { position });
  return ok(one);
}

function hold(name, verb) {
  const one = links.find((each) => each.name === name);
  if (!one) return problem(404, 'No such connection', `There is no connection ${name}.`);
  const paused = verb === 'pause';
  Object.assign(one, {
    state: paused ? 'paused' : 'running',
    reason: paused ? 'Paused by night.' : null,
    since: ago(0),
  });
  say('connections', { position });
  return ok(one);
}

function answer(method, path, query, body) {
  const [, kind, id, verb] = path.match(/^\/v1\/(\w+)(?:\/(.+?))?(?:\/(\w+))?$/) ?? [];
  if (path === '/v1/me')
    return ok({ name: 'night', roles: ['operator'], scopes: ['read'], sites: [] });
  if (path === '/v1/overview') return overview();
  if (path === '/v1/subjects') return list(query);
  if (kind === 'subjects') return find(decodeURIComponent(path.slice('/v1/subjects/'.length)));
  if (path === '/v1/exceptions') {
    const wanted = query.get('state') ?? 'open';
    return ok({ items: queue.filter((one) => one.state === wanted), next_before: null });
  }
  if (kind === 'exceptions' && method === 'POST') return act(Number(id), verb, body);
  if (kind === 'exceptions') {
    const one = queue.find((each) => each.id === Number(path.split('/')[3]));
    return one ? ok(one) : problem(404, 'No such exception', 'It may be older than what is kept.');
  }
  if (path === '/v1/connections') return ok({ items: links });
  if (kind === 'connections') return hold(id, verb);
  return problem(404, 'No such address', path);
}

async function staticFile(path) {
  const types = {
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.svg': 'image/svg+xml',
  };
  const file = normalize(path).replace(/^[/.]+/, '');
  const name = extname(file) ? file : 'index.html';
  return { body: await readFile(join(folder, name)), type: types[extname(name)] };
}

async function read(request) {
  let text = '';
  for await (const part of request) text += part;
  return text ? JSON.parse(text) : {};
}

function signIn(body, response) {
  if (body.link !== 'demo' && !(body.name === 'night' && body.password === 'shift')) {
    const used = body.link !== undefined;
    return problem(
      401,
      used ? 'This link is no longer valid' : 'Name or password is wrong',
      used ? 'It was used before, or is older than ten minutes.' : 'Nobody was signed in.',
    );
  }
  response.setHeader('set-cookie', 'andon_session=mock; HttpOnly; SameSite=Strict; Path=/');
  return { status: 204 };
}

createServer(async (request, response) => {
  const url = new URL(request.url, `http://127.0.0.1:${port}`);
  if (!url.pathname.startsWith('/v1/')) {
    if (!folder) return response.writeHead(404).end();
    const file = await staticFile(url.pathname);
    response.writeHead(200, {
      'content-type': file.type,
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    });
    return response.end(file.body);
  }
  const body = await read(request);
  const known = (request.headers.cookie ?? '').includes('andon_session=mock');
  if (url.pathname === '/v1/feed' && known) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': hello\n\n');
    feeds.add(response);
    return request.on('close', () => feeds.delete(response));
  }
  let reply;
  if (url.pathname === '/v1/session' && request.method === 'POST') reply = signIn(body, response);
  else if (url.pathname === '/v1/session') {
    response.setHeader('set-cookie', 'andon_session=; Max-Age=0; Path=/');
    reply = { status: 204 };
  } else if (!known)
    reply = problem(401, 'Not signed in', 'Your session has ended or never began.');
  else reply = answer(request.method, url.pathname, url.searchParams, body);
  response.writeHead(reply.status, {
    'content-type': reply.type ? 'application/problem+json' : 'application/json',
  });
  response.end(reply.body ? JSON.stringify(reply.body) : undefined);
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`));
