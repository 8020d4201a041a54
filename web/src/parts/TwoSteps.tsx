import { Button, type ButtonVariant } from '@mantine/core';
import { useState } from 'react';

/** A button that asks once more in its own place, for what cannot be taken back. */
export function TwoSteps(props: {
  label: string;
  question: string;
  yes: string;
  busy: boolean;
  variant?: ButtonVariant;
  onYes: () => void;
}) {
  const { label, question, yes, busy, variant = 'default', onYes } = props;
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <Button
        variant={variant}
        loading={busy}
        onClick={() => {
          setAsking(true);
        }}
      >
        {label}
      </Button>
    );
  }
  return (
    <span className="two-steps" role="group" aria-label={question}>
      <span>{question}</span>
      <Button
        autoFocus
        onClick={() => {
          setAsking(false);
          onYes();
        }}
      >
        {yes}
      </Button>
      <Button
        variant="default"
        onClick={() => {
          setAsking(false);
        }}
      >
        Not yet
      </Button>
    </span>
  );
}
