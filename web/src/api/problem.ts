/** What an answer other than the wished one says (RFC 9457), and what somebody can do about it. */
export class Problem extends Error {
  readonly status: number;
  readonly detail: string;
  readonly errors: readonly { at: string; says: string }[];
  readonly choices: readonly string[];
  readonly acts: string | null;

  constructor(status: number, body: unknown) {
    const said = isRecord(body) ? body : {};
    super(status === 404 ? 'Nothing is known by this name' : (text(said.title) ?? wordOf(status)));
    this.name = 'Problem';
    this.status = status;
    this.detail = text(said.detail) ?? '';
    this.errors = Array.isArray(said.errors) ? said.errors.filter(isFault) : [];
    this.choices = Array.isArray(said.choices)
      ? said.choices.map(choice).filter((one) => one !== null)
      : [];
    this.acts = text(said.acts);
  }
}

/** Nothing answered: no network, or Andon is not running. Status 0, as a browser has it. */
export function noAnswer(): Problem {
  return new Problem(0, {
    title: 'Andon does not answer',
    detail: 'The page cannot reach its server.',
  });
}

/** The third part of a message: what to do next. */
export function nextStep(problem: Problem): string {
  switch (problem.status) {
    case 0:
      return 'The page keeps trying. If it stays away, check the network, then whether `andon run` is running.';
    case 400:
    case 422:
      return 'Correct what is named and send it again. Nothing was changed.';
    case 401:
      return 'Sign in again.';
    case 403:
      return 'Ask an administrator for the scope or site you need. Nothing was changed.';
    case 404:
      return 'Any id works: order number, MES code or lot.';
    case 409:
      return problem.choices.length > 0
        ? 'Choose the one you mean.'
        : 'Somebody was quicker. Reload, look at the present state, then decide again.';
    case 429:
      return 'Wait a moment; the page tries again.';
    default:
      return problem.status >= 500
        ? 'Try again. If it comes back, give the time and this text to whoever looks after Andon.'
        : 'Try again, or tell whoever looks after Andon.';
  }
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : noAnswer();
}

function wordOf(status: number): string {
  return status >= 500 ? `Andon failed to answer (${status})` : `Andon refused (${status})`;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function choice(value: unknown): string | null {
  return text(value) ?? (isRecord(value) ? text(value.name) : null);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isFault(value: unknown): value is { at: string; says: string } {
  return isRecord(value) && typeof value.at === 'string' && typeof value.says === 'string';
}
