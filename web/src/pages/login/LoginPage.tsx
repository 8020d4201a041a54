import './login.css';

import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { type SyntheticEvent, useEffect, useState } from 'react';

import { done, POST } from '../../api/client';
import { asProblem, type Problem } from '../../api/problem';
import { Icon } from '../../parts/Icon';
import { Lamp } from '../../parts/Lamp';

type Credentials = { link: string } | { name: string; password: string };

/** The token is read once, before anything is drawn, and leaves the address at once. */
let linkToken = takeToken();

function takeToken(): string | null {
  if (location.pathname !== '/login' || location.hash.length < 2) return null;
  const token = decodeURIComponent(location.hash.slice(1));
  history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}

export function LoginPage() {
  const { then } = useSearch({ from: '/login' });
  const router = useRouter();
  const queries = useQueryClient();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(linkToken !== null);

  async function signIn(credentials: Credentials) {
    setBusy(true);
    setProblem(null);
    try {
      await done(POST('/v1/session', { body: credentials }));
      queries.clear();
      await router.navigate({ href: then ?? '/orders', replace: true });
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  }

  useEffect(() => {
    const link = linkToken;
    linkToken = null;
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the link is used up once, on arrival
    if (link !== null) void signIn({ link });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- on arrival only
  }, []);

  return (
    <main className="login">
      <div className="login-card">
        <Lamp size={56} />
        <h1>Andon</h1>
        <p className="dim">Where every order is, and what it waits for.</p>
        {problem && <Refused problem={problem} />}
        {busy && !problem ? <p role="status">Signing in …</p> : null}
        <Form busy={busy} onSubmit={(credentials) => void signIn(credentials)} />
      </div>
    </main>
  );
}

function Form({ busy, onSubmit }: { busy: boolean; onSubmit: (c: Credentials) => void }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    onSubmit({ name, password });
  }

  return (
    <form onSubmit={submit}>
      <TextInput
        label="Name"
        size="md"
        autoComplete="username"
        autoFocus
        required
        withAsterisk={false}
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <PasswordInput
        label="Password"
        size="md"
        mt="md"
        autoComplete="current-password"
        required
        withAsterisk={false}
        value={password}
        onChange={(event) => {
          setPassword(event.currentTarget.value);
        }}
      />
      <Button type="submit" size="md" fullWidth mt="xl" loading={busy}>
        Sign in
      </Button>
    </form>
  );
}

function Refused({ problem }: { problem: Problem }) {
  return (
    <div className="login-refused" role="alert">
      <Icon glyph="alert" size={22} />
      <div>
        <strong>{problem.status === 401 ? 'Not signed in' : problem.message}.</strong>{' '}
        {problem.detail} {nextTry(problem)}
      </div>
    </div>
  );
}

function nextTry(problem: Problem): string {
  switch (problem.status) {
    case 0:
      return 'Check the network and whether Andon is running.';
    case 429:
      return 'Wait a minute, then try again.';
    case 401:
      return ''; // the answer says what to do: a link and a password fail differently
    default:
      return 'Sign in with your name and password, or ask an administrator for a new link.';
  }
}
