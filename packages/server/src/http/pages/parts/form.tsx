/** A form that posts, with its hidden inputs: the CSRF token and whatever the handler carries along. */
import type { ComponentChildren, VNode } from 'preact';
import { safeUrl } from '../safe-url.js';

export type Hidden = Readonly<Record<string, string>>;

/** Where a form goes and what it carries unseen. */
export interface FormTarget {
  readonly action: string;
  readonly hidden: Hidden;
}

export interface FormProps extends FormTarget {
  readonly id: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function Form({ action, hidden, id, class: className, children }: FormProps): VNode {
  const address = safeUrl(action);
  if (address === undefined) {
    throw new Error(`The form ${id} has an action that is no address of this server`);
  }
  return (
    <form method="post" action={address} id={id} class={className} data-once>
      <HiddenInputs values={hidden} />
      {children}
    </form>
  );
}

export function HiddenInputs({ values }: { values: Hidden }): VNode {
  return (
    <>
      {Object.entries(values).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  );
}

export interface ButtonProps {
  readonly look?: 'primary' | 'plain' | 'danger' | 'small' | 'link';
  readonly id?: string;
  readonly name?: string;
  readonly value?: string;
  readonly label?: string;
  readonly children: ComponentChildren;
}

export function Button({ look = 'primary', id, name, value, label, children }: ButtonProps): VNode {
  return (
    <button type="submit" class={`button ${look}`} id={id} name={name} value={value} aria-label={label}>
      {children}
    </button>
  );
}
