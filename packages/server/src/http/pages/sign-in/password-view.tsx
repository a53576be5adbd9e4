/** Sign-in with a username and a password. */
import type { VNode } from 'preact';
import { CardPage } from '../layout.js';
import { AppTile } from '../parts/app-tile.js';
import { Field, PasswordField } from '../parts/field.js';
import { Fill } from '../parts/fill.js';
import { type FormTarget, Button, Form } from '../parts/form.js';
import { Notice } from '../parts/notice.js';
import type { Shell } from '../shell.js';
import type { Strings } from '../strings/english.js';

export interface LoginProps extends FormTarget {
  /** Where the person is going; without it, to their own account. */
  readonly to?:
    | { readonly kind: 'app'; readonly name: string; readonly logoUri?: string }
    | { readonly kind: 'device' };
  /** Typed before, or the login_hint. */
  readonly username?: string;
  /** Why the page is shown to somebody who may not expect it. */
  readonly reason?: keyof Strings['login']['reason'];
  readonly problem?: LoginProblem;
  /** Sends access_denied back to the app; posted, so that a link cannot do it. */
  readonly cancel?: FormTarget;
}

export interface LoginProblem {
  readonly code: keyof Strings['login']['problem'];
  readonly retryAfterSeconds?: number;
}

export function loginPage(props: LoginProps, shell: Shell): VNode {
  const words = shell.strings.login;
  const { problem, username, reason } = props;
  const missing = problem?.code === 'missing_username' || problem?.code === 'missing_password';
  const summary = problem !== undefined && !missing ? 'login-problem' : undefined;
  // A refusal about both fields must not say which half was wrong, so it marks both or none.
  const about = problem?.code === 'wrong_credentials' ? summary : undefined;
  const nameKnown = username !== undefined && username !== '';
  return (
    <CardPage shell={shell} title={words.title}>
      {props.to?.kind === 'app' && props.to.logoUri !== undefined && (
        <AppTile name={props.to.name} logoUri={props.to.logoUri} />
      )}
      <div class="heading">
        <h1>{words.title}</h1>
        <p class="lead">
          <Destination to={props.to} shell={shell} />
        </p>
      </div>
      {problem !== undefined && <LoginAlert problem={problem} shell={shell} />}
      {problem === undefined && reason !== undefined && <Notice tone="info">{words.reason[reason]}</Notice>}
      <Form action={props.action} hidden={props.hidden} id="login-form" class="fields">
        <Field
          id="username"
          name="username"
          label={words.username}
          error={problem?.code === 'missing_username' ? words.problem.missing_username : undefined}
          describedBy={about}
          input={{
            value: username,
            autocomplete: 'username',
            autocapitalize: 'none',
            spellcheck: false,
            inputMode: 'email',
            autofocus: !nameKnown,
          }}
        />
        <PasswordField
          id="password"
          name="password"
          label={words.password}
          error={problem?.code === 'missing_password' ? words.problem.missing_password : undefined}
          describedBy={about}
          input={{ autocomplete: 'current-password', autofocus: nameKnown }}
        />
        <Button id="login-submit">{words.submit}</Button>
      </Form>
      {props.cancel !== undefined && props.to?.kind === 'app' && (
        <Form {...props.cancel} id="cancel-form" class="cancel">
          <Button look="link" id="login-cancel">
            <span>
              <Fill text={words.cancel} values={{ client: props.to.name }} />
            </span>
          </Button>
        </Form>
      )}
    </CardPage>
  );
}

function LoginAlert({ problem, shell }: { problem: LoginProblem; shell: Shell }): VNode {
  const { form, login } = shell.strings;
  const missing = problem.code === 'missing_username' || problem.code === 'missing_password';
  return (
    <Notice tone="danger" id="login-problem">
      <p>
        {missing ? form.summary : login.problem[problem.code]}
        {problem.retryAfterSeconds !== undefined && ` ${form.tryAgainIn(problem.retryAfterSeconds)}`}
      </p>
    </Notice>
  );
}

function Destination({ to, shell }: { to: LoginProps['to']; shell: Shell }): VNode {
  const words = shell.strings.login;
  if (to?.kind === 'app') {
    return <Fill text={words.toApp} values={{ client: <strong>{to.name}</strong> }} />;
  }
  if (to?.kind === 'device') {
    return <>{words.toDevice}</>;
  }
  return <Fill text={words.toAccount} values={{ product: shell.theme.productName }} />;
}
