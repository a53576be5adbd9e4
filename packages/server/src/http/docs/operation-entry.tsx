/** One operation: what it does, who may, what goes in, what comes out, and a command to try it with. */
import type { VNode } from 'preact';
import { Fill } from '../pages/parts/fill.js';
import type { Shell } from '../pages/shell.js';
import { curlLine } from './curl.js';
import type { DocumentedOperation } from './document.js';
import { type FieldWords, fieldsOf, typeOf } from './schema-words.js';

export interface OperationEntryProps {
  readonly method: string;
  readonly path: string;
  readonly operation: DocumentedOperation;
  readonly server: string;
  readonly shell: Shell;
}

export function OperationEntry({ method, path, operation, server, shell }: OperationEntryProps): VNode {
  const words = shell.strings.docs;
  const id = operation.operationId;
  const [success] = Object.entries(operation.responses);
  const answer = success && Object.values(success[1].content ?? {})[0]?.schema;
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const curlId = `curl-${id}`;
  return (
    <article class="op" id={id} aria-labelledby={`${id}-title`}>
      <h3 class="op-title" id={`${id}-title`}>
        <span class={`verb ${method}`}>{method.toUpperCase()}</span>
        <a href={`#${id}`}>{path}</a>
      </h3>
      <p>{operation.summary}</p>
      <Needs operation={operation} shell={shell} />
      <FieldTable heading={words.parameters} fields={parametersOf(operation)} shell={shell} />
      <FieldTable heading={words.body} fields={fieldsOf(body)} shell={shell} />
      {success && (
        <div class="answers">
          <h4>
            <Fill text={words.answer} values={{ status: success[0] }} />
          </h4>
          <p class="muted">{answer ? <code>{answerWords(answer)}</code> : success[1].description}</p>
        </div>
      )}
      <Refusals operation={operation} heading={words.refusals} />
      <div class="curl">
        <pre tabIndex={0} aria-label={words.example}>
          <output id={curlId}>{curlLine({ method, path, server }, operation)}</output>
        </pre>
        <button
          class="button small"
          type="button"
          data-copy={curlId}
          aria-label={words.copyLabel(`${method.toUpperCase()} ${path}`)}
          hidden
        >
          {words.copy}
        </button>
      </div>
    </article>
  );
}

function Needs({ operation, shell }: { operation: DocumentedOperation; shell: Shell }): VNode {
  const words = shell.strings.docs;
  const [first] = operation.security;
  const scopes = first?.['bearer'] ?? [];
  const who =
    first === undefined
      ? words.anyone
      : first['client'] !== undefined
        ? words.client
        : operation['x-requires-administrator']
          ? words.administrator
          : words.signedIn;
  return (
    <p class="needs">
      <span class="badge">{who}</span>
      {scopes.map((scope) => (
        <span class="badge">
          <Fill text={words.scope} values={{ scope: <code>{scope}</code> }} />
        </span>
      ))}
    </p>
  );
}

function parametersOf(operation: DocumentedOperation): readonly FieldWords[] {
  return operation.parameters.map(({ name, in: place, required, description, schema }) => {
    const words = fieldsOf({ properties: { [name]: schema } })[0];
    const notes = [place === 'query' ? undefined : place, description ?? (words?.notes || undefined)];
    return { name, required, type: words?.type ?? 'string', notes: notes.filter(Boolean).join(': ') };
  });
}

interface FieldTableProps {
  readonly heading: string;
  readonly fields: readonly FieldWords[];
  readonly shell: Shell;
}

function FieldTable({ heading, fields, shell }: FieldTableProps): VNode | undefined {
  if (fields.length === 0) return undefined;
  return (
    <div>
      <h4>{heading}</h4>
      <div class="scroll">
        <table class="fields-table">
          <tbody>
            {fields.map(({ name, type, required, notes }) => (
              <tr>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td class="muted">{type}</td>
                <td>
                  {required && <span class="must">{shell.strings.docs.required}</span>}
                  {required && notes !== '' && ', '}
                  {notes}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** A long list of fields reads better as names than as a table of types. */
function answerWords(schema: Parameters<typeof typeOf>[0]): string {
  const names = fieldsOf(schema).map(({ name }) => name);
  if (names.length === 0) return typeOf(schema);
  return schema.type === 'array' ? `[{ ${names.join(', ')} }]` : `{ ${names.join(', ')} }`;
}

function Refusals({ operation, heading }: { operation: DocumentedOperation; heading: string }): VNode | undefined {
  const refusals = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
  if (refusals.length === 0) return undefined;
  return (
    <div class="answers">
      <h4>{heading}</h4>
      <p class="muted">{refusals.map(([status, { description }]) => `${status} ${description}`).join(' ')}</p>
    </div>
  );
}
