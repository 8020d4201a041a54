import createClient from 'openapi-fetch';

import { noAnswer, Problem } from './problem';
import type { paths } from './schema';

const client = createClient<paths>({ baseUrl: '', credentials: 'same-origin' });

/** The typed calls of the contract; what is not the wished answer is thrown as a Problem. */
export const { GET, POST, DELETE } = client;

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of an answer, or a Problem. */
export async function body<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, response } = await settled(call);
  if (data === undefined) throw new Problem(response.status, { title: 'The answer was empty' });
  return data;
}

/** For calls that answer nothing on success. */
export async function done(call: Promise<Answer<unknown>>): Promise<void> {
  await settled(call);
}

async function settled<T>(call: Promise<Answer<T>>): Promise<Answer<T>> {
  const answer = await call.catch((error: unknown) => {
    throw error instanceof Problem ? error : noAnswer();
  });
  if (!answer.response.ok) throw new Problem(answer.response.status, answer.error);
  return answer;
}
