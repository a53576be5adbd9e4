/** Rotate or revoke one key: behind a fold, because neither can be undone. */
import type { VNode } from 'preact';
import { Button, Form } from '../../parts/form.js';
import type { KeyFormProps } from './form.js';
import { Proof } from '../proof.js';
import type { SectionContext } from '../section.js';

export interface ManageKeyProps extends Pick<KeyFormProps, 'proof' | 'proofProblem'> {
  /** Something was wrong with what was typed here. */
  readonly isOpen: boolean;
  readonly id: string;
  readonly name: string;
  readonly overlapHours: readonly number[];
  readonly context: SectionContext;
}

export function ManageKey({ id, name, overlapHours, proof, proofProblem, isOpen, context }: ManageKeyProps): VNode {
  const words = context.shell.strings.account.keys;
  const hidden = { ...context.hidden, key_id: id };
  const action = context.actions.apiKeys;
  return (
    <details class="fold" open={isOpen}>
      <summary class="button small" id={`manage-open-${id}`} aria-label={words.manageLabel(name)}>
        {words.manage}
      </summary>
      <Form action={action} hidden={hidden} id={`manage-key-${id}`} class="panel">
        <div class="part">
          <p>{words.rotateLead}</p>
          <div class="field">
            <label for={`overlap-${id}`}>{words.overlap}</label>
            <select id={`overlap-${id}`} name="overlap">
              {overlapHours.map((hours) => (
                <option value={String(hours * 3600)}>
                  {hours === 0 ? words.overlapNone : words.overlapHours(hours)}
                </option>
              ))}
            </select>
          </div>
          {proof && (
            <Proof {...proof} id={`proof-${id}`} problem={isOpen ? proofProblem : undefined} context={context} />
          )}
          <Button look="plain" name="action" value="rotate">
            {words.rotateSubmit}
          </Button>
        </div>
        <div class="part">
          <p>{words.revokeLead}</p>
          <Button look="danger" name="action" value="revoke">
            {words.revokeSubmit}
          </Button>
        </div>
      </Form>
    </details>
  );
}
